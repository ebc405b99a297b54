// Golomb-coded sets of the revoked passes, one for each list: hashes in a range of n/p, sorted, their differences in Rice
// codes (Golomb 1966; Putze, Sanders, Singler 2007). Every 64th hash is kept aside, so that a lookup decodes few.

import { MAX_INDICES } from '../../../src/core/trust/status/status-list.ts';
import type { Contestant } from './contestant.ts';
import { type Hash, hashPlace } from './hash-place.ts';
import type { Population } from './population.ts';

interface GolombSet {
  readonly range: number;
  readonly bytes: Uint8Array;
  /** Of each block: the hash before its first one, and the bit at which it begins. */
  readonly bases: Float64Array;
  readonly offsets: Uint32Array;
  readonly length: number;
}

const BLOCK = 64;

export function createGolombSets({ lists }: Population, errorRate: number): Contestant {
  // The whole number of bits below that of the best divisor, ln 2 / p.
  const riceBits = Math.floor(Math.log2(Math.LN2 / errorRate));
  const sets = lists.map(({ revokedIndices }, list) =>
    encodeSet(
      revokedIndices.map((index) => list * MAX_INDICES + index),
      errorRate,
      riceBits,
    ),
  );
  const sum = (sizeOf: (set: GolombSet) => number): number =>
    sets.reduce((total, set) => total + sizeOf(set), 0);
  const sentBytes = sum(({ bytes }) => bytes.length);
  return {
    name: 'Golomb-coded sets',
    sentBytes,
    heldBytes: sentBytes + sum(({ bases, offsets }) => bases.byteLength + offsets.byteLength),
    isRevoked(place) {
      const set = sets[Math.floor(place / MAX_INDICES)];
      return set !== undefined && hasHash(set, hashWithin(place, set.range), riceBits);
    },
  };
}

const hash: Hash = { high: 0, low: 0 };

/** 0 to below the range, from 53 of the 64 bits. */
function hashWithin(place: number, range: number): number {
  hashPlace(place, hash);
  return Math.floor(((hash.high * 2 ** 21 + (hash.low >>> 11)) / 2 ** 53) * range);
}

function encodeSet(places: readonly number[], errorRate: number, riceBits: number): GolombSet {
  const range = Math.round(places.length / errorRate);
  const hashes = Float64Array.from(places, (place) => hashWithin(place, range)).sort();
  const blocks = Math.ceil(hashes.length / BLOCK);
  const set = { bases: new Float64Array(blocks), offsets: new Uint32Array(blocks) };
  const bits = new Uint8Array(Math.ceil((hashes.length * (riceBits + 4)) / 8) + 8);
  let [at, before] = [0, 0];
  for (const [order, value] of hashes.entries()) {
    if (order % BLOCK === 0) {
      set.bases[order / BLOCK] = before;
      set.offsets[order / BLOCK] = at;
    }
    const difference = value - before;
    for (let ones = Math.floor(difference / 2 ** riceBits); ones > 0; ones--) setBit(bits, at++);
    at++;
    const rest = difference % 2 ** riceBits;
    for (let bit = riceBits - 1; bit >= 0; bit--, at++) if ((rest >>> bit) & 1) setBit(bits, at);
    before = value;
  }
  return { ...set, range, bytes: bits.slice(0, Math.ceil(at / 8)), length: hashes.length };
}

function setBit(bits: Uint8Array, at: number): void {
  if (at >= bits.length * 8) throw new Error('the Rice codes are longer than expected');
  bits[at >>> 3] = (bits[at >>> 3] ?? 0) | (0x80 >>> (at & 7));
}

function hasHash(set: GolombSet, wanted: number, riceBits: number): boolean {
  const block = lastBlockBelow(set.bases, wanted);
  let value = set.bases[block] ?? 0;
  let at = set.offsets[block] ?? 0;
  const end = Math.min(set.length, (block + 1) * BLOCK);
  for (let order = block * BLOCK; order < end; order++) {
    let ones = 0;
    while (readBit(set.bytes, at++) === 1) ones++;
    value += ones * 2 ** riceBits + readRest(set.bytes, at, riceBits);
    at += riceBits;
    if (value >= wanted) return value === wanted;
  }
  return false;
}

const readBit = (bytes: Uint8Array, at: number): number => ((bytes[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1;

function readRest(bytes: Uint8Array, at: number, count: number): number {
  const first = at >>> 3;
  const skipped = at & 7;
  let word = (bytes[first] ?? 0) & (0xff >>> skipped);
  let held = 8 - skipped;
  for (let next = first + 1; held < count; next++, held += 8) word = word * 256 + (bytes[next] ?? 0);
  return Math.floor(word / 2 ** (held - count));
}

/** The last block whose base is below the wanted hash, or the first. */
function lastBlockBelow(bases: Float64Array, wanted: number): number {
  let [low, high] = [0, bases.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((bases[middle] ?? 0) < wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
