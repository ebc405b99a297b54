import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CborKey, type CborValue, encodeCbor } from '../../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import {
  EARLIEST_SECONDS,
  encodeClaims,
  MAX_AHEAD_SECONDS,
  parseClaims,
} from '../../../../src/core/pass/claims.ts';
import type { PassClaims } from '../../../../src/core/pass/pass.ts';
import { bytesOf } from '../../../support/bytes-of.ts';
import { TEST_NOW_SECONDS as NOW, testClaims } from '../../../support/test-issuer.ts';

const id = bytesOf('0007001092');
const good: readonly (readonly [CborKey, CborValue])[] = [
  [4, NOW + 86_400],
  [6, NOW],
  [7, id],
  [-65537, [0, 1, 1]],
];

/** The good claims with one put in, replaced, or (undefined) taken out. */
function claimsWith(...changes: readonly (readonly [CborKey, CborValue | undefined])[]): Uint8Array {
  const map = new Map<CborKey, CborValue>(good);
  for (const [key, value] of changes) {
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
  return encodeCbor(map);
}

const refusalOf = (payload: Uint8Array): string => {
  const parsed = parseClaims(payload, NOW);
  return parsed.ok ? 'ok' : parsed.error;
};

it('writes the bytes that the format says', () => {
  const claims = testClaims({
    issuedAt: 0x69a40000,
    expiresAt: 0x69a54000,
    id: { list: 0x0102, index: 0x030405 },
  });
  expect(encodeHex(encodeClaims(claims))).toBe('a4041a69a54000061a69a40000074501020304053a0001000083000101');
});

describe('limits', () => {
  const latest = NOW + MAX_AHEAD_SECONDS;
  const table: readonly [string, readonly (readonly [CborKey, CborValue | undefined])[], string][] = [
    ['the ordinary claims', [], 'ok'],
    ['an unknown claim', [[1, 'issuer']], 'claims-unknown-claim'],
    ['an unknown text claim', [['colour', 0]], 'claims-unknown-claim'],
    ['no expiry', [[4, undefined]], 'claims-bad-expiry'],
    ['an expiry as text', [[4, '2030']], 'claims-bad-expiry'],
    ['an expiry ten years ahead', [[4, latest]], 'ok'],
    ['an expiry beyond ten years', [[4, latest + 1]], 'claims-bad-expiry'],
    ['an issue in 2020', [[6, EARLIEST_SECONDS]], 'ok'],
    ['an issue before 2020', [[6, EARLIEST_SECONDS - 1]], 'claims-bad-issue-time'],
    ['no issue time', [[6, undefined]], 'claims-bad-issue-time'],
    ['an expiry one second after the issue', [[4, NOW + 1]], 'ok'],
    ['an expiry at the issue', [[4, NOW]], 'claims-expiry-not-after-issue'],
    ['an expiry before the issue', [[4, NOW - 1]], 'claims-expiry-not-after-issue'],
    ['a start at the issue', [[5, NOW]], 'ok'],
    ['a start before the issue', [[5, NOW - 1]], 'claims-not-before-outside'],
    ['a start one second before the end', [[5, NOW + 86_399]], 'ok'],
    ['a start at the end', [[5, NOW + 86_400]], 'claims-not-before-outside'],
    ['a start as null', [[5, null]], 'claims-bad-not-before'],
    ['a start before 2020', [[5, 0]], 'claims-bad-not-before'],
    ['no id', [[7, undefined]], 'claims-bad-id'],
    ['an id of 4 bytes', [[7, id.slice(1)]], 'claims-bad-id'],
    ['an id of 6 bytes', [[7, bytesOf('000700109200')]], 'claims-bad-id'],
    ['an id as a number', [[7, 7]], 'claims-bad-id'],
    ['no statement', [[-65537, undefined]], 'claims-bad-statement'],
    ['a statement of two', [[-65537, [0, 1]]], 'claims-bad-statement'],
    ['a statement of four', [[-65537, [0, 1, 1, 1]]], 'claims-bad-statement'],
    ['yellow', [[-65537, [1, 1, 1]]], 'ok'],
    ['red', [[-65537, [2, 1, 1]]], 'ok'],
    ['a fourth colour', [[-65537, [3, 1, 1]]], 'claims-unknown-colour'],
    ['a colour below green', [[-65537, [-1, 1, 1]]], 'claims-unknown-colour'],
    ['a colour by name', [[-65537, ['green', 1, 1]]], 'claims-unknown-colour'],
    ['the last rule set', [[-65537, [0, 65_535, 1]]], 'ok'],
    ['one after the last rule set', [[-65537, [0, 65_536, 1]]], 'claims-bad-ruleset'],
    ['a negative rule set', [[-65537, [0, -1, 1]]], 'claims-bad-ruleset'],
    ['the last reason', [[-65537, [0, 1, 65_535]]], 'ok'],
    ['one after the last reason', [[-65537, [0, 1, 65_536]]], 'claims-bad-reason'],
    [
      'a holder key',
      [
        [
          8,
          new Map([
            [
              1,
              new Map<CborKey, CborValue>([
                [1, 1],
                [-1, 6],
                [-2, id],
              ]),
            ],
          ]),
        ],
      ],
      'ok',
    ],
    ['a holder key of 128 bytes', [[8, new Map([[1, new Map([[1, new Uint8Array(124)]])]])]], 'ok'],
    [
      'a holder key of 129 bytes',
      [[8, new Map([[1, new Map([[1, new Uint8Array(125)]])]])]],
      'claims-bad-holder-key',
    ],
    ['an empty holder key', [[8, new Map([[1, new Map()]])]], 'claims-bad-holder-key'],
    ['a holder key by kid', [[8, new Map([[3, id]])]], 'claims-bad-holder-key'],
    ['a bare holder key', [[8, id]], 'claims-bad-holder-key'],
    ['a name of 80 bytes', [[-65538, new Map([[1, 'n'.repeat(80)]])]], 'ok'],
    ['a name of 81 bytes', [[-65538, new Map([[1, 'n'.repeat(81)]])]], 'claims-bad-name'],
    ['a name of 27 letters in 81 bytes', [[-65538, new Map([[1, '水'.repeat(27)]])]], 'claims-bad-name'],
    ['an empty name', [[-65538, new Map([[1, '']])]], 'claims-bad-name'],
    ['a blank name', [[-65538, new Map([[1, ' \u3000']])]], 'claims-bad-name'],
    ['a name with a line break', [[-65538, new Map([[1, 'a\nb']])]], 'claims-bad-name'],
    ['a name that turns the text about', [[-65538, new Map([[1, 'a\u202eb']])]], 'claims-bad-name'],
    ['a name as bytes', [[-65538, new Map([[1, id]])]], 'claims-bad-name'],
    ['an Arabic name', [[-65538, new Map([[1, 'ليلى حسن']])]], 'ok'],
    ['a birth this year', [[-65538, new Map([[2, 2026]])]], 'ok'],
    ['a birth next year', [[-65538, new Map([[2, 2027]])]], 'claims-bad-birth-year'],
    ['a birth in 1880', [[-65538, new Map([[2, 1880]])]], 'ok'],
    ['a birth in 1879', [[-65538, new Map([[2, 1879]])]], 'claims-bad-birth-year'],
    ['nothing printed', [[-65538, new Map()]], 'claims-bad-printed'],
    ['something else printed', [[-65538, new Map([[3, 'x']])]], 'claims-bad-printed'],
    ['print that is no map', [[-65538, 'x']], 'claims-bad-printed'],
  ];
  it.each(table)('%s', (_, changes, expected) => {
    expect(refusalOf(claimsWith(...changes))).toBe(expected);
  });

  it.each([
    ['80', 'claims-not-a-map'],
    ['00', 'claims-not-a-map'],
    ['', 'cbor-truncated'],
    ['a0', 'claims-bad-expiry'],
  ])('%j', (hex, expected) => {
    expect(refusalOf(bytesOf(hex))).toBe(expected);
  });
});

describe('properties', () => {
  /** Of what is made below, only line and paragraph separators are refused in a name. */
  const isName = (name: string) => name.trim() !== '' && !/[\u2028\u2029]/.test(name);
  const printed = fc.record(
    {
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isName),
      birthYear: fc.integer({ min: 1880, max: 2019 }),
    },
    { requiredKeys: [] },
  );
  const claims: fc.Arbitrary<PassClaims> = fc
    .record(
      {
        issuedAt: fc.integer({ min: EARLIEST_SECONDS, max: NOW }),
        life: fc.integer({ min: 1, max: 3 * 365 * 86_400 }),
        id: fc.record({ list: fc.nat(0xffff), index: fc.nat(0xffffff) }),
        colour: fc.constantFrom('green', 'yellow', 'red'),
        ruleset: fc.nat(0xffff),
        reason: fc.nat(0xffff),
        notBefore: fc.nat(),
        holderKey: fc.constant(encodeCbor(new Map([[1, 1]]))),
        printed: printed.filter((facts) => Object.keys(facts).length > 0),
      },
      { requiredKeys: ['issuedAt', 'life', 'id', 'colour', 'ruleset', 'reason'] },
    )
    .map(({ life, notBefore, ...rest }) => ({
      ...rest,
      expiresAt: rest.issuedAt + life,
      ...(notBefore !== undefined && { notBefore: rest.issuedAt + (notBefore % life) }),
    }))
    .filter((each) => new TextEncoder().encode(each.printed?.name ?? '').length <= 80);

  it('decode inverts encode', () => {
    fc.assert(
      fc.property(claims, (input) => {
        expect(parseClaims(encodeClaims(input), NOW)).toEqual({ ok: true, value: input });
      }),
      { numRuns: 500 },
    );
  });
});

describe('an issuer cannot write', () => {
  it.each<[string, Partial<PassClaims>]>([
    ['a list out of range', { id: { list: 65_536, index: 0 } }],
    ['an index out of range', { id: { list: 0, index: 2 ** 24 } }],
    ['an expiry before the issue', { expiresAt: NOW - 7200 }],
    ['nothing printed', { printed: {} }],
    ['a long name', { printed: { name: 'n'.repeat(81) } }],
    ['a holder key that is not CBOR', { holderKey: bytesOf('ff') }],
    ['a reason out of range', { reason: 65_536 }],
  ])('%s', (_, overrides) => {
    expect(() => encodeClaims(testClaims(overrides))).toThrow();
  });
});
