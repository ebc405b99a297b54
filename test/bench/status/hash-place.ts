// 64 bits of hash of a place, as two words. A pass id is hashed so by filters, which know no places.

export interface Hash {
  high: number;
  low: number;
}

/** Writes into one object, for a hundred million calls. Not one-to-one in either word, as a one-to-one mix would never err. */
export function hashPlace(place: number, into: Hash): void {
  let high = Math.imul(place ^ 0xdeadbeef, 0x9e3779b1);
  let low = Math.imul(place ^ 0x41c6ce57, 0x5f356495);
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  into.high = mixWord(high);
  into.low = mixWord(low);
}

/** The end of MurmurHash3 (Appleby). */
export function mixWord(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
