// Inflates zlib data (RFC 1950, RFC 1951) under a hard limit, because the bytes are hostile: it stops at the first byte
// beyond the limit, allocates the limit and no more, and refuses a wrong checksum and bytes after the end. No preset
// dictionary. The packages tried run on past a limit (for seconds), check no checksum or ignore what follows.

import type { Bytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import { createHuffman, type Huffman, isComplete, isSingle, MAX_CODE_BITS } from './huffman.ts';

export const ZLIB_REFUSALS = [
  'zlib-bad-header',
  'zlib-malformed',
  'zlib-truncated',
  'zlib-too-long',
  'zlib-bad-checksum',
  'zlib-trailing-bytes',
] as const;
export type ZlibRefusal = (typeof ZLIB_REFUSALS)[number];

/** `maxBytes`: of the result. */
export function inflateZlib(zlib: Uint8Array, maxBytes: number): Result<Bytes, ZlibRefusal> {
  const state: State = { zlib, at: 0, held: 0, heldBits: 0, out: new Uint8Array(maxBytes), length: 0 };
  try {
    readHeader(state);
    while (!readBlock(state));
    const out = state.length === maxBytes ? state.out : state.out.slice(0, state.length);
    requireChecksum(state, adler32(out));
    return state.at === zlib.length ? ok(out) : refused('zlib-trailing-bytes');
  } catch (thrown) {
    if (thrown instanceof Refusal) return refused(thrown.code);
    throw thrown;
  }
}

/** RFC 1950, section 8.2. */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** Unwinds the loops; never leaves this file. */
class Refusal {
  readonly code: ZlibRefusal;
  constructor(code: ZlibRefusal) {
    this.code = code;
  }
}

interface State {
  readonly zlib: Uint8Array;
  at: number;
  /** Bits taken from the bytes and not yet read, the next one lowest. */
  held: number;
  heldBits: number;
  readonly out: Bytes;
  length: number;
}

/** Method 8, a window of at most 32 KiB, no preset dictionary. */
function readHeader(state: State): void {
  const method = readByte(state);
  const flags = readByte(state);
  const isZlib = (method & 15) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0;
  if (!isZlib || (flags & 0x20) !== 0) throw new Refusal('zlib-bad-header');
}

/** True after the last block. */
function readBlock(state: State): boolean {
  const isLast = readBits(state, 1) === 1;
  const type = readBits(state, 2);
  if (type === 0) readStored(state);
  else if (type === 1) readSymbols(state, FIXED_LITERALS, FIXED_DISTANCES);
  else if (type === 2) readDynamic(state);
  else throw new Refusal('zlib-malformed');
  return isLast;
}

function readStored(state: State): void {
  dropPartOfByte(state);
  const length = readByte(state) + 256 * readByte(state);
  const complement = readByte(state) + 256 * readByte(state);
  if (length + complement !== 0xffff) throw new Refusal('zlib-malformed');
  if (length > state.zlib.length - state.at) throw new Refusal('zlib-truncated');
  requireRoom(state, length);
  state.out.set(state.zlib.subarray(state.at, state.at + length), state.length);
  state.at += length;
  state.length += length;
}

const END_OF_BLOCK = 256;
const MAX_LITERALS = 286;
const MAX_DISTANCES = 30;
/** RFC 1951, section 3.2.7: in which order the lengths of the code length codes come. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function readDynamic(state: State): void {
  const literals = readBits(state, 5) + 257;
  const distances = readBits(state, 5) + 1;
  const given = readBits(state, 4) + 4;
  if (literals > MAX_LITERALS || distances > MAX_DISTANCES) throw new Refusal('zlib-malformed');
  const codeLengths = new Uint8Array(LENGTH_ORDER.length);
  for (const symbol of LENGTH_ORDER.slice(0, given)) codeLengths[symbol] = readBits(state, 3);
  const lengths = readLengths(state, createHuffman(codeLengths), literals + distances);
  if (lengths[END_OF_BLOCK] === 0) throw new Refusal('zlib-malformed');

  const literalCode = createHuffman(lengths.subarray(0, literals));
  const distanceCode = createHuffman(lengths.subarray(literals));
  if (!isComplete(literalCode) && !isSingle(literalCode)) throw new Refusal('zlib-malformed');
  const hasDistances = distanceCode.symbols.length > 0;
  if (hasDistances && !isComplete(distanceCode) && !isSingle(distanceCode))
    throw new Refusal('zlib-malformed');
  readSymbols(state, literalCode, distanceCode);
}

function readLengths(state: State, code: Huffman, count: number): Uint8Array {
  if (!isComplete(code)) throw new Refusal('zlib-malformed');
  const lengths = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const symbol = readSymbol(state, code);
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) throw new Refusal('zlib-malformed');
    const repeated = symbol === 16 ? (lengths[at - 1] ?? 0) : 0;
    const times =
      symbol === 16
        ? 3 + readBits(state, 2)
        : symbol === 17
          ? 3 + readBits(state, 3)
          : 11 + readBits(state, 7);
    if (times > count - at) throw new Refusal('zlib-malformed');
    lengths.fill(repeated, at, at + times);
    at += times;
  }
  return lengths;
}

/** RFC 1951, section 3.2.5: for length codes 257 to 285 and distance codes 0 to 29, the base and its extra bits. */
const LENGTH_BASES = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const FIXED_LITERALS = createHuffman(
  Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
);
const FIXED_DISTANCES = createHuffman(new Uint8Array(32).fill(5));

function readSymbols(state: State, literals: Huffman, distances: Huffman): void {
  for (;;) {
    const symbol = readSymbol(state, literals);
    if (symbol === END_OF_BLOCK) return;
    if (symbol < END_OF_BLOCK) {
      requireRoom(state, 1);
      state.out[state.length++] = symbol;
    } else {
      const length = readBaseAndExtra(state, symbol - 257, LENGTH_BASES, LENGTH_EXTRA_BITS);
      const distance = readBaseAndExtra(
        state,
        readSymbol(state, distances),
        DISTANCE_BASES,
        DISTANCE_EXTRA_BITS,
      );
      copyBack(state, length, distance);
    }
  }
}

function readBaseAndExtra(
  state: State,
  code: number,
  bases: readonly number[],
  extraBits: readonly number[],
): number {
  const base = bases[code];
  if (base === undefined) throw new Refusal('zlib-malformed');
  return base + readBits(state, extraBits[code] ?? 0);
}

/** Byte by byte: what is copied may be what this copy wrote. */
function copyBack(state: State, length: number, distance: number): void {
  if (distance > state.length) throw new Refusal('zlib-malformed');
  requireRoom(state, length);
  const { out } = state;
  for (let end = state.length + length; state.length < end; state.length++)
    out[state.length] = out[state.length - distance] ?? 0;
}

function readSymbol(state: State, { firstCodes, firstPlaces, counts, symbols }: Huffman): number {
  let code = 0;
  for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
    if (state.heldBits === 0) {
      state.held = readByte(state);
      state.heldBits = 8;
    }
    code = code * 2 + (state.held & 1);
    state.held >>>= 1;
    state.heldBits--;
    const rank = code - (firstCodes[bits] ?? 0);
    if (rank < (counts[bits] ?? 0)) return symbols[(firstPlaces[bits] ?? 0) + rank] ?? 0;
  }
  throw new Refusal('zlib-malformed');
}

/** The first bit read is the lowest of the answer. */
function readBits(state: State, count: number): number {
  while (state.heldBits < count) {
    state.held |= readByte(state) << state.heldBits;
    state.heldBits += 8;
  }
  const bits = state.held & ((1 << count) - 1);
  state.held >>>= count;
  state.heldBits -= count;
  return bits;
}

function dropPartOfByte(state: State): void {
  state.held = 0;
  state.heldBits = 0;
}

function readByte(state: State): number {
  const byte = state.zlib[state.at];
  if (byte === undefined) throw new Refusal('zlib-truncated');
  state.at++;
  return byte;
}

function requireRoom(state: State, count: number): void {
  if (count > state.out.length - state.length) throw new Refusal('zlib-too-long');
}

function requireChecksum(state: State, expected: number): void {
  dropPartOfByte(state);
  let checksum = 0;
  for (let count = 0; count < 4; count++) checksum = checksum * 256 + readByte(state);
  if (checksum !== expected) throw new Refusal('zlib-bad-checksum');
}
