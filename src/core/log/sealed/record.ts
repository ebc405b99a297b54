// One line of the sealed log, whichever kind: what happened at a gate, and nothing that could name who it happened to.

import type { AtGate, DecisionRecord, ScanRecord } from '../record.ts';

/** Everything a record holds beside its identity (site, day, device, epoch, seq). */
export type GateRecord = ScanRecord | DecisionRecord | EntryRecord | UndoRecord | ShiftRecord;

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
