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

/** A signed time and the two clocks when it was learnt in this run; wall and monotonic are null when it is from an earlier run. */
export interface ClockBase {
  readonly floorMs: number;
  readonly monotonicMs: number | null;
}

export interface ClockLook {
  readonly base: ClockBase;
  /** What the last look suspected; a suspicion seen twice is a doubt. */
  readonly suspected: ClockDoubt | null;
  readonly doubt: ClockDoubt | null;
}

export const firstLook = (floorMs: number): ClockLook => ({
  base: { floorMs, monotonicMs: null },
  suspected: null,
  doubt: null,
});

/** A signed time was verified at that monotonic time. An older one than the floor is no news. */
export function raiseFloor(look: ClockLook, signedMs: number, monotonicMs: number): ClockLook {
  const floorMs = Math.max(look.base.floorMs, signedMs);
  return floorMs === signedMs ? { ...look, base: { floorMs, monotonicMs } } : look;
}

/** After sleep the monotonic clock may have stood still: it says nothing until the next signed time. */
export const forgetMonotonic = (look: ClockLook): ClockLook => ({
  ...look,
  base: { ...look.base, monotonicMs: null },
});

export function lookAtClock(look: ClockLook, wallMs: number, monotonicMs: number): ClockLook {
  const suspected = suspect(look.base, wallMs, monotonicMs);
  return { base: look.base, suspected, doubt: suspected === look.suspected ? suspected : look.doubt };
}

export const nowOf = (look: ClockLook, wallMs: number): Now => ({
  wallMs,
  floorMs: look.base.floorMs,
  doubt: look.doubt,
});

/** The time by which an end is judged: a clock set back must not admit what has ended. */
export const judgedAtMs = ({ wallMs, floorMs }: Now): number => Math.max(wallMs, floorMs);

function suspect(
  { floorMs, monotonicMs: baseMs }: ClockBase,
  wallMs: number,
  monotonicMs: number,
): ClockDoubt | null {
  if (wallMs < floorMs - BEHIND_LIMIT_MS) return 'behind';
  if (baseMs !== null && wallMs > floorMs + (monotonicMs - baseMs) + AHEAD_LIMIT_MS) return 'ahead';
  return null;
}
