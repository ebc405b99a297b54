// What a site asks for is put back to the bounds of its class, and each time that is said.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipPolicy, clippingText } from '../../../../../src/core/trust/settings/clip-policy.ts';
import type { PolicyBounds } from '../../../../../src/core/trust/targets/targets.ts';
import type { Policy, TrustAges } from '../../../../../src/core/trust/trust.ts';
import { DEFAULT_AGES } from '../../../../../src/core/trust/trust-age.ts';
import { TEST_POLICY } from '../../../../support/test-trust.ts';

const BOUNDS: PolicyBounds = {
  class: 'standard',
  name: { en: 'Standard bounds' },
  version: 1,
  mildest: { yellow: 'check', red: 'check' },
  maxPassAgeSeconds: 7200,
  maxSeenBeforeWindowSeconds: 900,
  ages: { freshSeconds: 100, ageingSeconds: 200, staleSeconds: 300 },
  maxRetentionDays: 30,
};
const WITHIN: Policy = { ...TEST_POLICY, maxPassAgeSeconds: 7200, ages: BOUNDS.ages };
const colours = (yellow: Policy['byColour']['yellow'], red: Policy['byColour']['red']) => ({
  byColour: { green: 'admit', yellow, red } as const,
});
const age = (name: keyof TrustAges, seconds: number) => ({ ages: { ...BOUNDS.ages, [name]: seconds } });

describe('a policy', () => {
  it('within all bounds stays as it is', () => {
    expect(clipPolicy(WITHIN, BOUNDS)).toEqual({ policy: WITHIN, clippings: [] });
  });

  it.each<[string, Partial<Policy>, Partial<PolicyBounds>, Partial<Policy>, readonly string[]]>([
    ['yellow, as mild as may be', colours('check', 'refuse'), {}, {}, []],
    ['yellow, stricter', colours('refuse', 'refuse'), {}, {}, []],
    [
      'yellow, too mild',
      colours('admit', 'refuse'),
      {},
      colours('check', 'refuse'),
      ['policy.byColour.yellow: check instead of admit'],
    ],
    [
      'yellow, where only refusing is allowed',
      colours('check', 'refuse'),
      { mildest: { yellow: 'refuse', red: 'refuse' } },
      colours('refuse', 'refuse'),
      ['policy.byColour.yellow: refuse instead of check'],
    ],
    ['yellow, where anything goes', colours('admit', 'refuse'), mildest('admit'), {}, []],
    ['red, as mild as may be', colours('check', 'check'), {}, {}, []],
    [
      'red, too mild',
      colours('check', 'check'),
      { mildest: { yellow: 'check', red: 'refuse' } },
      colours('check', 'refuse'),
      ['policy.byColour.red: refuse instead of check'],
    ],
    ['the age of a pass, at the bound', { maxPassAgeSeconds: 7200 }, {}, {}, []],
    ['the age of a pass, below it', { maxPassAgeSeconds: 0 }, {}, {}, []],
    [
      'the age of a pass, a second over',
      { maxPassAgeSeconds: 7201 },
      {},
      { maxPassAgeSeconds: 7200 },
      ['policy.maxPassAgeSeconds: 7200 instead of 7201'],
    ],
    [
      'the age of a pass, without any limit',
      { maxPassAgeSeconds: null },
      {},
      { maxPassAgeSeconds: 7200 },
      ['policy.maxPassAgeSeconds: 7200 instead of no limit'],
    ],
    [
      'the age of a pass, where none is set',
      { maxPassAgeSeconds: 99_999 },
      { maxPassAgeSeconds: null },
      {},
      [],
    ],
    [
      'the age of a pass, where none is set nor asked for',
      { maxPassAgeSeconds: null },
      { maxPassAgeSeconds: null },
      {},
      [],
    ],
    ['the window of repeats, at the bound', { seenBeforeWindowSeconds: 900 }, {}, {}, []],
    [
      'the window of repeats, a second over',
      { seenBeforeWindowSeconds: 901 },
      {},
      { seenBeforeWindowSeconds: 900 },
      ['policy.seenBeforeWindowSeconds: 900 instead of 901'],
    ],
    ['days of the log, at the bound', { retentionDays: 30 }, {}, {}, []],
    [
      'days of the log, one over',
      { retentionDays: 15 },
      { maxRetentionDays: 14 },
      { retentionDays: 14 },
      ['policy.retentionDays: 14 instead of 15'],
    ],
    ['fresh, shorter', age('freshSeconds', 99), {}, {}, []],
    [
      'fresh, longer',
      age('freshSeconds', 101),
      {},
      { ages: BOUNDS.ages },
      ['policy.ages.freshSeconds: 100 instead of 101'],
    ],
    [
      'ageing, longer',
      age('ageingSeconds', 201),
      {},
      { ages: BOUNDS.ages },
      ['policy.ages.ageingSeconds: 200 instead of 201'],
    ],
    [
      'stale, longer',
      age('staleSeconds', 301),
      {},
      { ages: BOUNDS.ages },
      ['policy.ages.staleSeconds: 300 instead of 301'],
    ],
    [
      'several at once',
      { ...colours('admit', 'refuse'), seenBeforeWindowSeconds: 1000 },
      {},
      { ...colours('check', 'refuse'), seenBeforeWindowSeconds: 900 },
      [
        'policy.byColour.yellow: check instead of admit',
        'policy.seenBeforeWindowSeconds: 900 instead of 1000',
      ],
    ],
  ])('%s', (_name, asked, bounds, used, said) => {
    const clipped = clipPolicy({ ...WITHIN, ...asked }, { ...BOUNDS, ...bounds });
    expect(clipped.policy).toEqual({ ...WITHIN, ...asked, ...used });
    expect(clipped.clippings.map(clippingText)).toEqual(said);
  });
});

