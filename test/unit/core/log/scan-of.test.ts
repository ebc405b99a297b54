// What a record may hold: whatever two passes say of their holders, their records are the same bytes.

import { describe, expect, it } from 'vitest';
import { SMALL_ISSUER, scanOf } from '../../../../src/core/log/scan-of.ts';
import { encodeRecord } from '../../../../src/core/log/sealed/encode-record.ts';
import type { PassClaims } from '../../../../src/core/pass/pass.ts';
import type { Issuer } from '../../../../src/core/trust/trust.ts';
import type { Verdict } from '../../../../src/core/verdict/verdict.ts';
import { createTestIssuer } from '../../../support/test-issuer.ts';
import { TEST_POLICY } from '../../../support/test-trust.ts';

const { issuer } = await createTestIssuer({ id: 'city' });
const one: PassClaims = {
  expiresAt: 1_772_400_000,
  issuedAt: 1_772_355_600,
  id: { list: 1, index: 2 },
  colour: 'red',
  ruleset: 7,
  reason: 3,
  printed: { name: 'Ada Lovelace', birthYear: 1985 },
};
const another: PassClaims = {
  expiresAt: 1_772_500_000,
  issuedAt: 1_772_300_000,
  notBefore: 1_772_300_001,
  id: { list: 65_535, index: 16_777_215 },
  colour: 'red',
  ruleset: 8,
  reason: 65_535,
  holderKey: new Uint8Array([161, 1, 1]),
};

const PLACE = { gate: 'gate-1', direction: 'in' } as const;
const refusedFor = (claims: PassClaims, by: Issuer = issuer): Verdict => ({
  kind: 'refuse',
  reason: 'red',
  pass: { claims, issuer: by },
  policy: TEST_POLICY,
});
const recordOf = (verdict: Verdict, atMs = 1_772_355_660_000) =>
  scanOf(verdict, PLACE, {
    atMs,
    pseudonym: new Uint8Array(8).fill(9),
    isOwnKey: false,
    trustAgeSeconds: 3600,
  });

describe('the record of a scan', () => {
  it('holds nothing that a pass says of its holder', () => {
    expect(encodeRecord(recordOf(refusedFor(one)))).toEqual(encodeRecord(recordOf(refusedFor(another))));
  });

  it('knows no time finer than a minute', () => {
    const [early, late] = [1_772_355_660_000, 1_772_355_719_999];
    const verdict = refusedFor(one);
    expect(encodeRecord(recordOf(verdict, early))).toEqual(encodeRecord(recordOf(verdict, late)));
    expect(recordOf(verdict, late + 1).minute).toBe(recordOf(verdict, early).minute + 1);
  });

  it('does not name a small issuer, whose passes could point at a person', () => {
    expect(recordOf(refusedFor(one, { ...issuer, isSmall: true })).issuer).toBe(SMALL_ISSUER);
    const forged: Verdict = { kind: 'refuse', reason: 'bad-signature', issuer: { ...issuer, isSmall: true } };
    expect(recordOf(forged).issuer).toBe(SMALL_ISSUER);
    expect(recordOf(refusedFor(one)).issuer).toBe('city');
  });
});
