// Random numbers that a seed repeats: every case of a run has a generator of its own, so that it can be made again alone.

import type { Bytes } from '../../src/core/bytes/bytes.ts';

export interface Random {
  /** A whole number from 0 to bound - 1. */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(length: number): Bytes;
}

/** mulberry32 over an FNV-1a hash of the words: quick, well spread, no secret. */
export function createRandom(...words: readonly (string | number)[]): Random {
  let state = 0x811c9dc5;
  for (const character of words.join('\n')) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);

  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(unit() * bound);
  return {
    below,
    chance: (probability) => unit() < probability,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
