// Claims under the fuzzer. What is taken must be written again as the very same bytes.

import { type Bytes, concatBytes, isSameBytes } from '../../../src/core/bytes/bytes.ts';
import { type CborKey, type CborValue, encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { CLAIMS_REFUSALS, encodeClaims, parseClaims } from '../../../src/core/pass/claims.ts';
import { TEST_NOW_SECONDS, testClaims } from '../../support/test-issuer.ts';
import { brokenCbor, brokenItem, isCborRefusal } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import type { Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

const ISSUED = TEST_NOW_SECONDS - 3600;
const EXPIRES = ISSUED + 86_400;
const HOLDER_KEY = encodeCbor(
  new Map<CborKey, CborValue>([
    [1, 1],
    [-1, 6],
    [-2, new Uint8Array(32)],
  ]),
);

export const claimsSeeds: readonly Bytes[] = [
  testClaims(),
  testClaims({ colour: 'yellow', notBefore: ISSUED + 60 }),
  testClaims({ colour: 'red', printed: { name: 'Amina Diallo', birthYear: 1988 } }),
  testClaims({ holderKey: HOLDER_KEY }),
].map(encodeClaims);

export const claimsFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'claims',
  codes: CLAIMS_REFUSALS,
  seedInputs: claimsSeeds,
  mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakClaims(random, aim)),
  run(bytes) {
    const parsed = parseClaims(bytes, TEST_NOW_SECONDS);
    if (!parsed.ok) return parsed.error;
    if (!isSameBytes(encodeClaims(parsed.value), bytes)) throw new Error('two encodings of the same claims');
    return 'ok';
  },
  show: encodeHex,
});

export function breakClaims(random: Random, code: string): Bytes {
  if (isCborRefusal(code)) {
    const isWhole = code === 'cbor-trailing-bytes' || random.chance(0.3);
    return isWhole ? brokenCbor(random, code) : concatBytes(Uint8Array.of(0xa1, 4), brokenItem(random, code));
  }
  if (code === 'claims-not-a-map')
    return encodeCbor(random.pick<CborValue>([null, 1, 'x', [], [4, EXPIRES], random.bytes(9)]));
  const map = new Map<CborKey, CborValue>([
    [4, EXPIRES],
    [6, ISSUED],
    [7, random.bytes(5)],
    [-65_537, [random.below(3), 1, 1]],
  ]);
  if (random.chance(0.2)) map.set(5, ISSUED + random.below(80_000));
  for (const [key, value] of changesFor(random, code)) map.set(key, value);
  if (random.chance(0.1) && code === 'claims-bad-expiry') map.delete(4);
  return encodeCbor(map);
}

function changesFor(random: Random, code: string): readonly (readonly [CborKey, CborValue])[] {
  const notTime = random.pick<CborValue>([0, -1, 1_577_836_799, 2 ** 40, 'soon', null, [], random.bytes(4)]);
  const notRule = random.pick<CborValue>([-1, 65_536, '1', null, [1]]);
  const printed = (facts: CborValue): readonly (readonly [CborKey, CborValue])[] => [[-65_538, facts]];
  switch (code) {
    case 'claims-unknown-claim':
      return [[random.pick<CborKey>([1, 2, 3, 9, 38, -65_539, 'name']), random.below(99)]];
    case 'claims-bad-expiry':
      return [[4, notTime]];
    case 'claims-bad-issue-time':
      return [[6, notTime]];
    case 'claims-bad-not-before':
      return [[5, notTime]];
    case 'claims-expiry-not-after-issue':
      return [[4, ISSUED - random.below(90_000)]];
    case 'claims-not-before-outside':
      return [[5, random.pick([ISSUED - 1 - random.below(9000), EXPIRES + random.below(9000)])]];
    case 'claims-bad-id':
      return [[7, random.pick<CborValue>([random.bytes(4), random.bytes(6), 7, 'abcde', null])]];
    case 'claims-bad-holder-key':
      return [
        [
          8,
          random.pick<CborValue>([
            HOLDER_KEY,
            new Map(),
            new Map([[1, new Map()]]),
            new Map([[1, new Map([[1, random.bytes(200)]])]]),
          ]),
        ],
      ];
    case 'claims-bad-statement':
      return [[-65_537, random.pick<CborValue>([[], [0, 1], [0, 1, 1, 1], new Map(), 0, null])]];
    case 'claims-unknown-colour':
      return [[-65_537, [random.pick<CborValue>([3, -1, 'green', null, 2 ** 40]), 1, 1]]];
    case 'claims-bad-ruleset':
      return [[-65_537, [0, notRule, 1]]];
    case 'claims-bad-reason':
      return [[-65_537, [0, 1, notRule]]];
    case 'claims-bad-name':
      return printed(
        new Map([
          [1, random.pick<CborValue>(['', ' ', 'a\nb', '\u202eb', 'n'.repeat(81), 1988, random.bytes(4)])],
        ]),
      );
    case 'claims-bad-birth-year':
      return printed(new Map([[2, random.pick<CborValue>([0, 1879, 2027, -1, '1988', null])]]));
    default:
      return printed(random.pick<CborValue>([new Map(), new Map([[3, 'x']]), 'x', [], null]));
  }
}
