// How old a tablet's knowledge is as a whole: of timestamp and lists the oldest counts.

import { expect, test } from 'vitest';
import { ageOfTrust } from '../../../src/device/trust/age-of-trust.ts';
import { createTestIssuer, TEST_NOW_SECONDS } from '../../support/test-issuer.ts';
import { testLists, testTrust } from '../../support/test-trust.ts';

const HOUR = 3600;
const NOW_MS = TEST_NOW_SECONDS * 1000;
const { issuer } = await createTestIssuer();
const trustOf = (timestampHours: number, listHours: number | null) =>
  testTrust(
    [
      { ...issuer, status: 'none' },
      {
        ...issuer,
        id: 'other',
        status:
          listHours === null
            ? new Map([[7, null]])
            : testLists([], { issuedAt: TEST_NOW_SECONDS - listHours * HOUR }),
      },
    ],
    { issuedAt: TEST_NOW_SECONDS - timestampHours * HOUR },
  );

test.each([
  ['the timestamp', trustOf(30, 2), 30, 'ageing'],
  ['a list that stands still under a fresh timestamp', trustOf(1, 73), 73, 'stale'],
  ['the timestamp alone, where no list came yet', trustOf(1, null), 1, 'fresh'],
  ['what is beyond seven days', trustOf(1, 7 * 24 + 1), 7 * 24 + 1, 'dead'],
] as const)('is the age of %s', (_name, trust, hours, state) => {
  expect(ageOfTrust(trust, NOW_MS)).toEqual({ ageSeconds: hours * HOUR, state });
});

test('changes its state a second after each bound', () => {
  const stateAt = (seconds: number) => ageOfTrust(trustOf(0, 0), NOW_MS + seconds * 1000).state;
  expect([24, 72, 7 * 24].map((hours) => [stateAt(hours * HOUR), stateAt(hours * HOUR + 1)])).toEqual([
    ['fresh', 'ageing'],
    ['ageing', 'stale'],
    ['stale', 'dead'],
  ]);
});

test('is shorter where the policy says so, and never negative', () => {
  const trust = trustOf(0, 0);
  const ages = { freshSeconds: 60, ageingSeconds: 120, staleSeconds: 180 };
  expect(ageOfTrust({ ...trust, policy: { ...trust.policy, ages } }, NOW_MS + 121_000).state).toBe('stale');
  expect(ageOfTrust(trust, NOW_MS - HOUR * 1000)).toEqual({ ageSeconds: 0, state: 'fresh' });
});
