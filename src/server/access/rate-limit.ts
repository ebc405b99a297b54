// At most so many of something in a minute, in all and for this process: a bucket that fills at an even pace.

/** True: this one may go on. */
export type RateLimit = () => boolean;

export function createRateLimit(perMinute: number, nowMs: () => number): RateLimit {
  let left = perMinute;
  let atMs = nowMs();
  return () => {
    const now = nowMs();
    // A clock that was set back fills nothing, and takes nothing away.
    left = Math.min(perMinute, left + (Math.max(0, now - atMs) * perMinute) / 60_000);
    atMs = now;
    if (left < 1) return false;
    left--;
    return true;
  };
}