describe('a policy that does not say how long the log is kept', () => {
  const { retentionDays: _days, ...silent } = WITHIN;

  it.each([
    [30, 7],
    [7, 7],
    [6, 6],
    [1, 1],
  ])('under a bound of %i days keeps it for %i, and is told of nothing', (maxRetentionDays, used) => {
    const { policy, clippings } = clipPolicy(silent, { ...BOUNDS, maxRetentionDays });
    expect(policy.retentionDays).toBe(used);
    expect(clippings).toEqual([]);
  });
});

function mildest(yellow: Policy['byColour']['yellow']): Partial<PolicyBounds> {
  return { mildest: { yellow, red: 'refuse' } };
}

const STRICTNESS = ['admit', 'check', 'refuse'];
const seconds = fc.nat({ max: 10 * 24 * 3600 });
const agesUpTo = (most: TrustAges) =>
  fc
    .tuple(fc.nat(most.freshSeconds), fc.nat(most.ageingSeconds), fc.nat(most.staleSeconds))
    .map((some) => some.toSorted((a, b) => a - b))
    .map(([freshSeconds = 0, ageingSeconds = 0, staleSeconds = 0]) => ({
      freshSeconds: Math.min(freshSeconds, most.freshSeconds),
      ageingSeconds: Math.min(ageingSeconds, most.ageingSeconds),
      staleSeconds,
    }));
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    yellow: fc.constantFrom('admit', 'check', 'refuse'),
    red: fc.constantFrom('check', 'refuse'),
    maxPassAgeSeconds: fc.option(seconds),
    seenBeforeWindowSeconds: seconds,
    retentionDays: fc.integer({ min: 1, max: 30 }),
    ages: agesUpTo({ freshSeconds: 900_000, ageingSeconds: 900_000, staleSeconds: 900_000 }),
  } as const)
  .map(({ yellow, red, ...others }) => ({ ...TEST_POLICY, ...others, ...colours(yellow, red) }));
const anyBounds: fc.Arbitrary<PolicyBounds> = fc
  .record({
    mildest: fc.record({
      yellow: fc.constantFrom('admit', 'check', 'refuse'),
      red: fc.constantFrom('check', 'refuse'),
    } as const),
    maxPassAgeSeconds: fc.option(seconds),
    maxSeenBeforeWindowSeconds: seconds,
    maxRetentionDays: fc.integer({ min: 1, max: 30 }),
    ages: agesUpTo(DEFAULT_AGES),
  })
  .map((bounds) => ({ ...BOUNDS, ...bounds }));

describe('whatever is asked for', () => {
  it('no bound is exceeded, and what was within it is as asked', () => {
    fc.assert(
      fc.property(anyPolicy, anyBounds, (asked, bounds) => {
        const { policy, clippings } = clipPolicy(asked, bounds);
        const places = clippings.map(({ place }) => place);
        for (const colour of ['yellow', 'red'] as const) {
          const [used, least] = [policy.byColour[colour], bounds.mildest[colour]];
          expect(STRICTNESS.indexOf(used)).toBeGreaterThanOrEqual(STRICTNESS.indexOf(least));
          if (!places.includes(`policy.byColour.${colour}`)) expect(used).toBe(asked.byColour[colour]);
        }
        expect(policy.maxPassAgeSeconds ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
          bounds.maxPassAgeSeconds ?? Number.POSITIVE_INFINITY,
        );
        expect(policy.seenBeforeWindowSeconds).toBeLessThanOrEqual(bounds.maxSeenBeforeWindowSeconds);
        expect(policy.retentionDays).toBeLessThanOrEqual(bounds.maxRetentionDays);
        for (const name of ['freshSeconds', 'ageingSeconds', 'staleSeconds'] as const) {
          expect(policy.ages[name]).toBeLessThanOrEqual(bounds.ages[name]);
          expect(policy.ages[name]).toBeLessThanOrEqual(asked.ages[name]);
        }
        if (clippings.length === 0) expect(policy).toEqual(asked);
      }),
    );
  });

  it('ages stay in order', () => {
    fc.assert(
      fc.property(anyPolicy, anyBounds, (asked, bounds) => {
        const { freshSeconds, ageingSeconds, staleSeconds } = clipPolicy(asked, bounds).policy.ages;
        expect(freshSeconds).toBeLessThanOrEqual(ageingSeconds);
        expect(ageingSeconds).toBeLessThanOrEqual(staleSeconds);
      }),
    );
  });

  it('putting it back a second time changes and says nothing more', () => {
    fc.assert(
      fc.property(anyPolicy, anyBounds, (asked, bounds) => {
        const { policy } = clipPolicy(asked, bounds);
        expect(clipPolicy(policy, bounds)).toEqual({ policy, clippings: [] });
      }),
    );
  });
});
