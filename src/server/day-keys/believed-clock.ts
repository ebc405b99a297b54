// Which time may destroy keys. A key that is gone stays gone, so a clock that jumps is not believed at once: it must agree
// with what was believed at the last look and what the monotonic clock has counted since, or run on by itself for a while.
// Until then keys are destroyed by the earlier of both times and made by the later. Holds no clock.

/** Further apart than this, two times do not agree. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000;
/** A stopped server and a clock that was set right jump no further than this, as a rule. */
const ORDINARY_JUMP_MS = 35 * 86_400_000;
/** So long a clock must run on after a jump: an ordinary one, any other. */
export const ORDINARY_WAIT_MS = 3_600_000;
export const LONG_WAIT_MS = 86_400_000;

export interface ClockMoment {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** Counts on while the program runs, whatever the clock is set to. */
  readonly monotonicMs: number;
}

export interface BelievedClock {
  readonly believed: ClockMoment;
  /** Null: the clock agrees. */
  readonly doubt: ClockDoubt | null;
}

export interface ClockDoubt {
  /** Where the clock stood at the last look. */
  readonly at: ClockMoment;
  /** Monotonic: when it is believed by itself. */
  readonly untilMs: number;
  readonly waitMs: number;
}

/** `known` null: nothing was ever written down, so this clock is believed. */
export function followClock(known: BelievedClock | null, now: ClockMoment): BelievedClock {
  if (known === null) return believe(now);
  const expectedMs = goesOnFrom(known.believed, now.monotonicMs);
  if (Math.abs(now.wallMs - expectedMs) <= CLOCK_TOLERANCE_MS) return believe(now);
  const { doubt } = known;
  const runsOn =
    doubt !== null && Math.abs(now.wallMs - goesOnFrom(doubt.at, now.monotonicMs)) <= CLOCK_TOLERANCE_MS;
  if (runsOn && now.monotonicMs >= doubt.untilMs) return believe(now);
  if (runsOn) return { ...known, doubt: { ...doubt, at: now } };
  const isOrdinary = Math.abs(now.wallMs - expectedMs) <= ORDINARY_JUMP_MS;
  const waitMs = isOrdinary ? ORDINARY_WAIT_MS : LONG_WAIT_MS;
  return { ...known, doubt: { at: now, untilMs: now.monotonicMs + waitMs, waitMs } };
}

export const believe = (now: ClockMoment): BelievedClock => ({ believed: now, doubt: null });

/** The time by which keys are over: in doubt, only what is over by both. */
export const destroyByMs = (clock: BelievedClock, now: ClockMoment): number =>
  clock.doubt === null ? now.wallMs : Math.min(now.wallMs, goesOnFrom(clock.believed, now.monotonicMs));

/** The time for whose days keys are made: in doubt the later, for ended days get none. */
export const makeForMs = (clock: BelievedClock, now: ClockMoment): number =>
  clock.doubt === null ? now.wallMs : Math.max(now.wallMs, goesOnFrom(clock.believed, now.monotonicMs));

const goesOnFrom = ({ wallMs, monotonicMs }: ClockMoment, laterMonotonicMs: number): number =>
  wallMs + (laterMonotonicMs - monotonicMs);
