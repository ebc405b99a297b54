// A batch of log records under the fuzzer. What is taken must be written again as the very same bytes.

import { type Bytes, concatBytes, isSameBytes } from '../../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, type CborValue, encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { BATCH_REFUSALS, encodeBatch, parseBatch } from '../../../src/core/log/batch.ts';
import { type Batch, MAX_BATCH_BYTES } from '../../../src/core/log/envelope.ts';
import { brokenCbor } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

const DEVICE = '0123456789abcdef0123456789abcdef';
const seeds = createRandom('batch seeds');

const someBatch = (random: Random, records: number): Batch => ({
  site: 'north-station',
  device: DEVICE,
  epoch: 1 + random.below(5),
  from: 1,
  to: records,
  head: random.bytes(32),
  envelopes: Array.from({ length: records }, () => random.bytes(random.below(200))),
  lastReceipt: random.chance(0.5) ? random.bytes(100) : null,
});

export const batchFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'batch',
  codes: BATCH_REFUSALS,
  seedInputs: [1, 1, 2, 3, 5, 8].map((records) => encodeBatch(someBatch(seeds, records))),
  mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakBatch(random, aim)),
  run(bytes) {
    const parsed = parseBatch(bytes);
    if (!parsed.ok) return parsed.error;
    if (!isSameBytes(encodeBatch(parsed.value), bytes)) throw new Error('two encodings of the same batch');
    return 'ok';
  },
  show: encodeHex,
});

/** Parts of a batch as batch.ts writes them. */
const PLACE = {
  version: 0,
  site: 1,
  device: 2,
  epoch: 3,
  from: 4,
  to: 5,
  head: 6,
  envelopes: 7,
  lastReceipt: 8,
} as const;

function breakBatch(random: Random, code: string): Bytes {
  const { site, device, epoch, from, to, head, envelopes, lastReceipt } = someBatch(
    random,
    1 + random.below(4),
  );
  const parts: readonly CborValue[] = [1, site, device, epoch, from, to, head, envelopes, lastReceipt];
  const odd = random.pick<CborValue>([null, -1, 0, '', true, [], new Map(), random.bytes(5), 2 ** 40]);
  const withPart = (place: number, part: CborValue): Bytes => encodeCbor(parts.with(place, part));
  switch (code) {
    case 'batch-too-large':
      return concatBytes(encodeCbor(parts), new Uint8Array(MAX_BATCH_BYTES + random.below(100)));
    case 'batch-cbor':
      return brokenCbor(random, random.pick(CBOR_REFUSALS));
    case 'batch-shape':
      return random.chance(0.5)
        ? withPart(PLACE.head, odd)
        : encodeCbor(random.pick([odd, parts.slice(1), [...parts, 0]]));
    case 'batch-version':
      return withPart(PLACE.version, odd);
    case 'batch-identity':
      return withPart(
        random.pick([PLACE.site, PLACE.device, PLACE.epoch]),
        random.pick([odd, 'UPPER', '../x', 'a'.repeat(33)]),
      );
    case 'batch-range':
      return withPart(random.pick([PLACE.from, PLACE.to]), random.pick([odd, to + 500, 2 ** 31]));
    case 'batch-envelopes':
      return withPart(
        PLACE.envelopes,
        random.pick<CborValue>([odd, envelopes.slice(1), [...envelopes.slice(1), odd === null ? 1 : 'x']]),
      );
    default:
      return withPart(
        PLACE.lastReceipt,
        random.pick<CborValue>([0, 'x', [], false, new Uint8Array(64 * 1024 + 1)]),
      );
  }
}
