// What the server needs of its storage. Adapters stand beside this file; test/contract/storage.contract.ts is their examination.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { Head, LogIdentity } from '../../core/log/envelope.ts';
import type { Direction } from '../../core/trust/trust.ts';
import type { VerdictKind } from '../../core/verdict/verdict.ts';

export interface Storage {
  /** Brings the tables up to date. Safe to run twice, and by two programs at once. */
  migrate(): Promise<void>;
  /** Makes room for the records of these days ('YYYY-MM-DD'). Records of other days are taken too, only less tidily. */
  prepareDays(days: readonly string[]): Promise<void>;
  /** Takes a batch whole or not at all; when this resolves with 'taken', it is on the disk. */
  takeBatch(batch: JudgedBatch): Promise<BatchOutcome>;
  readDay(question: DayQuestion): Promise<StoredDay>;
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
  /** The tablet showed our own receipt for the record before `from`: what lies between was lost here. */
  readonly mayTakeGap: boolean;
  /** Whole seconds since 1970. */
  readonly receivedAt: number;
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
  readonly gate: string;
  /** What to count it under; null for records that are no scans. */
  readonly count: CountKey | null;
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

export type BatchOutcome =
  | {
      readonly kind: 'taken';
      /** The hash that is held under the batch's last number. */
      readonly head: Bytes;
      /** Entries of this batch that were put apart, now or before. */
      readonly quarantined: readonly Head[];
      /** How many records are new. */
      readonly added: number;
    }
  /** Records are missing before this batch; nothing was stored. */
  | { readonly kind: 'gap'; readonly upTo: number };

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
  readonly forks: number;
  readonly gaps: number;
  readonly quarantined: number;
}

export interface StoredDay {
  readonly counts: readonly DayCount[];
  readonly countsBefore: readonly DayCount[];
  readonly latest: readonly StoredEnvelope[];
  readonly tablets: readonly StoredTablet[];
}
