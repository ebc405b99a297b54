// Canonical Huffman codes (RFC 1951, section 3.2.2), from the length of each symbol's code.

/** The longest code of RFC 1951. */
export const MAX_CODE_BITS = 15;

/** Indexed by code length: the first code, how many follow it, and where their symbols begin in `symbols`. */
export interface Huffman {
  readonly firstCodes: Uint32Array;
  readonly counts: Uint16Array;
  readonly firstPlaces: Uint16Array;
  /** By length, then by value. */
  readonly symbols: readonly number[];
  /** Codes of the longest length that no symbol has; below 0 where lengths promise more codes than there are. */
  readonly unused: number;
}

/** `lengths`: per symbol, 0 for one that has no code. */
export function createHuffman(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(MAX_CODE_BITS + 1);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;

  const firstCodes = new Uint32Array(MAX_CODE_BITS + 1);
  const firstPlaces = new Uint16Array(MAX_CODE_BITS + 1);
  let [code, place, unused] = [0, 0, 1];
  for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
    const count = counts[bits] ?? 0;
    code *= 2;
    firstCodes[bits] = code;
    firstPlaces[bits] = place;
    code += count;
    place += count;
    unused = 2 * unused - count;
  }
  const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol] !== 0);
  symbols.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  return { firstCodes, counts, firstPlaces, symbols, unused };
}

/** Every string of bits begins with one code. */
export const isComplete = ({ unused }: Huffman): boolean => unused === 0;

/** RFC 1951, section 3.2.7, allows one code of one bit, though its other bit means nothing. */
export const isSingle = ({ symbols, counts }: Huffman): boolean => symbols.length === 1 && counts[1] === 1;
