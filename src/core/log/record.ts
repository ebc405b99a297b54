// One line of the log: what happened at a gate, and nothing that could name who it happened to.

import type { Bytes } from '../bytes/bytes.ts';
import type { Direction } from '../trust/trust.ts';
import type { Reason, VerdictKind } from '../verdict/verdict.ts';

/** Everything a record holds beside its identity (site, day, device, epoch, seq). */
export type GateRecord = ScanRecord | DecisionRecord | EntryRecord | UndoRecord | ShiftRecord;

export interface AtGate {
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly gate: string;
  readonly direction: Direction;
}

export interface ScanRecord extends AtGate {
  readonly kind: 'scan';
  readonly verdict: VerdictKind;
  readonly reason: Reason;
  /** The issuer's id, 'other' for a small one, null where none is known. */
  readonly issuer: string | null;
  /** 8 bytes; null where there was no pass. */
  readonly pseudonym: Bytes | null;
  /** The pseudonym was made with a key of this tablet alone. */
  readonly isOwnKey: boolean;
  readonly trustAgeHours: number;
}

/** What the guard did after check or unverifiable. */
export interface DecisionRecord extends AtGate {
  readonly kind: 'decision';
  readonly decision: 'let-in' | 'sent-away';
  /** The scan's seq, in the same epoch. */
  readonly refersTo: number;
}

/** Somebody went through whom the guard let in without a pass. */
export interface EntryRecord extends AtGate {
  readonly kind: 'entry-without-pass';
}

/** The guard took back an earlier record. */
export interface UndoRecord extends AtGate {
  readonly kind: 'undo';
  /** Its seq, in the same epoch. */
  readonly refersTo: number;
}

/** Heartbeats bound how much a log can lose unseen: they come at known times of a shift. */
export interface ShiftRecord extends AtGate {
  readonly kind: 'shift-start' | 'shift-end' | 'heartbeat';
}
