// What the guard's page may ask of the tablet: judge a reading, record it, and say how the tablet is.

import type { Direction, Trust } from '../core/trust/trust.ts';
import type { Verdict } from '../core/verdict/verdict.ts';
import type { EnrolmentDesk } from './identity/enrolment-desk.ts';
import type { PinDesk } from './identity/pin-desk.ts';
import type { AgeOfTrust } from './trust/age-of-trust.ts';

export interface TabletState {
  /** 'revoked': its server has refused it for good; 'wiped': it has destroyed what it held, as ordered. */
  readonly identity: 'none' | 'enrolled' | 'revoked' | 'wiped';
  /** A shift opens with it. */
  readonly hasPin: boolean;
  /** Null until trust was fetched and verified once. Its age is that of the oldest part of it. */
  readonly trust: ({ readonly held: Trust } & AgeOfTrust) | null;
  /** Something came in place of trust that was refused, and why; what is held stays in use. */
  readonly trustTrouble: string | null;
  /** Records on this tablet that no receipt covers. */
  readonly waiting: number;
  /** Whether the server answered with something we believe, and since when (wall clock, ms) that has been so or not. */
  readonly network: { readonly isReachable: boolean; readonly sinceMs: number };
  readonly storage: 'ok' | 'low' | 'full';
  readonly clock: 'good' | 'behind' | 'ahead';
  /** 'vanished': the browser deleted the log; 'blocked': another tab holds an older version of it open. */
  readonly log: 'open' | 'vanished' | 'blocked' | 'broken';
  /** False once a record found no key of its day to be sealed to. */
  readonly hasDayKey: boolean;
}

export interface GatePlace {
  readonly gate: string;
  readonly direction: Direction;
}

export type ScanOutcome =
  /** The record is on the disk; sound and verdict may be given. */
  | {
      readonly kind: 'recorded';
      readonly verdict: Verdict;
      readonly seq: number;
      readonly epoch: number;
      readonly atMs: number;
    }
  | Stopped;

/** No verdict may be given: its record could not be kept. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly why:
    | 'revoked'
    | 'no-trust'
    | 'no-day-key'
    | 'storage-full'
    | 'log-vanished'
    | 'log-blocked'
    | 'log-broken';
}

/** The record is on the disk, under this number. */
export type NoteOutcome = { readonly kind: 'noted'; readonly seq: number; readonly epoch: number } | Stopped;

export interface Tablet {
  readonly state: TabletState;
  /** Calls back at every change, and once at once; returns how to stop. */
  subscribe(listener: (state: TabletState) => void): () => void;
  scan(text: string, place: GatePlace): Promise<ScanOutcome>;
  /** What the guard did after check or unverifiable, as a record of its own. */
  decide(decision: 'let-in' | 'sent-away', refersTo: number, place: GatePlace): Promise<NoteOutcome>;
  /** What happens at a gate beside passes, each as a record of its own; a heartbeat says that the shift goes on. */
  note(
    kind: 'entry-without-pass' | 'shift-start' | 'shift-end' | 'heartbeat',
    place: GatePlace,
  ): Promise<NoteOutcome>;
  /** Takes an earlier record of this epoch back: it stays, and says so. */
  undo(refersTo: number, place: GatePlace): Promise<NoteOutcome>;
  /** Fetches trust and sends what waits, now. */
  refresh(): Promise<void>;
  /** What waits, as one file of sealed records; null where nothing does. They stay until a receipt covers them. */
  exportWaiting(): Promise<Blob | null>;
  /** Where the tablet is enrolled, for the first time or anew. */
  openEnrolment(): Promise<EnrolmentDesk>;
  openPin(): Promise<PinDesk>;
  /** After 'vanished' or 'broken': begins a new log under a new epoch. */
  beginNewLog(): Promise<void>;
}
