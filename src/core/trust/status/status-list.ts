// A status list, packed: one or two bits for each index, the lowest bits of a byte first (Token Status List,
// draft-ietf-oauth-status-list-20, sections 4.1 and 7.1). A lookup reads one byte.

import type { Bytes } from '../../bytes/bytes.ts';

/** 1: valid or revoked. 2: suspended too. */
export type StatusBits = 1 | 2;
export type ListedStatus = 'valid' | 'revoked' | 'suspended';

export interface StatusList {
  readonly bits: StatusBits;
  readonly packed: Bytes;
}

export const MAX_INDICES = 2 ** 20;

/** A value is its place here. */
const STATUSES = ['valid', 'revoked', 'suspended'] as const satisfies readonly ListedStatus[];

export const packedBytesFor = (indices: number, bits: StatusBits): number => Math.ceil((indices * bits) / 8);

/** Every index of the list, up to the end of its last byte. */
export const indicesOf = ({ bits, packed }: StatusList): number => (packed.length * 8) / bits;

/** The value at that place as published, 0 to 3, or undefined outside of the list. */
export function statusValueAt({ bits, packed }: StatusList, index: number): number | undefined {
  if (!Number.isSafeInteger(index) || index < 0) return undefined;
  const bitsBefore = index * bits;
  const byte = packed[Math.floor(bitsBefore / 8)];
  if (byte === undefined) return undefined;
  return (byte >> (bitsBefore % 8)) & ((1 << bits) - 1);
}

/** A value without a meaning counts as revoked; lists that hold one are refused before they are used. */
export function statusAt(list: StatusList, index: number): ListedStatus | 'out-of-range' {
  const value = statusValueAt(list, index);
  return value === undefined ? 'out-of-range' : (STATUSES[value] ?? 'revoked');
}

/** Whether every value of the list is one that has a meaning here: 3 belongs to each application, and to none of ours. */
export function hasOnlyKnownValues({ bits, packed }: StatusList): boolean {
  if (bits === 1) return true;
  // 3 is two bits side by side, the lower one at an even place.
  return packed.every((byte) => (byte & (byte >> 1) & 0b01010101) === 0);
}

/** All valid. Rounded up to whole bytes. */
export function createStatusList(indices: number, bits: StatusBits): StatusList {
  if (!Number.isSafeInteger(indices) || indices < 1 || indices > MAX_INDICES)
    throw new Error(`a status list has 1 to ${MAX_INDICES} indices, not ${indices}`);
  return { bits, packed: new Uint8Array(packedBytesFor(indices, bits)) };
}

/** A new list; the last change of an index counts. Throws on an index or a status that the list has no room for. */
export function withStatuses(
  list: StatusList,
  changes: Iterable<readonly [index: number, status: ListedStatus]>,
): StatusList {
  const { bits } = list;
  const packed = list.packed.slice();
  const mask = (1 << bits) - 1;
  for (const [index, status] of changes) {
    if (statusValueAt(list, index) === undefined) throw new Error(`no place ${index} in this status list`);
    const value = STATUSES.indexOf(status);
    if (value > mask) throw new Error(`a list of ${bits} bit has no place for ${status}`);
    const bitsBefore = index * bits;
    const at = Math.floor(bitsBefore / 8);
    const shift = bitsBefore % 8;
    packed[at] = ((packed[at] ?? 0) & ~(mask << shift)) | (value << shift);
  }
  return { bits, packed };
}
