// Strict CBOR under the fuzzer. What is taken must encode to the very same bytes.

import { type Bytes, isSameBytes } from '../../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, encodeCbor, parseCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { anyCborValue, brokenCbor, isCborRefusal } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import { createRandom } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

const seeds = createRandom('cbor seeds');

export const cborFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'cbor',
  codes: CBOR_REFUSALS,
  seedInputs: Array.from({ length: 60 }, () => encodeCbor(anyCborValue(seeds, 4))),
  mutate: (random, bytes, aim) =>
    aim !== null && isCborRefusal(aim) ? brokenCbor(random, aim) : damageBytes(random, bytes),
  run(bytes) {
    const parsed = parseCbor(bytes, { maxDepth: 4 });
    if (!parsed.ok) return parsed.error;
    if (!isSameBytes(encodeCbor(parsed.value), bytes)) throw new Error('two encodings of the same value');
    return 'ok';
  },
  show: encodeHex,
});
