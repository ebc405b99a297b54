// The tablet's clock, wrong in nine ways, by a restart or not, online or not, after sleep or not: 72 tablets. Each was in
// order and online at nine, was wound in the afternoon, and is put right in the evening.

import { beforeAll, describe, expect, it } from 'vitest';
import type { TrustSource } from '../../../../src/core/trust/held/ports.ts';
import type { ClockDoubt } from '../../../../src/core/verdict/clock.ts';
import { ClockTablet } from '../../../support/clock-tablet.ts';
import { createTestIssuer } from '../../../support/test-issuer.ts';
import { DESK_NOW_SECONDS as NINE } from '../../../support/trust-desk.ts';
import { sourceOf, TrustHouse } from '../../../support/trust-house.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const AFTERNOON = NINE + 5 * HOUR;
const EVENING = NINE + 8 * HOUR;

const SKEWS = [
  ['-10 y', -10 * YEAR],
  ['-1 d', -DAY],
  ['-6 min', -6 * MINUTE],
  ['-4 min', -4 * MINUTE],
  ['right', 0],
  ['+9 min', 9 * MINUTE],
  ['+1 d', DAY],
  ['+1 y', YEAR],
  ['+10 y', 10 * YEAR],
] as const;
const EITHER = [false, true] as const;
const ROWS = SKEWS.flatMap(([name, skew]) =>
  EITHER.flatMap((isRestarted) =>
    EITHER.flatMap((isOnline) => EITHER.map((hasSlept) => ({ name, skew, isRestarted, isOnline, hasSlept }))),
  ),
);

const city = await createTestIssuer({ id: 'city', seed: 1 });
const valid = (issuedAt: number, expiresAt: number) => city.issue({ issuedAt, expiresAt });
const EXPIRED = [
  await valid(NINE - DAY, NINE - 1),
  await valid(NINE - HOUR, NINE + HOUR),
  await valid(NINE - HOUR, AFTERNOON - HOUR),
  await valid(NINE - HOUR, AFTERNOON - 10 * MINUTE),
];
/** The first is an hour older than the last signed time of a tablet that is offline, the second half an hour old. */
const HONEST = [
  await valid(NINE - HOUR, AFTERNOON + 25 * HOUR + MINUTE),
  await valid(AFTERNOON - HOUR / 2, AFTERNOON + 25 * HOUR + MINUTE),
];
const TAKEN_BACK = await city.issue({
  id: { list: 7, index: 1 },
  issuedAt: NINE - HOUR,
  expiresAt: AFTERNOON + 3 * DAY,
});

let house: TrustHouse;
let morning: ClockTablet;
let sources: Readonly<Record<'nine' | 'afternoon' | 'evening', TrustSource>>;

beforeAll(async () => {
  house = await TrustHouse.open();
  house.issuersById.set('city', house.entryOf(city));
  await house.publish();
  await house.publishList('city');
  const nine = sourceOf(house.hand());
  morning = new ClockTablet(house, NINE * 1000);
  expect(await morning.sync(nine)).toBe('ok');
  const at = async (seconds: number, taken: readonly (readonly [number, 'revoked'])[]) => {
    house.desk.nowSeconds = seconds;
    await house.publishList('city', taken);
    await house.desk.reSign();
    return sourceOf(house.hand());
  };
  sources = {
    nine,
    afternoon: await at(AFTERNOON, []),
    evening: await at(EVENING, [[1, 'revoked']]),
  };
});

type Row = (typeof ROWS)[number];

