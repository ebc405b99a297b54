// What the server needs of its storage. Adapters stand beside this file; test/contract/storage.contract.ts is their examination.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { LogAlarmKind } from '../../core/log/day-report.ts';
import type { Head, LogIdentity } from '../../core/log/envelope.ts';
import type { ShiftRecord } from '../../core/log/record.ts';
import type { DroppedRun } from '../../core/log/sealed/dropped-days.ts';
import type { SealedEnvelope } from '../../core/log/sealed/envelope.ts';
import type { Direction } from '../../core/trust/trust.ts';
import type { VerdictKind } from '../../core/verdict/verdict.ts';

export interface Storage {
  /** Brings the tables up to date. Safe to run twice, and by two programs at once. */
  migrate(): Promise<void>;
  /** Makes room for the records of these days ('YYYY-MM-DD'). Records of other days are taken too, only less tidily. */
  prepareDays(days: readonly string[]): Promise<void>;
  /** Takes a batch whole or not at all; when this resolves, it is on the disk. */
  takeBatch(batch: JudgedBatch): Promise<BatchOutcome>;
  readDay(question: DayQuestion): Promise<StoredDay>;
  readSightings(question: SightingsQuestion): Promise<readonly StoredSighting[]>;
  /** Drops all sightings of a site but those of these days. */
  dropSightings(site: string, daysKept: readonly string[]): Promise<void>;
  /** Every log that a site has, in one order that stays. */
  listLogs(site: string): Promise<readonly LogIdentity[]>;
  /** Numbers above `after`, in order: records, and what was put apart in their place. */
  readLog(identity: LogIdentity, after: number, limit: number): Promise<readonly StoredLine[]>;
  readForks(identity: LogIdentity): Promise<readonly Bytes[]>;
  readWords(identity: LogIdentity): Promise<StoredWords>;
  /** Days of which there are records, 'YYYY-MM-DD', the earliest first. */
  listDays(): Promise<readonly string[]>;
  /** Drops all records of a day, at every site; `sign` gives the word that is kept of each run of them. */
  dropDay(day: string, sign: (run: DroppedRun) => Promise<Bytes>): Promise<void>;
  /** Drops what else is known of a site's days before these: duplicates, and counts. */
  dropFacts(site: string, before: { readonly duplicates: string; readonly counts: string }): Promise<void>;
  /** Resolves if a question would be answered now. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The storage cannot answer now; the same call may succeed later. What it had acknowledged is not lost. */
export class StorageAway extends Error {
  override readonly name = 'StorageAway';
}

/** A batch whose envelopes were opened one by one. */
export interface JudgedBatch {
  readonly identity: LogIdentity;
  readonly from: number;
  readonly to: number;
  /** One for each number from `from` to `to`, in order. */
  readonly entries: readonly JudgedEntry[];
  /** What envelope number 1 must name as the one before; null: this form of batch has no links. */
  readonly hashBeforeFirst: Bytes | null;
  /** The last record of our own receipt, which the tablet shows: what is missing up to there was lost here. */
  readonly shown: Head | null;
  /** Two scans of one pass, one way, within so many minutes are duplicates. 0: none are. */
  readonly seenBeforeMinutes: number;
  /** What the tablet signed; null: this form of batch is not signed. */
  readonly words: BatchWords | null;
  /** Whole seconds since 1970. */
  readonly receivedAt: number;
  /** Called within the transaction: the receipt is kept with what it is for. */
  writeReceipt(taken: TakenBatch): Promise<Bytes>;
}

export interface BatchWords {
  /** The COSE_Sign1 around the batch's head. */
  readonly signed: Bytes;
  /** SHA-256 of the SHA-256s of its envelopes. */
  readonly envelopesHash: Bytes;
  /** The receipt that the tablet showed, verified; kept where it explains a gap. */
  readonly shownReceipt: Bytes | null;
}

interface Entry {
  readonly seq: number;
  /** SHA-256 of the envelope. */
  readonly hash: Bytes;
  readonly envelope: Bytes;
}

export interface GoodEntry extends Entry {
  readonly kind: 'good';
  readonly day: string;
  /** Null: nobody could look inside. */
  readonly gate: string | null;
  /** What to count it under; null for records that are no scans. */
  readonly count: CountKey | null;
  /** Its link and its session; null in the form that has none. */
  readonly sealed: SealedEnvelope | null;
  readonly tally: Tally | null;
  /** Only where the pass would have gone in and the pseudonym is the site's. */
  readonly sighting: Sighting | null;
  readonly shift: Pick<ShiftRecord, 'kind' | 'minute'> | null;
}

/** Counted beside the scans. 'unopened': `what` is why; 'own-key': `what` is the gate. */
export interface Tally {
  readonly kind: 'unopened' | 'own-key';
  readonly what: string;
}

export interface Sighting {
  readonly pseudonym: Bytes;
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly direction: Direction;
}

export interface UnreadableEntry extends Entry {
  readonly kind: 'unreadable';
  /** A refusal's code. */
  readonly why: string;
}

export type JudgedEntry = GoodEntry | UnreadableEntry;

export interface CountKey {
  readonly gate: string;
  readonly direction: Direction;
  readonly hour: number;
  readonly verdict: VerdictKind;
  readonly reason: string;
}

export interface BatchOutcome extends TakenBatch {
  readonly receipt: Bytes;
}

export interface TakenBatch {
  /** The hash that is held under the batch's last number. */
  readonly head: Bytes;
  /** Entries of this batch that were put apart, now or before. */
  readonly quarantined: readonly Head[];
  /** How many records are new. */
  readonly added: number;
}

export interface StoredLine {
  readonly seq: number;
  readonly envelope: Bytes;
}

/** Each a COSE_Sign1. */
export interface StoredWords {
  readonly batchHeads: readonly Bytes[];
  /** Given, and shown by the tablet where numbers were missing. */
  readonly receipts: readonly Bytes[];
  readonly dropped: readonly Bytes[];
}

/** A place in the order of arrival. */
export interface SightingPlace {
  /** Whole seconds since 1970. */
  readonly receivedAt: number;
  readonly device: string;
  readonly epoch: number;
  readonly seq: number;
}

export interface SightingsQuestion {
  readonly site: string;
  readonly days: readonly string[];
  readonly after: SightingPlace;
  readonly limit: number;
}

export interface StoredSighting extends Sighting {
  readonly day: string;
  readonly gate: string;
  readonly place: SightingPlace;
}

export interface DayQuestion {
  readonly site: string;
  readonly day: string;
  /** The day to compare with. */
  readonly dayBefore: string;
  /** Tablets last seen before this are left out. Whole seconds since 1970. */
  readonly tabletsSince: number;
  /** How many of the last records of each tablet's day are wanted. */
  readonly latestPerTablet: number;
}

export interface DayCount extends CountKey {
  readonly count: number;
}

export interface StoredEnvelope {
  readonly device: string;
  readonly epoch: number;
  readonly seq: number;
  readonly envelope: Bytes;
}

export interface StoredTablet {
  readonly device: string;
  readonly gate: string;
  /** Whole seconds since 1970. */
  readonly lastSeenAt: number;
  /** Whole minutes since 1970; null: not on shift. */
  readonly shiftSince: number | null;
  readonly forks: number;
  readonly gaps: number;
  readonly quarantined: number;
}

export interface StoredAlarm {
  readonly device: string;
  readonly epoch: number;
  readonly kind: LogAlarmKind;
  /** Numbers, both ends included. */
  readonly from: number;
  readonly to: number;
  /** Whole seconds since 1970. */
  readonly raisedAt: number;
}

/** The same pass, the same way, at two tablets: the later scan and the one before. */
export interface StoredDuplicate {
  readonly minute: number;
  readonly gate: string;
  readonly otherMinute: number;
  readonly otherGate: string;
  readonly direction: Direction;
}

export interface DayTally extends Tally {
  readonly count: number;
}

export interface StoredDay {
  readonly counts: readonly DayCount[];
  readonly countsBefore: readonly DayCount[];
  readonly latest: readonly StoredEnvelope[];
  readonly tablets: readonly StoredTablet[];
  /** Raised since `tabletsSince`, the newest first. */
  readonly alarms: readonly StoredAlarm[];
  readonly tallies: readonly DayTally[];
  /** The newest first. */
  readonly duplicates: readonly StoredDuplicate[];
}
