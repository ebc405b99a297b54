// The table of ages, row by row: at each bound and a second after it, for a timestamp that is no longer signed anew, for
// a list that is frozen under a fresh timestamp, and for both. Every refresh in between goes through the real parts.

import { beforeAll, describe, expect, it } from 'vitest';
import { trustAgeState } from '../../../../src/core/trust/trust-age.ts';
import { describeVerdict } from '../../../../src/core/verdict/describe.ts';
import { createTestIssuer } from '../../../support/test-issuer.ts';
import { DESK_NOW_SECONDS as NOW } from '../../../support/trust-desk.ts';
import { type Handed, sourceOf, TrustHouse } from '../../../support/trust-house.ts';
import { TrustTablet } from '../../../support/trust-tablet.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const city = await createTestIssuer({ id: 'city', seed: 1 });
const stranger = await createTestIssuer({ id: 'stranger', seed: 2 });
const life = { issuedAt: NOW - HOUR, expiresAt: NOW + 30 * DAY };
const placed = (index: number, colour: 'green' | 'yellow' | 'red' = 'green') =>
  city.issue({ ...life, colour, id: { list: 7, index } });
const damaged = (text: string) => `${text.slice(0, -3)}${text.at(-3) === '0' ? '1' : '0'}${text.slice(-2)}`;
const GREEN = await placed(10);
const PASSES = {
  green: GREEN,
  yellow: await placed(11, 'yellow'),
  red: await placed(12, 'red'),
  revoked: await placed(1),
  suspended: await placed(2),
  forged: damaged(GREEN),
  foreign: await stranger.issue(life),
};
type Name = keyof typeof PASSES;
type Said = Readonly<Record<Name, string>>;

const LIVE: Said = {
  green: 'admit ok',
  yellow: 'check yellow',
  red: 'refuse red',
  revoked: 'refuse revoked',
  suspended: 'check suspended',
  forged: 'refuse bad-signature',
  foreign: 'unverifiable unknown-issuer',
};
const STALE: Said = { ...LIVE, green: 'check trust-stale' };
const DEAD = 'unverifiable trust-expired';
const ALL_DEAD: Said = {
  green: DEAD,
  yellow: DEAD,
  red: DEAD,
  revoked: DEAD,
  suspended: DEAD,
  forged: DEAD,
  foreign: DEAD,
};
/** A list says nothing of passes that no issuer of ours signed. */
const LIST_DEAD: Said = { ...ALL_DEAD, forged: LIVE.forged, foreign: LIVE.foreign };

const ROWS: readonly [string, number, Said, Said][] = [
  ['just now', 0, LIVE, LIVE],
  ['24 h', DAY, LIVE, LIVE],
  ['24 h and a second', DAY + 1, LIVE, LIVE],
  ['72 h', 3 * DAY, LIVE, LIVE],
  ['72 h and a second', 3 * DAY + 1, STALE, STALE],
  ['7 days', WEEK, STALE, STALE],
  ['7 days and a second', WEEK + 1, ALL_DEAD, LIST_DEAD],
  ['a year', 365 * DAY, ALL_DEAD, LIST_DEAD],
];

let house: TrustHouse;
let tablet: TrustTablet;
let before: Handed;

beforeAll(async () => {
  house = await TrustHouse.open();
  house.issuersById.set('city', house.entryOf(city));
  await house.publish();
  await house.publishList('city', [
    [1, 'revoked'],
    [2, 'suspended'],
  ]);
  before = house.hand();
  tablet = new TrustTablet(house.engine);
  expect(await tablet.refreshAll(sourceOf(before), NOW)).toBe('ok');
});

async function judgeAll(of: TrustTablet, nowSeconds: number): Promise<Said> {
  const entries = await Promise.all(
    Object.entries(PASSES).map(async ([name, text]) => {
      const { kind, reason } = await of.judge(text, nowSeconds);
      return [name, `${kind} ${reason}`] as const;
    }),
  );
  return Object.fromEntries(entries) as Said;
}

