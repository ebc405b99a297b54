// How often somebody may try to sign in: after three tries under a name a wait that doubles, and so many tries a minute
// in all. Kept in this process alone and by name only, known or not: no address is noted, so whoever tries again and
// again can keep a name waiting, up to a quarter of an hour. Passkeys name nobody and wait for nobody.

export interface TryLimits {
  /** Counts a try that is about to be made; gives 0, or how many ms to wait instead. */
  begin(name: string, nowMs: number): number;
  /** The try was right: the name begins anew. */
  succeeded(name: string): void;
}

const FREE_TRIES = 3;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** A name that nobody tried for this long begins anew. */
const FORGET_MS = 60 * 60_000;
const MAX_NAMES = 10_000;
const MINUTE_MS = 60_000;

export function createTryLimits(mostAMinute = 30): TryLimits {
  const triesByName = new Map<string, { count: number; lastMs: number }>();
  const recentMs: number[] = [];

  function waitOf(name: string, nowMs: number): number {
    while (nowMs - (recentMs[0] ?? nowMs) >= MINUTE_MS) recentMs.shift();
    const overall = recentMs.length < mostAMinute ? 0 : (recentMs[0] ?? nowMs) + MINUTE_MS - nowMs;
    const tries = triesByName.get(name);
    if (tries === undefined || tries.count < FREE_TRIES) return overall;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries.count - FREE_TRIES));
    return Math.max(overall, tries.lastMs + wait - nowMs);
  }

  return {
    begin(name, nowMs) {
      const held = triesByName.get(name);
      if (held !== undefined && nowMs - held.lastMs >= FORGET_MS) triesByName.delete(name);
      const wait = waitOf(name, nowMs);
      if (wait > 0) return wait;
      recentMs.push(nowMs);
      const count = (triesByName.get(name)?.count ?? 0) + 1;
      triesByName.delete(name);
      triesByName.set(name, { count, lastMs: nowMs });
      const [oldest] = triesByName.keys();
      if (triesByName.size > MAX_NAMES && oldest !== undefined) triesByName.delete(oldest);
      return 0;
    },
    succeeded(name) {
      triesByName.delete(name);
    },
  };
}
