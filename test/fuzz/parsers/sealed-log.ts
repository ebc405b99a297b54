// The sealed log's three readers under the fuzzer: an opened record, an envelope, a batch. What is taken has one encoding.

import { type Bytes, isSameBytes } from '../../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, type CborValue, encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { MAX_BATCH_BYTES } from '../../../src/core/log/envelope.ts';
import { parseSealedBatch, SEALED_BATCH_REFUSALS } from '../../../src/core/log/sealed/batch.ts';
import {
  encodeRecord,
  parseRecord,
  RECORD_BYTES,
  RECORD_REFUSALS,
} from '../../../src/core/log/sealed/encode-record.ts';
import {
  encodeSealedEnvelope,
  MAX_SEALED_ENVELOPE_BYTES,
  parseSealedEnvelope,
  SEALED_ENVELOPE_REFUSALS,
} from '../../../src/core/log/sealed/envelope.ts';
import { COSE_REFUSALS } from '../../../src/core/signature/cose-sign1.ts';
import { brokenCbor } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';
import { breakCose, wrapInCose } from './cose.ts';

const DEVICE = '0123456789abcdef0123456789abcdef';
const seeds = createRandom('sealed log seeds');

/** The first place of each list that holds what the code is about. */
const placeOf = (codes: readonly string[], first: string, code: string): number =>
  codes.indexOf(code) - codes.indexOf(first);

const oddValue = (random: Random): CborValue =>
  random.pick<CborValue>([-1, '', 'Ada Lovelace', [], new Map(), random.bytes(5), 2 ** 40, random.bytes(33)]);

const flat = (random: Random): CborValue =>
  random.pick<CborValue>([-1, '', 'Ada Lovelace', random.bytes(5), 2 ** 40, random.bytes(9)]);

const scanPlaces = (random: Random): readonly CborValue[] => [
  0,
  random.below(60_000_000),
  random.pick(['gate-1', 'a', 'b'.repeat(24)]),
  random.below(2),
  random.below(4),
  random.below(19),
  random.pick([null, 'city', 'other']),
  random.bytes(8),
  random.chance(0.5),
  random.below(500),
  null,
];
const otherPlaces = (random: Random): readonly CborValue[] => {
  const kind = 1 + random.below(6);
  const refersTo = kind === 1 || kind === 3 ? 1 + random.below(1000) : null;
  const verdict = kind === 1 ? random.below(2) : null;
  return scanPlaces(random)
    .with(0, kind)
    .with(4, verdict)
    .with(10, refersTo)
    .map((place, at) => (at > 4 && at < 10 ? null : place));
};
const somePlaces = (random: Random) => (random.chance(0.5) ? scanPlaces(random) : otherPlaces(random));

function padded(cbor: Bytes): Bytes {
  const bytes = new Uint8Array(RECORD_BYTES);
  bytes[0] = Math.min(cbor.length, RECORD_BYTES - 1);
  bytes.set(cbor.subarray(0, RECORD_BYTES - 1), 1);
  return bytes;
}

export const sealedRecordFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'sealed-record',
  codes: RECORD_REFUSALS,
  seedInputs: Array.from({ length: 20 }, () => padded(encodeCbor(somePlaces(seeds)))),
  mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakRecord(random, aim)),
  run(bytes) {
    const parsed = parseRecord(bytes);
    if (!parsed.ok) return parsed.error;
    if (!isSameBytes(encodeRecord(parsed.value), bytes)) throw new Error('two encodings of the same record');
    return 'ok';
  },
  show: encodeHex,
});

function breakRecord(random: Random, code: string): Bytes {
  const places = somePlaces(random);
  const whole = padded(encodeCbor(places));
  switch (code) {
    case 'record-size':
      return random.bytes(random.pick([0, RECORD_BYTES - 1, RECORD_BYTES + 1, 400]));
    case 'record-length':
      return whole.fill(RECORD_BYTES + random.below(128), 0, 1);
    case 'record-padding':
      return whole.fill(1 + random.below(255), RECORD_BYTES - 1 - random.below(20));
    case 'record-cbor':
      return padded(brokenCbor(random, random.pick(CBOR_REFUSALS)).subarray(0, 100));
    case 'record-shape':
      return padded(
        encodeCbor(random.pick<CborValue>([places.slice(1), [...places, null], new Map(), 0, 'x'])),
      );
    case 'record-own-key':
      return padded(encodeCbor(scanPlaces(random).with(7, null).with(8, true)));
    default:
      return padded(encodeCbor(places.with(placeOf(RECORD_REFUSALS, 'record-kind', code), flat(random))));
  }
}

