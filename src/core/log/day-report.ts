// What a manager sees of one site's day: numbers and the latest lines, never a pseudonym.

import type { Direction } from '../trust/trust.ts';
import type { VerdictKind } from '../verdict/verdict.ts';

export interface HourCount {
  readonly gate: string;
  readonly direction: Direction;
  /** Hours since the site's day began, 0 to 23 (24 on the day a clock is set back). */
  readonly hour: number;
  readonly verdict: VerdictKind;
  readonly count: number;
}

export interface LatestScan {
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly gate: string;
  readonly direction: Direction;
  readonly verdict: VerdictKind;
  readonly reason: string;
  readonly decision: 'let-in' | 'sent-away' | null;
}

export interface TabletState {
  /** The first 4 hex digits of the device id: enough to tell two tablets of a gate apart. */
  readonly shortId: string;
  /** The gate of its last record. */
  readonly gate: string;
  /** Whole seconds since 1970. */
  readonly lastSeenAt: number;
  readonly forks: number;
  readonly gaps: number;
  readonly quarantined: number;
}

export interface DayReport {
  readonly site: {
    readonly id: string;
    readonly name: string;
    readonly timeZone: string;
    readonly dayStartMinutes: number;
  };
  readonly gates: readonly { readonly id: string; readonly name: string }[];
  /** 'YYYY-MM-DD', by the site's zone and day start. */
  readonly day: string;
  /** Whole seconds since 1970, the server's. */
  readonly now: number;
  readonly hours: readonly HourCount[];
  /** The same weekday of the week before, for comparison; empty where nothing is known. */
  readonly weekBefore: readonly HourCount[];
  readonly reasons: readonly {
    readonly reason: string;
    readonly verdict: VerdictKind;
    readonly count: number;
  }[];
  readonly latest: readonly LatestScan[];
  readonly tablets: readonly TabletState[];
}
