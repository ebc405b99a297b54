// COSE_Sign1 under the fuzzer. What is taken must say what its signature is over.

import { type Bytes, concatBytes, isSameBytes } from '../../../src/core/bytes/bytes.ts';
import {
  type CborKey,
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  parseCbor,
} from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { COSE_REFUSALS, parseCoseSign1 } from '../../../src/core/signature/cose-sign1.ts';
import { anyCborValue, brokenCbor, brokenItem, isCborRefusal } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

const NO_AAD = new Uint8Array(0);
const seeds = createRandom('cose seeds');

export const coseFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'cose',
  codes: COSE_REFUSALS,
  seedInputs: Array.from({ length: 20 }, () => wrapInCose(seeds, seeds.bytes(seeds.below(60)))),
  mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakCose(random, aim)),
  run(bytes) {
    const parsed = parseCoseSign1(bytes, NO_AAD);
    if (!parsed.ok) return parsed.error;
    const signed = parseCbor(parsed.value.signedBytes, { maxDepth: 1 });
    const payload = signed.ok && isCborArray(signed.value) ? signed.value[3] : undefined;
    if (!isCborBytes(payload) || !isSameBytes(payload, parsed.value.payload))
      throw new Error('another payload is signed');
    return 'ok';
  },
  show: encodeHex,
});

/** Well-formed around any payload; the signature is noise. */
export function wrapInCose(random: Random, payload: Bytes, algorithms = [-19, -8]): Bytes {
  return encodeCbor([header(random, [[1, random.pick(algorithms)]]), ...coseParts(random, payload).slice(1)]);
}

export function breakCose(random: Random, code: string): Bytes {
  if (isCborRefusal(code)) return breakCoseCbor(random, code);
  const parts = coseParts(random, random.bytes(random.below(40)));
  const notBytes = random.pick<CborValue>([null, true, 7, 'text', [], new Map()]);
  switch (code) {
    case 'cose-not-four-parts':
      return encodeCbor(
        random.pick<CborValue>([
          parts.slice(0, random.below(4)),
          [...parts, 0],
          new Map(),
          'x',
          random.bytes(9),
        ]),
      );
    case 'cose-protected-not-bytes':
      return encodeCbor(parts.with(0, notBytes));
    case 'cose-unprotected-not-empty':
      return encodeCbor(
        parts.with(1, random.pick<CborValue>([null, [], random.bytes(2), new Map([[random.below(9), 1]])])),
      );
    case 'cose-payload-not-bytes':
      return encodeCbor(parts.with(2, notBytes));
    case 'cose-bad-signature-length':
      return encodeCbor(
        parts.with(
          3,
          random.pick<CborValue>([notBytes, random.bytes(63), random.bytes(65), random.bytes(0)]),
        ),
      );
    case 'cose-malformed-header':
      return encodeCbor(
        parts.with(
          0,
          random.pick([random.bytes(0), encodeCbor([1]), brokenItem(random, 'cbor-unsorted-keys')]),
        ),
      );
    case 'cose-unknown-header':
      return encodeCbor(
        parts.with(
          0,
          header(random, [[random.pick<CborKey>([2, 3, 5, 'alg', -1]), anyCborValue(random, 1)]]),
        ),
      );
    case 'cose-unknown-algorithm':
      return encodeCbor(
        parts.with(0, header(random, [[1, random.pick<CborValue>([-7, -37, 0, 'Ed25519', null, -65_535])]])),
      );
    default:
      return encodeCbor(
        parts.with(
          0,
          header(random, [[4, random.pick<CborValue>([null, 'abcd', random.bytes(3), random.bytes(5)])]]),
        ),
      );
  }
}

function breakCoseCbor(random: Random, code: Parameters<typeof brokenItem>[1]): Bytes {
  if (random.chance(0.3)) return brokenCbor(random, code);
  const whole = wrapInCose(random, random.bytes(random.below(40)));
  if (code === 'cbor-truncated') return whole.slice(0, random.below(whole.length));
  if (code === 'cbor-trailing-bytes') return concatBytes(whole, random.bytes(1 + random.below(9)));
  const parts = coseParts(random, random.bytes(8)).map((part) => encodeCbor(part));
  return concatBytes(Uint8Array.of(0x84), ...parts.with(random.below(4), brokenItem(random, code)));
}

function coseParts(random: Random, payload: Bytes): CborValue[] {
  return [header(random, []), new Map(), payload, random.bytes(64)];
}

function header(random: Random, changes: readonly (readonly [CborKey, CborValue])[]): Bytes {
  const good: readonly (readonly [CborKey, CborValue])[] = [
    [1, random.pick([-19, -8])],
    [4, random.bytes(4)],
  ];
  return encodeCbor(new Map([...good, ...changes]));
}
