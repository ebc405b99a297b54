// The issuer's side of a status list: each pass gets a place of its own, drawn at random among the free ones, so that a place
// tells neither when a pass was issued nor how many there are. Decoys are revoked places that no pass has: they hide how
// many were taken back. Token Status List, draft-ietf-oauth-status-list-20, sections 12.4, 13.2 and 13.3.

import type { Bytes } from '../../bytes/bytes.ts';
import { indicesOf, type StatusList, withStatuses } from './status-list.ts';

/** That many bytes nobody can foresee. */
export type RandomBytes = (count: number) => Uint8Array;

/** The places of one list that are taken, by passes or decoys: one bit each, the lowest of a byte first. Never published. */
export interface UsedIndices {
  readonly indices: number;
  readonly taken: Bytes;
}

export interface Allotment {
  readonly allotted: Uint32Array;
  readonly used: UsedIndices;
}

export const createUsedIndices = (indices: number): UsedIndices => ({
  indices,
  taken: new Uint8Array(Math.ceil(indices / 8)),
});

export function isUsed({ indices, taken }: UsedIndices, index: number): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= indices) return false;
  return ((taken[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

/** One place, each free one as likely as another; null where the list is full, and another list must be opened. */
export function allotIndex(
  used: UsedIndices,
  random: RandomBytes,
): { readonly index: number; readonly used: UsedIndices } | null {
  const allotment = allotIndices(used, 1, random);
  const index = allotment?.allotted[0];
  return allotment === null || index === undefined ? null : { index, used: allotment.used };
}

/** That many places in random order; null where fewer are free. */
export function allotIndices(used: UsedIndices, count: number, random: RandomBytes): Allotment | null {
  const free = freeIndices(used);
  if (count > free.length) return null;
  for (let at = 0; at < count; at++) swap(free, at, at + randomBelow(free.length - at, random));
  const allotted = free.slice(0, count);
  const taken = used.taken.slice();
  for (const index of allotted) taken[index >> 3] = (taken[index >> 3] ?? 0) | (1 << (index & 7));
  return { allotted, used: { indices: used.indices, taken } };
}

/** Takes that many places for no pass and revokes them; null where fewer are free. */
export function addDecoys(
  list: StatusList,
  used: UsedIndices,
  count: number,
  random: RandomBytes,
): { readonly list: StatusList; readonly used: UsedIndices } | null {
  if (used.indices > indicesOf(list)) throw new Error('more places are counted than the list has');
  const allotment = allotIndices(used, count, random);
  if (allotment === null) return null;
  const revoked = Array.from(allotment.allotted, (index) => [index, 'revoked'] as const);
  return { list: withStatuses(list, revoked), used: allotment.used };
}

/** The time of the next list: tablets refuse an older one, and another one of the same second. */
export const nextIssueTime = (previous: number | null, nowSeconds: number): number =>
  previous === null ? nowSeconds : Math.max(nowSeconds, previous + 1);

function freeIndices(used: UsedIndices): Uint32Array {
  const free = new Uint32Array(used.indices);
  let count = 0;
  for (let index = 0; index < used.indices; index++) if (!isUsed(used, index)) free[count++] = index;
  return free.slice(0, count);
}

function swap(places: Uint32Array, a: number, b: number): void {
  const first = places[a] ?? 0;
  places[a] = places[b] ?? 0;
  places[b] = first;
}

/** 0 to below the limit, all as likely: draws again where a remainder would favour some. */
function randomBelow(limit: number, random: RandomBytes): number {
  const fair = 2 ** 32 - (2 ** 32 % limit);
  for (;;) {
    const bytes = random(4);
    const drawn = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (drawn < fair) return drawn % limit;
  }
}
