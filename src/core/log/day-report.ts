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
  /** Whole minutes since 1970; null: not on shift. */
  readonly shiftSince: number | null;
  /** On shift, and not heard of for 30 minutes. */
  readonly isSilent: boolean;
  readonly forks: number;
  readonly gaps: number;
  readonly quarantined: number;
}

export const LOG_ALARMS = [
  /** Another record under a number that was taken. */
  'fork',
  /** Numbers that this server had receipted and lost. */
  'gap',
  /** Numbers that never came, and that the tablet no longer has. */
  'hole',
  /** A record that does not name the one before it. */
  'broken-link',
  // How a sealing session was used that no honest tablet uses so.
  'nonce-twice',
  'two-days',
  'two-logs',
  'too-many',
] as const;
export type LogAlarmKind = (typeof LOG_ALARMS)[number];

export interface LogAlarm {
  /** Of the tablet. */
  readonly shortId: string;
  readonly epoch: number;
  readonly kind: LogAlarmKind;
  /** Record numbers, both ends included. */
  readonly from: number;
  readonly to: number;
  /** Whole seconds since 1970. */
  readonly raisedAt: number;
}

/** The same pass went the same way at two tablets within the policy's window. Minutes are whole ones since 1970. */
export interface DuplicateScan {
  readonly minute: number;
  readonly gate: string;
  readonly otherMinute: number;
  readonly otherGate: string;
  readonly direction: Direction;
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
  /** Of the last seven days, the newest first. */
  readonly alarms: readonly LogAlarm[];
  /** The newest first. */
  readonly duplicates: readonly DuplicateScan[];
  /** Records that could not be opened to be counted: why, and how many. */
  readonly unopened: readonly { readonly why: string; readonly count: number }[];
  /** Scans of tablets that had no key of the site for the day: their repeats show at that gate only. */
  readonly ownKey: readonly { readonly gate: string; readonly count: number }[];
}
