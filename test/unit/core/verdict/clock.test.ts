import { describe, expect, it } from 'vitest';
import {
  AHEAD_LIMIT_MS,
  BEHIND_LIMIT_MS,
  type ClockLook,
  firstLook,
  forgetMonotonic,
  lookAtClock,
  stampMs,
  takeFreshTime,
} from '../../../../src/core/verdict/clock.ts';

const FLOOR = 1_772_355_600_000;
const twice = (look: ClockLook, wallMs: number, monotonicMs: number) =>
  lookAtClock(lookAtClock(look, wallMs, monotonicMs), wallMs, monotonicMs);
const fresh = takeFreshTime(firstLook(0), { signedMs: FLOOR, monotonicMs: 1000 });

describe('the clock', () => {
  it.each([
    ['at the limit behind', FLOOR - BEHIND_LIMIT_MS, null],
    ['a millisecond over it', FLOOR - BEHIND_LIMIT_MS - 1, 'behind'],
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
    const day = 86_400_000;
    expect(twice(fresh, FLOOR + day, 1000 + day).doubt).toBeNull();
  });

  it('says nothing of ahead after sleep, when the monotonic clock may have stood still', () => {
    expect(twice(forgetMonotonic(fresh), FLOOR + 86_400_000, 1001).doubt).toBeNull();
  });

  it('takes no older time than the floor', () => {
    expect(takeFreshTime(fresh, { signedMs: FLOOR - 1, monotonicMs: 5 })).toEqual(fresh);
  });

  it('stamps records by signed time while in doubt', () => {
    const doubted = twice(fresh, FLOOR + 86_400_000, 61_000);
    expect(stampMs(doubted, FLOOR + 86_400_000, 61_000)).toBe(FLOOR + 60_000);
    expect(stampMs(fresh, FLOOR + 5, 61_000)).toBe(FLOOR + 5);
  });
});
