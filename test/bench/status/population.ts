// Passes at random places of as few lists of 2^20 as hold them, and the revoked ones, drawn at random among all.

import { allotIndices, createUsedIndices } from '../../../src/core/trust/status/allot-index.ts';
import { MAX_INDICES } from '../../../src/core/trust/status/status-list.ts';
import type { Words } from './words.ts';

export interface Population {
  readonly passes: number;
  readonly revoked: number;
  /** Of each list, the indices that are revoked. */
  readonly lists: readonly { readonly revokedIndices: readonly number[] }[];
  /** By pass: list * 2^20 + index. */
  readonly places: Uint32Array;
  /** By pass: 1 for a revoked one. */
  readonly isRevokedByPass: Uint8Array;
}

export function createPopulation(passes: number, revoked: number, words: Words): Population {
  const places = drawPlaces(passes, words);
  const isRevokedByPass = drawSome(passes, revoked, words);
  const lists = Array.from({ length: listsFor(passes) }, () => ({ revokedIndices: [] as number[] }));
  for (const [pass, place] of places.entries())
    if (isRevokedByPass[pass] === 1)
      lists[Math.floor(place / MAX_INDICES)]?.revokedIndices.push(place % MAX_INDICES);
  return { passes, revoked, lists, places, isRevokedByPass };
}

const listsFor = (passes: number): number => Math.ceil(passes / MAX_INDICES);

function drawPlaces(passes: number, words: Words): Uint32Array {
  const places = new Uint32Array(passes);
  const word = new Uint8Array(4);
  const random = (): Uint8Array => {
    new DataView(word.buffer).setUint32(0, words.next());
    return word;
  };
  const lists = listsFor(passes);
  for (let list = 0; list < lists; list++) {
    const from = Math.floor((list * passes) / lists);
    const to = Math.floor(((list + 1) * passes) / lists);
    const allotment = allotIndices(createUsedIndices(MAX_INDICES), to - from, random);
    if (allotment === null) throw new Error(`list ${list} has no room for ${to - from} passes`);
    places.set(
      allotment.allotted.map((index) => list * MAX_INDICES + index),
      from,
    );
  }
  return places;
}

/** Exactly that many of all, each set of them as likely (Knuth, The Art of Computer Programming 2, algorithm S). */
function drawSome(all: number, wanted: number, words: Words): Uint8Array {
  const drawn = new Uint8Array(all);
  let left = wanted;
  for (let at = 0; at < all; at++) {
    if (words.below(all - at) >= left) continue;
    drawn[at] = 1;
    left--;
  }
  return drawn;
}
