// Writes CBOR deterministically (RFC 8949, section 4.2.1). Throws on a value that CBOR here has no form for: that is
// a mistake of ours, never something a reading can cause.

import { type Bytes, joinBytes, utf8ToBytes } from './bytes.ts';
import { type CborMap, type CborValue, isCborArray, isCborBytes } from './cbor-value.ts';

export function encodeCbor(value: CborValue): Bytes {
  const parts: Uint8Array[] = [];
  writeValue(value, parts);
  return joinBytes(parts);
}

function writeValue(value: CborValue, parts: Uint8Array[]): void {
  if (value === false) parts.push(Uint8Array.of(0xf4));
  else if (value === true) parts.push(Uint8Array.of(0xf5));
  else if (value === null) parts.push(Uint8Array.of(0xf6));
  else if (typeof value === 'number') parts.push(integer(value));
  else if (typeof value === 'string') writeText(value, parts);
  else if (isCborBytes(value)) parts.push(head(2, value.length), value);
  else if (isCborArray(value)) {
    parts.push(head(4, value.length));
    for (const item of value) writeValue(item, parts);
  } else writeMap(value, parts);
}

function integer(value: number): Bytes {
  if (!Number.isSafeInteger(value)) throw new Error(`not a whole number that CBOR here can carry: ${value}`);
  return value >= 0 ? head(0, value) : head(1, -1 - value);
}

function writeText(text: string, parts: Uint8Array[]): void {
  if (/\p{Surrogate}/u.test(text)) throw new Error('half a surrogate pair has no UTF-8 form');
  const utf8 = utf8ToBytes(text);
  parts.push(head(3, utf8.length), utf8);
}

function writeMap(map: CborMap, parts: Uint8Array[]): void {
  const entries = [...map].map(([key, value]) => ({ key: encodeCbor(key), value }));
  entries.sort((a, b) => compareBytes(a.key, b.key));
  parts.push(head(5, map.size));
  for (const { key, value } of entries) {
    parts.push(key);
    writeValue(value, parts);
  }
}

/** A head: major type and argument in its shortest form (RFC 8949, section 3). */
function head(major: number, argument: number): Bytes {
  const type = major << 5;
  if (argument < 24) return Uint8Array.of(type | argument);
  if (argument < 0x100) return Uint8Array.of(type | 24, argument);
  if (argument < 0x10000) return Uint8Array.of(type | 25, argument >> 8, argument & 0xff);
  const isLong = argument >= 0x1_0000_0000;
  const bytes = new Uint8Array(isLong ? 9 : 5);
  const view = new DataView(bytes.buffer);
  bytes[0] = type | (isLong ? 27 : 26);
  if (isLong) view.setUint32(1, Math.floor(argument / 0x1_0000_0000));
  view.setUint32(isLong ? 5 : 1, argument % 0x1_0000_0000);
  return bytes;
}

/** The bytewise lexicographic order of RFC 8949, section 4.2.1. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
