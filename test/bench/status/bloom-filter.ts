// A Bloom filter of the revoked passes (Bloom 1970): n log2(1/p) / ln 2 bits, log2(1/p) probes.

import { MAX_INDICES } from '../../../src/core/trust/status/status-list.ts';
import type { Contestant } from './contestant.ts';
import { type Hash, hashPlace, mixWord } from './hash-place.ts';
import type { Population } from './population.ts';

export function createBloomFilter({ lists, revoked }: Population, errorRate: number): Contestant {
  const probes = Math.round(Math.log2(1 / errorRate));
  const bits = Math.ceil((revoked * Math.log2(1 / errorRate)) / Math.LN2);
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  const hash: Hash = { high: 0, low: 0 };
  const bitOf = (probe: number): number => {
    const word = mixWord(hash.high ^ mixWord(hash.low + Math.imul(probe, 0x9e3779b1)));
    return Math.floor((word / 2 ** 32) * bits);
  };
  for (const [list, { revokedIndices }] of lists.entries())
    for (const index of revokedIndices) {
      hashPlace(list * MAX_INDICES + index, hash);
      for (let probe = 0; probe < probes; probe++) {
        const bit = bitOf(probe);
        bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) | (1 << (bit & 7));
      }
    }
  return {
    name: `Bloom filter, ${probes} probes`,
    sentBytes: bytes.length,
    heldBytes: bytes.length,
    isRevoked(place) {
      hashPlace(place, hash);
      for (let probe = 0; probe < probes; probe++) {
        const bit = bitOf(probe);
        if (((bytes[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
      }
      return true;
    },
  };
}
