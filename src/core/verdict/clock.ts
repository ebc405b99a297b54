// How far the tablet's clock can be believed. The floor is moved forward by signed times only; within one run the
// monotonic clock says how much time really passed. Two looks in a row must agree before the guard is warned.

export const BEHIND_LIMIT_MS = 5 * 60_000;
export const AHEAD_LIMIT_MS = 10 * 60_000;

export type ClockDoubt = 'behind' | 'ahead';

/** The moment of a verdict: wall clock, the latest signed time seen, and whether the clock is in doubt. */
export interface Now {
  readonly wallMs: number;
  readonly floorMs: number;
  readonly doubt: ClockDoubt | null;
}

/** A time the server signed just now, and where this run's monotonic clock stood then. */
export interface FreshTime {
  readonly signedMs: number;
  readonly monotonicMs: number;
}

export interface ClockLook {
  readonly floorMs: number;
  /** Null until a fresh time came in this run, and after sleep: the monotonic clock may have stood still. */
  readonly fresh: FreshTime | null;
  /** What the last look suspected; a suspicion seen twice is a doubt. */
  readonly suspected: ClockDoubt | null;
  readonly doubt: ClockDoubt | null;
}

export const firstLook = (floorMs: number): ClockLook => ({
  floorMs,
  fresh: null,
  suspected: null,
  doubt: null,
});

/** A signed time of unknown age: it can only be later by now. */
export const raiseFloor = (look: ClockLook, signedMs: number): ClockLook => ({
  ...look,
  floorMs: Math.max(look.floorMs, signedMs),
});

/** A time the server signed in answer to us. An older one than the floor is no news. */
export const takeFreshTime = (look: ClockLook, fresh: FreshTime): ClockLook =>
  fresh.signedMs < look.floorMs ? look : { ...look, floorMs: fresh.signedMs, fresh };

export const forgetMonotonic = (look: ClockLook): ClockLook => ({ ...look, fresh: null });

export function lookAtClock(look: ClockLook, wallMs: number, monotonicMs: number): ClockLook {
  const suspected = suspect(look, wallMs, monotonicMs);
  return { ...look, suspected, doubt: suspected === look.suspected ? suspected : look.doubt };
}

export const nowOf = ({ floorMs, doubt }: ClockLook, wallMs: number): Now => ({ wallMs, floorMs, doubt });

/** The time by which an end is judged: a clock set back must not admit what has ended. */
export const judgedAtMs = ({ wallMs, floorMs }: Now): number => Math.max(wallMs, floorMs);

/** The time that a record is stamped with: the wall clock's, or in doubt what the signed times say. */
export function stampMs(look: ClockLook, wallMs: number, monotonicMs: number): number {
  if (look.doubt === null) return wallMs;
  return look.fresh === null ? look.floorMs : expectedMs(look.fresh, monotonicMs);
}

const expectedMs = (fresh: FreshTime, monotonicMs: number): number =>
  fresh.signedMs + (monotonicMs - fresh.monotonicMs);

function suspect({ floorMs, fresh }: ClockLook, wallMs: number, monotonicMs: number): ClockDoubt | null {
  if (wallMs < floorMs - BEHIND_LIMIT_MS) return 'behind';
  if (fresh !== null && wallMs > expectedMs(fresh, monotonicMs) + AHEAD_LIMIT_MS) return 'ahead';
  return null;
}
