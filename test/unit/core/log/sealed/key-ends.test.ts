import { describe, expect, it } from 'vitest';
import {
  areCountsOver,
  dayAfter,
  daysFrom,
  isPseudonymKeyOver,
  isSealKeyOver,
  pseudonymKeyDays,
  sealKeyDays,
} from '../../../../../src/core/log/sealed/key-ends.ts';

const BERLIN = { timeZone: 'Europe/Berlin', dayStartMinutes: 240 };
/** 04:00 in Berlin on 3 March 2026: the second of March ends at this site. */
const END_MS = Date.UTC(2026, 2, 3, 3);

describe('days', () => {
  it.each([
    ['2026-03-02', 1, '2026-03-03'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-03-02', -2, '2026-02-28'],
    ['2026-03-28', 2, '2026-03-30'],
  ])('%s and %i more are %s', (day, days, after) => {
    expect(dayAfter(day, days)).toBe(after);
    expect(daysFrom(day, after)).toBe(days);
  });

  it('throws on what is no day', () => {
    expect(() => daysFrom('soon', '2026-03-02')).toThrow(/soon/);
  });
});

it('reaches 35 days ahead with seal keys, 3 with pseudonym keys', () => {
  expect(sealKeyDays('2026-03-02').at(-1)).toBe('2026-04-06');
  expect(sealKeyDays('2026-03-02').length).toBe(36);
  expect(pseudonymKeyDays('2026-03-02')).toEqual(['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05']);
});

describe('a pseudonym key', () => {
  it.each([
    ['without a window, a millisecond before the day’s end', END_MS - 1, 0, false],
    ['without a window, at the day’s end', END_MS, 0, true],
    ['with an hour’s window, at the day’s end', END_MS, 3600, false],
    ['with an hour’s window, a millisecond before both are over', END_MS + 3_599_999, 3600, false],
    ['with an hour’s window, when both are over', END_MS + 3_600_000, 3600, true],
    ['in the middle of its day', Date.UTC(2026, 2, 2, 12), 3600, false],
    ['of a day to come', Date.UTC(2026, 2, 1, 12), 0, false],
  ])('%s', (_name, nowMs, window, isOver) => {
    expect(isPseudonymKeyOver('2026-03-02', nowMs, BERLIN, window)).toBe(isOver);
  });
});

describe('a private seal key', () => {
  it.each([
    ['2026-03-09', 7, false],
    ['2026-03-10', 7, true],
    ['2026-03-02', 0, false],
    ['2026-03-03', 0, true],
    ['2026-04-01', 30, false],
    ['2026-04-02', 30, true],
    ['2026-04-02', 31, true],
    ['2026-04-02', 9999, true],
    ['2026-03-03', -5, true],
    ['2026-03-01', 7, false],
  ])('of 2 March, on %s under %i days of retention: over %s', (today, retention, isOver) => {
    expect(isSealKeyOver('2026-03-02', today, retention)).toBe(isOver);
  });

  it('is kept for 7 days where nothing is said, counts for 90', () => {
    expect([isSealKeyOver('2026-03-02', '2026-03-09'), isSealKeyOver('2026-03-02', '2026-03-10')]).toEqual([
      false,
      true,
    ]);
    expect([areCountsOver('2026-03-02', '2026-05-31'), areCountsOver('2026-03-02', '2026-06-01')]).toEqual([
      false,
      true,
    ]);
  });
});
