import { describe, expect, it } from 'vitest';
import {
  AHEAD_LIMIT_MS,
  BEHIND_LIMIT_MS,
  type ClockLook,
  firstLook,
  forgetMonotonic,
  laterFloor,
  lookAtClock,
  NO_FLOOR,
  stampMs,
  startMs,
  takeFreshTime,
  takeTimestamp,
} from '../../../../src/core/verdict/clock.ts';

const FLOOR = 1_772_355_600_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const KEYS = 'aa bb';
const floorAt = (ms: number, under = KEYS) => ({ ms, under });
const twice = (look: ClockLook, wallMs: number, monotonicMs: number) =>
  lookAtClock(lookAtClock(look, wallMs, monotonicMs), wallMs, monotonicMs);
const fresh = takeFreshTime(firstLook(floorAt(0)), { signedMs: FLOOR, monotonicMs: 1000 });

describe('the clock', () => {
  it.each([
    ['at the limit behind', FLOOR - BEHIND_LIMIT_MS, null],
    ['a millisecond over it', FLOOR - BEHIND_LIMIT_MS - 1, 'behind'],
    ['4 minutes behind', FLOOR - 4 * MINUTE, null],
    ['6 minutes behind', FLOOR - 6 * MINUTE, 'behind'],
    ['4 minutes ahead', FLOOR + 4 * MINUTE, null],
    ['9 minutes ahead', FLOOR + 9 * MINUTE, null],
    ['at the limit ahead', FLOOR + AHEAD_LIMIT_MS, null],
    ['a millisecond over that', FLOOR + AHEAD_LIMIT_MS + 1, 'ahead'],
  ])('%s', (_name, wallMs, doubt) => {
    expect(twice(fresh, wallMs, 1000).doubt).toBe(doubt);
  });

  it('warns only after two looks, and takes the warning back after two', () => {
    const once = lookAtClock(fresh, FLOOR + 2 * AHEAD_LIMIT_MS, 1000);
    expect(once.doubt).toBeNull();
    const warned = lookAtClock(once, FLOOR + 2 * AHEAD_LIMIT_MS, 1000);
    expect(warned.doubt).toBe('ahead');
    const better = lookAtClock(warned, FLOOR, 1000);
    expect(better.doubt).toBe('ahead');
    expect(lookAtClock(better, FLOOR, 1000).doubt).toBeNull();
  });

  it('does not call a day of running ahead of anything', () => {
    expect(twice(fresh, FLOOR + DAY, 1000 + DAY).doubt).toBeNull();
  });

  it('takes no older time than the floor', () => {
    expect(takeFreshTime(fresh, { signedMs: FLOOR - 1, monotonicMs: 5 })).toEqual(fresh);
  });

  it('stamps records by signed time while in doubt', () => {
    const doubted = twice(fresh, FLOOR + DAY, 61_000);
    expect(stampMs(doubted, FLOOR + DAY, 61_000)).toBe(FLOOR + 60_000);
    expect(stampMs(fresh, FLOOR + 5, 61_000)).toBe(FLOOR + 5);
  });
});

describe('after sleep', () => {
  const ahead = twice(fresh, FLOOR + DAY, 1000);

  it('a clock that was not in doubt is not called ahead: the monotonic one may have stood still', () => {
    expect(twice(forgetMonotonic(fresh), FLOOR + DAY, 1001).doubt).toBeNull();
  });

  it('a clock that was ahead stays in doubt until it is near the floor', () => {
    const woken = forgetMonotonic(ahead);
    expect(twice(woken, FLOOR + DAY, 1001).doubt).toBe('ahead');
    expect(stampMs(twice(woken, FLOOR + DAY, 1001), FLOOR + DAY, 1001)).toBe(FLOOR);
    expect(twice(woken, FLOOR + AHEAD_LIMIT_MS, 1001).doubt).toBeNull();
  });

  it('or until a new signed time agrees with it', () => {
    const told = takeFreshTime(forgetMonotonic(ahead), { signedMs: FLOOR + DAY, monotonicMs: 2000 });
    expect(twice(told, FLOOR + DAY, 2000).doubt).toBeNull();
  });
});

describe('the floor', () => {
  it('only rises under the same keys', () => {
    expect(takeTimestamp(fresh, floorAt(FLOOR - DAY)).floor).toEqual(floorAt(FLOOR));
    expect(takeTimestamp(fresh, floorAt(FLOOR + DAY)).floor).toEqual(floorAt(FLOOR + DAY));
    expect(laterFloor(floorAt(2), floorAt(1))).toEqual(floorAt(2));
  });

  it('falls back to the timestamp when other keys sign it, and what was measured from the old one goes', () => {
    const poisoned = takeFreshTime(firstLook(floorAt(0)), { signedMs: FLOOR + 3650 * DAY, monotonicMs: 0 });
    expect(twice(poisoned, FLOOR, 0).doubt).toBe('behind');
    const reset = takeTimestamp(twice(poisoned, FLOOR, 0), floorAt(FLOOR - 60_000, 'cc'));
    expect(reset).toMatchObject({ floor: floorAt(FLOOR - 60_000, 'cc'), fresh: null });
    expect(twice(reset, FLOOR, 0).doubt).toBeNull();
  });

  it('keeps what was measured under the same keys', () => {
    expect(takeTimestamp(fresh, floorAt(FLOOR - DAY)).fresh).toEqual(fresh.fresh);
  });
});

describe('the start of an update', () => {
  it('is the later of wall clock and floor', () => {
    expect(startMs(fresh, KEYS, FLOOR + 5, 1005)).toBe(FLOOR + 5);
    expect(startMs(fresh, KEYS, FLOOR - DAY, 1000)).toBe(FLOOR);
  });

  it('is the wall clock alone where nothing is known, and under other timestamp keys', () => {
    expect(startMs(firstLook(NO_FLOOR), KEYS, 7, 0)).toBe(7);
    expect(startMs(fresh, 'cc', FLOOR - DAY, 1000)).toBe(FLOOR - DAY);
    expect(startMs(fresh, 'cc', FLOOR + 365 * DAY, 1000)).toBe(FLOOR + 365 * DAY);
  });

  it('is what signed times prove where the clock runs ahead of them, from the first look on', () => {
    expect(startMs(fresh, KEYS, FLOOR + 365 * DAY, 61_000)).toBe(FLOOR + 60_000);
    const doubted = forgetMonotonic(twice(fresh, FLOOR + 365 * DAY, 61_000));
    expect(startMs(doubted, KEYS, FLOOR + 365 * DAY, 61_000)).toBe(FLOOR);
  });
});