/** In the afternoon, its clock wound, and whatever the row says done. */
async function windUp({ skew, isRestarted, isOnline, hasSlept }: Row): Promise<ClockTablet> {
  let tablet = await morning.restarted();
  expect(await tablet.sync(sources.nine)).toBe('ok');
  tablet.wait(3 * HOUR * 1000);
  tablet.skewMs = skew * 1000;
  if (hasSlept) tablet.sleep(2 * HOUR * 1000);
  else tablet.wait(2 * HOUR * 1000);
  if (isRestarted) tablet = await tablet.restarted();
  if (isOnline) expect(await tablet.sync(sources.afternoon)).toBe('ok');
  expect(tablet.trueMs).toBe(AFTERNOON * 1000);
  return tablet;
}
const said = ({ name, isRestarted, isOnline, hasSlept }: Row): string =>
  `${name}, ${isRestarted ? 'restarted' : 'running'}, ${isOnline ? 'online' : 'offline'}, ${hasSlept ? 'slept' : 'awake'}`;

/** Whether a tablet in that row can know: by the floor when behind, by a signed time of this run when ahead. */
function expectedDoubt({ skew, isRestarted, isOnline, hasSlept }: Row): ClockDoubt | null {
  const floor = isOnline ? AFTERNOON : NINE;
  if (AFTERNOON + skew < floor - 5 * MINUTE) return 'behind';
  const isTimed = isOnline || !(isRestarted || hasSlept);
  return isTimed && skew > 10 * MINUTE ? 'ahead' : null;
}

it('there are 72 rows', () => {
  expect(ROWS.length).toBe(72);
});

describe.each(ROWS.map((row) => [said(row), row] as const))('%s', (_name, row) => {
  it('warns of what it can know, and never below 4 minutes', async () => {
    const tablet = await windUp(row);
    expect(tablet.doubt).toBe(expectedDoubt(row));
    if (Math.abs(row.skew) <= 4 * MINUTE) expect(tablet.doubt).toBeNull();
  });

  it('admits no expired pass where the clock is behind the floor, at the first scan or later', async () => {
    const tablet = await windUp(row);
    const isBehind = tablet.wallMs < tablet.floor.ms;
    for (const look of [1, 2, 3]) {
      for (const pass of EXPIRED) {
        const { kind } = await tablet.judge(pass);
        if (isBehind || row.skew >= 0) expect(kind, `look ${look}`).not.toBe('admit');
      }
      tablet.look();
    }
    expect((await tablet.judge(EXPIRED[0] ?? '')).kind).not.toBe('admit');
  });

  it('refuses no honest pass with 25 hours left for a clock that is ahead, nor for one that it knows is behind', async () => {
    const tablet = await windUp(row);
    for (const pass of HONEST) {
      const { kind } = await tablet.judge(pass);
      if (row.skew >= 0 || tablet.doubt !== null) expect(kind).not.toBe('refuse');
    }
    if (expectedDoubt(row) !== null) expect((await tablet.judge(HONEST[0] ?? '')).kind).not.toBe('admit');
    if (row.skew === 0) expect((await tablet.judge(HONEST[0] ?? '')).kind).toBe('admit');
  });

  it('is well one sync after its clock was put right', async () => {
    const tablet = await windUp(row);
    tablet.wait(3 * HOUR * 1000);
    tablet.skewMs = 0;
    expect(await tablet.sync(sources.evening)).toBe('ok');
    expect(tablet.doubt).toBeNull();
    for (const pass of HONEST) expect((await tablet.judge(pass)).kind).toBe('admit');
    for (const pass of EXPIRED)
      expect(await tablet.judge(pass)).toMatchObject({ kind: 'refuse', reason: 'expired' });
    expect((await tablet.judge(TAKEN_BACK)).reason).toBe('revoked');
    expect(tablet.floor.ms).toBe(EVENING * 1000);
  });
});

describe('a clock that is wound while the tablet runs', () => {
  it('is not believed from the first scan on where it is behind the floor', async () => {
    const tablet = await morning.restarted();
    tablet.wait(5 * HOUR * 1000);
    tablet.skewMs = -DAY * 1000;
    expect(tablet.doubt).toBeNull();
    for (const pass of EXPIRED) expect((await tablet.judge(pass)).kind).not.toBe('admit');
    expect((await tablet.judge(HONEST[0] ?? '')).reason).toBe('clock-behind');
  });
});
