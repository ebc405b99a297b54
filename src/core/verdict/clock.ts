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

/**
 * The latest signed time, and the timestamp keys of the trust under which it was seen. It counts no longer than they do:
 * a stolen key could set a date from which no tablet returns, and a root with other timestamp keys is the way back.
 */
export interface ClockFloor {
  readonly ms: number;
  readonly under: string;
}

/** A time the server signed just now, and where this run's monotonic clock stood then. */
export interface FreshTime {
  readonly signedMs: number;
  readonly monotonicMs: number;
}

export interface ClockLook {
  readonly floor: ClockFloor;
  /** Null until a fresh time came in this run, and after sleep: the monotonic clock may have stood still. */
  readonly fresh: FreshTime | null;
  /** What the last look suspected; a suspicion seen twice is a doubt. */
  readonly suspected: ClockDoubt | null;
  readonly doubt: ClockDoubt | null;
}

export const NO_FLOOR: ClockFloor = { ms: 0, under: '' };

export const firstLook = (floor: ClockFloor): ClockLook => ({
  floor,
  fresh: null,
  suspected: null,
  doubt: null,
});

/** The later of the two under the same keys; under other keys the one that is known now. */
export const laterFloor = (held: ClockFloor, known: ClockFloor): ClockFloor =>
  held.under === known.under && held.ms > known.ms ? held : known;

/** The signed time of unknown age that trust brings along. Under other keys it is all that is left of what was known. */
export const takeTimestamp = (look: ClockLook, timestamp: ClockFloor): ClockLook => ({
  ...look,
  floor: laterFloor(look.floor, timestamp),
  fresh: look.floor.under === timestamp.under ? look.fresh : null,
});

/** A time the server signed in answer to us. An older one than the floor is no news. */
export const takeFreshTime = (look: ClockLook, fresh: FreshTime): ClockLook =>
  fresh.signedMs < look.floor.ms ? look : { ...look, floor: { ...look.floor, ms: fresh.signedMs }, fresh };

export const forgetMonotonic = (look: ClockLook): ClockLook => ({ ...look, fresh: null });

export function lookAtClock(look: ClockLook, wallMs: number, monotonicMs: number): ClockLook {
  const suspected = suspect(look, wallMs, monotonicMs);
  return { ...look, suspected, doubt: suspected === look.suspected ? suspected : look.doubt };
}

export const nowOf = ({ floor, doubt }: ClockLook, wallMs: number): Now => ({
  wallMs,
  floorMs: floor.ms,
  doubt,
});

/** The time by which an end is judged: a clock set back must not admit what has ended. */
export const judgedAtMs = ({ wallMs, floorMs }: Now): number => Math.max(wallMs, floorMs);

/** The time that a record is stamped with: the wall clock's, or in doubt what the signed times say. */
export const stampMs = (look: ClockLook, wallMs: number, monotonicMs: number): number =>
  look.doubt === null ? wallMs : provenMs(look, monotonicMs);

/**
 * The time by which signed files have ended or not: the later of wall clock and floor, or, where the clock runs ahead,
 * what the signed times prove: a wrong clock must not shut a tablet off from trust. Nothing signed under other timestamp
 * keys counts. One look is enough here: no guard is warned by it.
 */
export function startMs(look: ClockLook, timestampKeys: string, wallMs: number, monotonicMs: number): number {
  if (look.floor.under !== timestampKeys) return wallMs;
  if (suspect(look, wallMs, monotonicMs) === 'ahead') return provenMs(look, monotonicMs);
  return Math.max(wallMs, look.floor.ms);
}

const provenMs = ({ floor, fresh }: ClockLook, monotonicMs: number): number =>
  fresh === null ? floor.ms : Math.max(floor.ms, expectedMs(fresh, monotonicMs));

const expectedMs = (fresh: FreshTime, monotonicMs: number): number =>
  fresh.signedMs + (monotonicMs - fresh.monotonicMs);

function suspect(look: ClockLook, wallMs: number, monotonicMs: number): ClockDoubt | null {
  const { floor, fresh, doubt } = look;
  if (wallMs < floor.ms - BEHIND_LIMIT_MS) return 'behind';
  if (fresh !== null) return wallMs > expectedMs(fresh, monotonicMs) + AHEAD_LIMIT_MS ? 'ahead' : null;
  // Sleep proves nothing right: a clock that ran ahead is believed again near the floor, or after a new signed time.
  return doubt === 'ahead' && wallMs > floor.ms + AHEAD_LIMIT_MS ? 'ahead' : null;
}
