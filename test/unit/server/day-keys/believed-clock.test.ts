import { describe, expect, it } from 'vitest';
import {
  type BelievedClock,
  believe,
  CLOCK_TOLERANCE_MS,
  destroyByMs,
  followClock,
  LONG_WAIT_MS,
  makeForMs,
  ORDINARY_WAIT_MS,
} from '../../../../src/server/day-keys/believed-clock.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = { wallMs: Date.UTC(2026, 2, 2, 12), monotonicMs: 5_000 };

/** Looks at once a minute, with the wall clock off by so much from where it would stand. */
function lookFor(clock: BelievedClock, offMs: number, fromMs: number, toMs: number): BelievedClock {
  let known = clock;
  for (let passed = fromMs; passed <= toMs; passed += MINUTE)
    known = followClock(known, momentAt(passed, offMs));
  return known;
}
const momentAt = (passedMs: number, offMs = 0) => ({
  wallMs: START.wallMs + passedMs + offMs,
  monotonicMs: START.monotonicMs + passedMs,
});

it('is believed where nothing was ever written down', () => {
  expect(followClock(null, START)).toEqual(believe(START));
});

describe('against what was believed and what the monotonic clock counted', () => {
  it.each([
    ['the same', 0, true],
    ['ahead by as much as may be', CLOCK_TOLERANCE_MS, true],
    ['ahead by a millisecond more', CLOCK_TOLERANCE_MS + 1, false],
    ['behind by as much as may be', -CLOCK_TOLERANCE_MS, true],
    ['behind by a millisecond more', -CLOCK_TOLERANCE_MS - 1, false],
    ['a year ahead', 365 * DAY, false],
    ['in 1970', -START.wallMs, false],
  ])('%s', (_name, offMs, isBelieved) => {
    expect(followClock(believe(START), momentAt(MINUTE, offMs)).doubt === null).toBe(isBelieved);
  });
});

describe('after a jump', () => {
  it.each([
    ['of a day ahead', DAY, ORDINARY_WAIT_MS],
    ['of 35 days ahead', 35 * DAY, ORDINARY_WAIT_MS],
    ['of more', 35 * DAY + 1, LONG_WAIT_MS],
    ['of a year ahead', 365 * DAY, LONG_WAIT_MS],
    ['of a day back', -DAY, ORDINARY_WAIT_MS],
    ['of a year back', -365 * DAY, LONG_WAIT_MS],
  ])('%s the clock must run on for a while, and not a minute less', (_name, offMs, waitMs) => {
    const almost = lookFor(believe(START), offMs, MINUTE, waitMs);
    expect(almost.doubt).not.toBeNull();
    expect(lookFor(almost, offMs, waitMs + MINUTE, waitMs + MINUTE).doubt).toBeNull();
  });

  it('destroys by the earlier time and makes by the later', () => {
    for (const offMs of [365 * DAY, -365 * DAY]) {
      const now = momentAt(7 * MINUTE, offMs);
      const clock = lookFor(believe(START), offMs, MINUTE, 7 * MINUTE);
      expect([destroyByMs(clock, now), makeForMs(clock, now)]).toEqual(
        [momentAt(7 * MINUTE).wallMs, now.wallMs].sort(),
      );
    }
  });

  it('that is put right nothing has happened', () => {
    const wrong = lookFor(believe(START), 365 * DAY, MINUTE, 30 * MINUTE);
    const right = followClock(wrong, momentAt(31 * MINUTE));
    expect(right).toEqual(believe(momentAt(31 * MINUTE)));
  });

  it('that is followed by another, the wait begins anew', () => {
    const first = lookFor(believe(START), DAY, MINUTE, 50 * MINUTE);
    const second = lookFor(first, 2 * DAY, 51 * MINUTE, 100 * MINUTE);
    expect(second.doubt).not.toBeNull();
    expect(lookFor(second, 2 * DAY, 101 * MINUTE, 111 * MINUTE).doubt).toBeNull();
  });

  it('a machine that began in 1970 is believed an hour after its clock was set', () => {
    const in1970 = lookFor(believe(START), -START.wallMs, 0, 5 * MINUTE);
    const set = lookFor(in1970, 3 * DAY, 6 * MINUTE, 66 * MINUTE);
    expect(set.doubt).toBeNull();
  });
});