const envelopePlaces = (random: Random): readonly CborValue[] => [
  2,
  'north-station',
  DEVICE,
  1 + random.below(5),
  1 + random.below(1000),
  '2026-03-02',
  random.bytes(4),
  random.bytes(32),
  random.bytes(144),
  random.bytes(32),
];

export const sealedEnvelopeFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'sealed-envelope',
  codes: SEALED_ENVELOPE_REFUSALS,
  seedInputs: Array.from({ length: 10 }, () => encodeCbor(envelopePlaces(seeds))),
  mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakEnvelope(random, aim)),
  run(bytes) {
    const parsed = parseSealedEnvelope(bytes);
    if (!parsed.ok) return parsed.error;
    if (!isSameBytes(encodeSealedEnvelope(parsed.value), bytes))
      throw new Error('two encodings of the same envelope');
    return 'ok';
  },
  show: encodeHex,
});

function breakEnvelope(random: Random, code: string): Bytes {
  const places = envelopePlaces(random);
  switch (code) {
    case 'envelope-too-large':
      return random.bytes(MAX_SEALED_ENVELOPE_BYTES + 1 + random.below(9));
    case 'envelope-cbor':
      return brokenCbor(random, random.pick(CBOR_REFUSALS)).slice(0, MAX_SEALED_ENVELOPE_BYTES);
    case 'envelope-shape':
      return encodeCbor(random.pick<CborValue>([places.slice(1, 9), [...places, 0], new Map(), null]));
    case 'envelope-day':
      return encodeCbor(
        places.with(5, random.pick<CborValue>(['2026-02-30', '2026-3-02', '+002026-03-02', 0])),
      );
    default: {
      const place = placeOf(SEALED_ENVELOPE_REFUSALS, 'envelope-version', code);
      return encodeCbor(places.with(place, flat(random)));
    }
  }
}

const DEVICE_ALGORITHMS = [-19, -9];

const headPlaces = (random: Random, count: number): readonly CborValue[] => [
  'north-station',
  DEVICE,
  1 + random.below(5),
  1,
  count,
  random.bytes(32),
  random.bytes(32),
];
const batchPlaces = (random: Random, head: readonly CborValue[], count: number): readonly CborValue[] => [
  wrapInCose(random, encodeCbor(head), DEVICE_ALGORITHMS),
  Array.from({ length: count }, () => random.bytes(random.below(60))),
  random.chance(0.5) ? random.bytes(50) : null,
];
const someBatch = (random: Random, count = 1 + random.below(4)): Bytes =>
  encodeCbor(batchPlaces(random, headPlaces(random, count), count));

export const sealedBatchFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'sealed-batch',
  codes: SEALED_BATCH_REFUSALS,
  seedInputs: Array.from({ length: 10 }, () => someBatch(seeds)),
  mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakBatch(random, aim)),
  run(bytes) {
    const parsed = parseSealedBatch(bytes);
    if (!parsed.ok) return parsed.error;
    const { signed, envelopes, lastReceipt } = parsed.value;
    if (!isSameBytes(encodeCbor([signed, envelopes, lastReceipt]), bytes))
      throw new Error('two encodings of the same batch');
    return 'ok';
  },
  show: encodeHex,
});

function breakBatch(random: Random, code: string): Bytes {
  const count = 1 + random.below(4);
  const head = headPlaces(random, count);
  const places = batchPlaces(random, head, count);
  const withHead = (payload: CborValue): Bytes =>
    encodeCbor(places.with(0, wrapInCose(random, encodeCbor(payload), DEVICE_ALGORITHMS)));
  const odd = oddValue(random);
  switch (code) {
    case 'batch-too-large':
      return new Uint8Array(MAX_BATCH_BYTES + 1 + random.below(100));
    case 'batch-cbor':
      return brokenCbor(random, random.pick(CBOR_REFUSALS));
    case 'batch-shape':
      return encodeCbor(random.pick<CborValue>([places.slice(1), [...places, 0], odd, new Map()]));
    case 'batch-cose':
      return encodeCbor(
        places.with(0, random.chance(0.3) ? odd : breakCose(random, random.pick(COSE_REFUSALS))),
      );
    case 'batch-head-shape':
      return withHead(random.pick<CborValue>([head.slice(1), [...head, 0], odd]));
    case 'batch-identity':
      return withHead(head.with(random.below(3), odd));
    case 'batch-range':
      return withHead(head.with(3 + random.below(2), random.pick<CborValue>([odd, 0, 2 ** 31, 900])));
    case 'batch-hash':
      return withHead(head.with(5 + random.below(2), odd));
    case 'batch-envelopes':
      return encodeCbor(places.with(1, random.pick<CborValue>([odd, [], ['x'], null])));
    default:
      return encodeCbor(places.with(2, random.pick<CborValue>([0, 'x', [], false, new Uint8Array(65_537)])));
  }
}
