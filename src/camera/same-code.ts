// Whether a code is a new one: the same code is ignored for 5 seconds after it was last seen.

export const SAME_CODE_MS = 5000;

/** When each code was last seen; codes that are over are dropped. */
export type SeenCodes = readonly SeenCode[];
export interface SeenCode {
  readonly text: string;
  readonly lastSeenMs: number;
}

export const noCodes: SeenCodes = [];

export function noteCode(seen: SeenCodes, text: string, nowMs: number): { isNew: boolean; seen: SeenCodes } {
  const others = seen.filter((code) => code.text !== text && isRecent(code, nowMs));
  const known = seen.some((code) => code.text === text && isRecent(code, nowMs));
  return { isNew: !known, seen: [...others, { text, lastSeenMs: nowMs }] };
}

/** A code seen this shortly before a pause was in view when it began. */
export const IN_VIEW_MS = 1000;

/**
 * Nobody looked since lookedAtMs: the code that was in view then counts as if it had been held up all the while. Others age as
 * they always do: whoever comes back after ten others is a new reading.
 */
export function carryOver(seen: SeenCodes, lookedAtMs: number, nowMs: number): SeenCodes {
  const latestMs = Math.max(...seen.map((code) => code.lastSeenMs));
  const wasInView = ({ lastSeenMs }: SeenCode) =>
    lastSeenMs === latestMs && Math.abs(lookedAtMs - lastSeenMs) < IN_VIEW_MS;
  return seen
    .map((code) =>
      wasInView(code) ? { text: code.text, lastSeenMs: Math.max(code.lastSeenMs, nowMs) } : code,
    )
    .filter((code) => isRecent(code, nowMs));
}

/** A clock that went backwards makes no code recent for longer than the 5 seconds. */
const isRecent = (code: SeenCode, nowMs: number) => Math.abs(nowMs - code.lastSeenMs) < SAME_CODE_MS;
