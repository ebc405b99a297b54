// How long to wait before the next try: doubling from one second to 15 minutes, with jitter, so that a hundred tablets
// do not come back in the same instant.

import type { Random } from './ports.ts';

export const FIRST_WAIT_MS = 1000;
export const LONGEST_WAIT_MS = 15 * 60_000;

/** The wait after this many failed tries in a row (1 for the first). A server's Retry-After lengthens it, to the limit. */
export function waitMs(failures: number, retryAfterMs: number | null, random: Random): number {
  const full = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20), LONGEST_WAIT_MS);
  const jittered = full / 2 + (full / 2) * random();
  return Math.min(Math.max(jittered, retryAfterMs ?? 0), LONGEST_WAIT_MS);
}
