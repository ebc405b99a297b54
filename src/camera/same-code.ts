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

/** Nobody looked since lookedAtMs: codes that were recent then count as if they had been held up all the while. */
export function carryOver(seen: SeenCodes, lookedAtMs: number, nowMs: number): SeenCodes {
  return seen
    .filter((code) => isRecent(code, lookedAtMs))
    .map((code) => ({ text: code.text, lastSeenMs: code.lastSeenMs + Math.max(0, nowMs - lookedAtMs) }));
}

/** A clock that went backwards makes no code recent for longer than the 5 seconds. */
const isRecent = (code: SeenCode, nowMs: number) => Math.abs(nowMs - code.lastSeenMs) < SAME_CODE_MS;
