// What the sync engine needs of the world. The tablet's memory and network implement these; tests wind them by hand.

import type { Bytes } from '../core/bytes/bytes.ts';
import type { Head, LogIdentity, Receipt } from '../core/log/envelope.ts';
import type { GateRecord } from '../core/log/record.ts';

export interface Clock {
  nowMs(): number;
  /** Rings once after ms; what it returns calls that off. */
  startTimer(ms: number, ring: () => void): () => void;
}

/** One waiting record: its place in the chain, its encoded envelope and the hash of that. */
export interface WaitingRecord {
  readonly seq: number;
  readonly envelope: Bytes;
  readonly hash: Bytes;
}

export interface WaitingLog {
  readonly identity: LogIdentity;
  /** Without a gap between their numbers. */
  readonly records: readonly WaitingRecord[];
  readonly lastReceipt: Bytes | null;
}

export interface RecordStore {
  /** The oldest waiting records of the oldest epoch that has any, in order; null when nothing waits. */
  readWaiting(limit: number): Promise<WaitingLog | null>;
  /** Deletes exactly these records and keeps the receipt, in one durable step. */
  deleteCovered(identity: LogIdentity, seqs: readonly number[], receipt: Bytes): Promise<void>;
  /** The server holds another record under a number of ours: all later records get a new epoch. */
  openNewEpoch(identity: LogIdentity): Promise<void>;
}

/** One record at its place in the chain. */
export interface ToWrite {
  readonly identity: LogIdentity;
  readonly seq: number;
  /** 'YYYY-MM-DD', the site's. */
  readonly day: string;
  /** SHA-256 of the envelope before; no bytes for the first. */
  readonly prev: Bytes;
  readonly record: GateRecord;
}

/** Makes of a record what is kept and sent. */
export interface EnvelopeWriter {
  /** `committed` is to be called once the envelope is known to be on the disk, and never else. */
  write(next: ToWrite): Promise<{ readonly envelope: Bytes; committed(): void }>;
}

/** Where the log is written now: who writes, and the last record written. */
export interface LogPosition {
  readonly identity: LogIdentity;
  readonly head: Head;
}

/** Waiting records as the disk has them now, in order from the oldest of the oldest epoch; gaps may be among them. */
export interface StoredRun {
  readonly identity: LogIdentity;
  readonly records: readonly Omit<WaitingRecord, 'hash'>[];
  readonly lastReceipt: Bytes | null;
}

/** What the log needs of the tablet's disk. Each write is one durable step: whole or not at all, and on the disk when it resolves. */
export interface LogDisk<Beside> {
  readPosition(): Promise<LogPosition | null>;
  /** Writes the record, what belongs beside it, and the position after it; false, and nothing written, when another position than `before` stands there. */
  append(before: LogPosition, after: LogPosition, envelope: Bytes, beside: Beside): Promise<boolean>;
  readRun(limit: number): Promise<StoredRun | null>;
  deleteRecords(identity: LogIdentity, seqs: readonly number[], receipt: Bytes): Promise<void>;
  /** Puts the log at the beginning of this run, and remembers outside the database that it was begun. */
  beginRun(identity: LogIdentity): Promise<void>;
}

/** How the log shares its disk: one writer among all tabs, and room made for a write where the disk is full. */
export interface LogTurns {
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  withRoom<T>(write: () => Promise<T>): Promise<T>;
}

export type NetAnswer =
  /** Something answered. Nothing is believed of it until a receipt's signature holds. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly body: Bytes;
    }
  | { readonly kind: 'unreachable' };

export interface Net {
  sendBatch(site: string, batch: Bytes): Promise<NetAnswer>;
}

/** The receipt if these bytes are one and the server's key signed it; null for anything else. */
export type ReadReceipt = (bytes: Bytes) => Promise<Receipt | null>;

/** These records as they are sent. */
export type MakeBatch = (waiting: WaitingLog) => Promise<Bytes>;

/** Uniform in [0, 1). */
export type Random = () => number;

export interface SyncPorts {
  readonly clock: Clock;
  readonly store: RecordStore;
  readonly net: Net;
  readonly makeBatch: MakeBatch;
  readonly readReceipt: ReadReceipt;
  readonly random: Random;
}