/** A house of its own and a tablet that knows it, that much later. What ended in between is published anew. */
async function freshAt(seconds: number): Promise<{ readonly of: TrustHouse; readonly taken: TrustTablet }> {
  const of = await TrustHouse.open();
  of.issuersById.set('city', of.entryOf(city));
  await of.publish();
  await of.publishList('city', [
    [1, 'revoked'],
    [2, 'suspended'],
  ]);
  const taken = new TrustTablet(of.engine);
  expect(await taken.refreshAll(sourceOf(of.hand()), NOW)).toBe('ok');
  of.desk.nowSeconds = NOW + seconds;
  return { of, taken };
}

describe.each(ROWS)('at an age of %s', (_name, age, byTimestamp, byList) => {
  it('of the timestamp, and of all else with it', async () => {
    expect(await judgeAll(tablet, NOW + age)).toEqual(byTimestamp);
  });

  it('of the list, frozen under a fresh timestamp', async () => {
    const { of, taken } = await freshAt(age);
    await of.publish();
    const frozen = { ...of.hand(), listsByPlace: before.listsByPlace };
    const isRootOver = age >= 365 * DAY;
    expect(await taken.refreshAll(sourceOf(frozen), NOW + age)).toBe(isRootOver ? 'repository' : 'ok');
    expect(await judgeAll(taken, NOW + age)).toEqual(isRootOver ? byTimestamp : byList);
  });

  it('of the timestamp, under a fresh list', async () => {
    const { of, taken } = await freshAt(age);
    const old = of.hand();
    await of.publishList('city', [
      [1, 'revoked'],
      [2, 'suspended'],
    ]);
    await taken.refreshAll(sourceOf({ ...old, listsByPlace: of.hand().listsByPlace }), NOW + age);
    expect([...(await taken.store.readLists()).values()][0]?.issuedAt).toBe(NOW + age);
    expect(await judgeAll(taken, NOW + age)).toEqual(byTimestamp);
  });
});

describe('trust that is dead', () => {
  it('is grey on the screen, not red, and says how old it is', async () => {
    const verdict = await tablet.judge(GREEN, NOW + WEEK + 1);
    const said = describeVerdict(verdict, {
      language: 'en',
      trust: await tablet.trust(),
      nowMs: (NOW + WEEK + 1) * 1000,
    });
    expect([said.word, said.reason, said.appeal]).toEqual(['Cannot verify', 'Our list is 7 days old', '']);
  });

  it('is as good as new one refresh later', async () => {
    const { of, taken } = await freshAt(WEEK + 1);
    expect((await taken.judge(GREEN, NOW + WEEK + 1)).kind).toBe('unverifiable');
    await of.publish();
    await of.publishList('city', [[1, 'revoked']]);
    expect(await taken.refreshAll(sourceOf(of.hand()), NOW + WEEK + 1)).toBe('ok');
    expect((await taken.judge(GREEN, NOW + WEEK + 1)).kind).toBe('admit');
  });
});

describe('ages that a site shortened', () => {
  it.each([
    [0, 'admit ok'],
    [2 * HOUR, 'admit ok'],
    [2 * HOUR + 1, 'check trust-stale'],
    [3 * HOUR, 'check trust-stale'],
    [3 * HOUR + 1, DEAD],
  ])('count at %d seconds: %s', async (age, said) => {
    const of = await TrustHouse.open();
    of.issuersById.set('city', of.entryOf(city));
    await of.publish();
    await of.publishList('city');
    await of.setPolicy({ ages: { freshSeconds: HOUR, ageingSeconds: 2 * HOUR, staleSeconds: 3 * HOUR } });
    const taken = new TrustTablet(of.engine);
    await taken.refreshAll(sourceOf(of.hand()), NOW);
    const { kind, reason } = await taken.judge(GREEN, NOW + age);
    expect(`${kind} ${reason}`).toBe(said);
  });

  it.each([
    ['fresh', 5],
    ['ageing', 6],
    ['ageing', 10],
    ['stale', 11],
    ['stale', 15],
    ['dead', 16],
  ])('%s at %d', (state, age) => {
    expect(trustAgeState(age, { freshSeconds: 5, ageingSeconds: 10, staleSeconds: 15 })).toBe(state);
  });
});
