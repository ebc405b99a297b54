// Reads CBOR strictly, because the bytes are hostile: one item, nothing after it, exactly the deterministic form.
// Allocates nothing for a length that the input does not hold, and recurses no deeper than it was told.

import { ok, type Result, refused } from '../result.ts';
import type { CborKey, CborValue } from './cbor-value.ts';
import { compareBytes } from './cbor-writer.ts';

export const CBOR_REFUSALS = [
  'cbor-truncated',
  'cbor-trailing-bytes',
  'cbor-too-deep',
  'cbor-indefinite-length',
  'cbor-reserved-head',
  'cbor-not-shortest',
  'cbor-number-too-large',
  'cbor-bad-utf8',
  'cbor-bad-key',
  'cbor-duplicate-key',
  'cbor-unsorted-keys',
  'cbor-tag',
  'cbor-float',
  'cbor-simple-value',
] as const;
export type CborRefusal = (typeof CBOR_REFUSALS)[number];

export interface CborLimits {
  /** Arrays and maps inside one another: 0 takes a bare number or string only. */
  readonly maxDepth: number;
}

export function parseCbor(bytes: Uint8Array, limits: CborLimits): Result<CborValue, CborRefusal> {
  const reader: Reader = { bytes, at: 0, depthLeft: limits.maxDepth };
  try {
    const value = readValue(reader);
    return reader.at === bytes.length ? ok(value) : refused('cbor-trailing-bytes');
  } catch (thrown) {
    if (thrown instanceof Refusal) return refused(thrown.code);
    throw thrown;
  }
}

/** A CBOR sequence (RFC 8742), item by item; the last one is a refusal where the bytes go wrong. */
export function* parseCborSequence(
  bytes: Uint8Array,
  limits: CborLimits,
): Generator<Result<CborValue, CborRefusal>, void> {
  const reader: Reader = { bytes, at: 0, depthLeft: limits.maxDepth };
  while (reader.at < bytes.length) {
    let value: CborValue;
    try {
      value = readValue(reader);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      yield refused(thrown.code);
      return;
    }
    yield ok(value);
  }
}

/** Unwinds the recursion; never leaves this file. */
class Refusal {
  readonly code: CborRefusal;
  constructor(code: CborRefusal) {
    this.code = code;
  }
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  depthLeft: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readValue(reader: Reader): CborValue {
  const initial = readByte(reader);
  const major = initial >> 5;
  const info = initial & 0x1f;
  if (major === 6) throw new Refusal('cbor-tag');
  if (major === 7) return readSimple(info);

  const argument = readArgument(reader, info, major >= 2);
  switch (major) {
    case 0:
      return argument;
    case 1:
      if (argument === Number.MAX_SAFE_INTEGER) throw new Refusal('cbor-number-too-large');
      return -1 - argument;
    case 2:
      return readBytes(reader, argument).slice();
    case 3:
      return readText(reader, argument);
    case 4:
      return nested(reader, () => readArray(reader, argument));
    default:
      return nested(reader, () => readMap(reader, argument));
  }
}

function readSimple(info: number): boolean | null {
  if (info === 20) return false;
  if (info === 21) return true;
  if (info === 22) return null;
  if (info >= 25 && info <= 27) throw new Refusal('cbor-float');
  if (info >= 28 && info <= 30) throw new Refusal('cbor-reserved-head');
  throw new Refusal(info === 31 ? 'cbor-indefinite-length' : 'cbor-simple-value');
}

function readArgument(reader: Reader, info: number, isLength: boolean): number {
  if (info < 24) return info;
  if (info === 31) throw new Refusal(isLength ? 'cbor-indefinite-length' : 'cbor-reserved-head');
  if (info > 27) throw new Refusal('cbor-reserved-head');
  const size = 1 << (info - 24);
  let argument = 0;
  for (const byte of readBytes(reader, size)) argument = argument * 256 + byte;
  // Above 2^53 the sum has lost bits, but never enough to fall below it again.
  if (argument > Number.MAX_SAFE_INTEGER)
    throw new Refusal(isLength ? 'cbor-truncated' : 'cbor-number-too-large');
  const isShortest = size === 1 ? argument >= 24 : argument >= 2 ** (4 * size);
  if (!isShortest) throw new Refusal('cbor-not-shortest');
  return argument;
}

function readText(reader: Reader, length: number): string {
  const bytes = readBytes(reader, length);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Refusal('cbor-bad-utf8');
  }
}

function nested<T>(reader: Reader, read: () => T): T {
  if (reader.depthLeft === 0) throw new Refusal('cbor-too-deep');
  reader.depthLeft--;
  const value = read();
  reader.depthLeft++;
  return value;
}

function readArray(reader: Reader, length: number): CborValue[] {
  requireLeft(reader, length);
  const items: CborValue[] = [];
  for (let count = 0; count < length; count++) items.push(readValue(reader));
  return items;
}

function readMap(reader: Reader, size: number): Map<CborKey, CborValue> {
  requireLeft(reader, 2 * size);
  const map = new Map<CborKey, CborValue>();
  let previousKey: Uint8Array | null = null;
  for (let count = 0; count < size; count++) {
    const keyAt = reader.at;
    const key = readValue(reader);
    if (typeof key !== 'number' && typeof key !== 'string') throw new Refusal('cbor-bad-key');
    const keyBytes = reader.bytes.subarray(keyAt, reader.at);
    const order = previousKey === null ? 1 : compareBytes(keyBytes, previousKey);
    if (order === 0) throw new Refusal('cbor-duplicate-key');
    if (order < 0) throw new Refusal('cbor-unsorted-keys');
    map.set(key, readValue(reader));
    previousKey = keyBytes;
  }
  return map;
}

function readByte(reader: Reader): number {
  const byte = reader.bytes[reader.at];
  if (byte === undefined) throw new Refusal('cbor-truncated');
  reader.at++;
  return byte;
}

function readBytes(reader: Reader, length: number): Uint8Array {
  requireLeft(reader, length);
  const bytes = reader.bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  return bytes;
}

/** Every item takes at least one byte, so a count beyond what is left is refused before anything is made for it. */
function requireLeft(reader: Reader, length: number): void {
  if (length > reader.bytes.length - reader.at) throw new Refusal('cbor-truncated');
}
