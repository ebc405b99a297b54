// Tries of a shift's PIN: each is counted, and stored, before it is checked, so that a kill in between wins nothing. After
// five wrong ones waits grow from half a minute to an hour; nothing locks for ever, for a gate must go on. How a PIN is kept
// and compared is not known here.

export interface PinTries {
  /** Wrong ones since the last right one, and the one under way. */
  readonly counted: number;
  /** By the tablet's clock. */
  readonly lastAtSeconds: number | null;
}

export type PinTurn =
  /** Store `tries` first, then check the PIN; a right one ends in NO_TRIES. */
  | { readonly kind: 'try'; readonly tries: PinTries }
  /** Store `tries` too: a clock that was set back begins the wait anew. */
  | { readonly kind: 'wait'; readonly seconds: number; readonly tries: PinTries };

/** Also after a console's order to forget the PIN (device-order.ts). */
export const NO_TRIES: PinTries = { counted: 0, lastAtSeconds: null };

const FREE_TRIES = 5;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3600;

export function beginPinTry(tries: PinTries, nowSeconds: number): PinTurn {
  const { counted, lastAtSeconds } = tries;
  if (lastAtSeconds !== null) {
    const wait = pinWaitSeconds(counted);
    const from = Math.min(lastAtSeconds, nowSeconds);
    const left = from + wait - nowSeconds;
    if (left > 0) return { kind: 'wait', seconds: left, tries: { counted, lastAtSeconds: from } };
  }
  return { kind: 'try', tries: { counted: counted + 1, lastAtSeconds: nowSeconds } };
}

/** How long to wait after so many wrong ones. */
export function pinWaitSeconds(counted: number): number {
  if (counted < FREE_TRIES) return 0;
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(counted - FREE_TRIES, 10));
}
