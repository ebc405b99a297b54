// Random 32-bit words that a seed repeats, quick enough for a hundred million passes: xoshiro128** (Blackman, Vigna 2018).

export interface Words {
  next(): number;
  /** A whole number from 0 to bound - 1. */
  below(bound: number): number;
}

export function createWords(seed: number): Words {
  const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
  let [a, b, c, d] = [seed | 0, 0x9e3779b9, 0x243f6a88, 0xb7e15162];
  const next = (): number => {
    const word = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return word;
  };
  for (let warm = 0; warm < 20; warm++) next();
  return { next, below: (bound) => Math.floor((next() / 2 ** 32) * bound) };
}
