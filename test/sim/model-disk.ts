// A tablet's disk: transactions that are whole or not at all, what is flushed and what is only written, and what a power
// cut, a full disk, a deleted database, a damaged record or a restored image make of it.

import { createHash } from 'node:crypto';
import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { Head, LogIdentity } from '../../src/core/log/envelope.ts';
import type { LogDisk, LogPosition, StoredRun } from '../../src/sync/ports.ts';
import { isSamePosition } from '../../src/sync/record-log.ts';
import type { Chance } from './chance.ts';
import type { Life, VirtualTime } from './virtual-time.ts';

export interface DiskRecord {
  readonly identity: LogIdentity;
  readonly seq: number;
  readonly envelope: Bytes;
  /** Whose record it is and which: 'device/epoch/seq/hash'. */
  readonly key: string;
}

/** What enrolment leaves on a disk: who the tablet is and the names of its keys (sim-keys.ts). */
export interface DiskIdentity {
  readonly device: string;
  readonly key: string;
  /** Made and perhaps sent, not yet known to be taken. */
  readonly nextKey: string | null;
  /** Its keys before, the latest first: a server that was set back knows the tablet by one of them. */
  readonly keysBefore: readonly string[];
}

/** The days, both ends included, whose seal keys a tablet holds. */
export interface SealDays {
  readonly from: string;
  readonly to: string;
}

interface DiskState {
  position: LogPosition | null;
  identity: DiskIdentity | null;
  sealDays: SealDays | null;
  readonly recordsByPlace: Map<string, DiskRecord>;
  readonly receiptsByRun: Map<string, Bytes>;
}

type Change = (state: DiskState) => void;

interface Connection {
  readonly life: Life;
  readonly generation: number;
  readonly habits: WriteHabits;
  readonly chance: Chance;
}

const NO_HEAD: Head = { seq: 0, hash: new Uint8Array(0) };

/** How a tab writes. What ships: it waits for the flush, and checks the head it builds on in the same transaction. */
export interface WriteHabits {
  readonly isFlushAwaited: boolean;
  readonly isHeadChecked: boolean;
}

export const GOOD_HABITS: WriteHabits = { isFlushAwaited: true, isHeadChecked: true };

/** A disk as one tab has it: the log's port, and the facts beside the log. */
export interface TabDisk extends LogDisk<null> {
  readIdentity(): Promise<DiskIdentity | null>;
  /** Enrolment and its first day keys: who the tablet is and where its log begins, in one step. */
  enrol(identity: DiskIdentity, run: LogIdentity, sealDays: SealDays): Promise<void>;
  changeIdentity(change: (now: DiskIdentity) => DiskIdentity): Promise<void>;
  holdsSealKey(day: string): Promise<boolean>;
  keepSealDays(days: SealDays): Promise<void>;
}

export class DiskFull extends Error {}
export class DatabaseGone extends Error {}

export const recordKey = ({ device, epoch }: LogIdentity, seq: number, envelope: Bytes): string =>
  `${device}/${epoch}/${seq}/${encodeHex(new Uint8Array(createHash('sha256').update(envelope).digest()))}`;

const runOf = ({ site, device, epoch }: LogIdentity): string => `${site}/${device}/${epoch}`;
const placeOf = (identity: LogIdentity, seq: number): string => `${runOf(identity)}/${seq}`;

const emptyState = (): DiskState => ({
  position: null,
  identity: null,
  sealDays: null,
  recordsByPlace: new Map(),
  receiptsByRun: new Map(),
});

const copyState = (state: DiskState): DiskState => ({
  ...state,
  recordsByPlace: new Map(state.recordsByPlace),
  receiptsByRun: new Map(state.receiptsByRun),
});

const READ_MS = [0.2, 3] as const;
const WRITE_MS = [0.5, 5] as const;
const FLUSH_MS = [1, 40] as const;

export interface DiskWatch {
  onAppend(before: LogPosition, after: LogPosition, envelope: Bytes): void;
  onDelete(record: DiskRecord): void;
  onFull(): void;
  onBlocked(): void;
}

export class ModelDisk {
  #live = emptyState();
  #durable = emptyState();
  #pending: Change[] = [];
  /** A connection of an older generation has lost its database. */
  #generation = 0;
  /** How often the database was deleted or replaced: whatever was written before is answered by nobody. */
  #lives = 0;
  #image: DiskState | null = null;
  #highestEpoch = 0;
  isBlocked = false;
  /** Writes that still find room; null: the disk has room. */
  writesLeft: number | null = null;

  constructor(
    readonly time: VirtualTime,
    readonly chance: Chance,
    readonly watch: DiskWatch,
  ) {}

  get records(): readonly DiskRecord[] {
    return [...this.#live.recordsByPlace.values()];
  }

  /** As memory has it: a tab looks here for what production code keeps in variables. */
  get identity(): DiskIdentity | null {
    return this.#live.identity;
  }

  has(identity: LogIdentity, seq: number, key: string): boolean {
    return this.#live.recordsByPlace.get(placeOf(identity, seq))?.key === key;
  }

  /** Opens the database for one tab. */
  connect(life: Life, habits: WriteHabits): TabDisk {
    const generation = this.#generation;
    const chance = this.chance.branch();
    const read = <T>(look: (state: DiskState) => T): Promise<T> =>
      this.time.operate(life, chance.between(...READ_MS), () => {
        this.#check(generation);
        // A reader waits for the transactions before it, flush and all: it never sees what a power cut could still take.
        return look(habits.isFlushAwaited ? this.#durable : this.#live);
      });
    const write = (prepare: (state: DiskState) => Change | null): Promise<boolean> =>
      this.#write({ life, generation, habits, chance }, prepare);
    const writeAll = async (change: Change): Promise<void> => {
      await write(() => change);
    };
    return {
      readPosition: () => read(({ position }) => position),
      readIdentity: () => read(({ identity }) => identity),
      holdsSealKey: (day) =>
        read(({ sealDays }) => sealDays !== null && sealDays.from <= day && day <= sealDays.to),
      enrol: (identity, run, sealDays) => {
        this.#noteRun(run);
        return writeAll((state) => {
          state.identity = identity;
          state.sealDays = sealDays;
          state.position = { identity: run, head: NO_HEAD };
        });
      },
      changeIdentity: (change) =>
        writeAll((state) => {
          if (state.identity !== null) state.identity = change(state.identity);
        }),
      keepSealDays: (days) =>
        writeAll((state) => {
          state.sealDays = days;
        }),
      append: (before, after, envelope) => {
        return write((state) => {
          const change = habits.isHeadChecked
            ? appendChange(state, before, after, envelope)
            : putChange(after, envelope);
          if (change !== null) this.watch.onAppend(before, after, envelope);
          return change;
        });
      },
      readRun: (limit) => read((state) => oldestRun(state, limit)),
      deleteRecords: async (identity, seqs, receipt) => {
        await write((state) => this.#deleteChange(state, identity, seqs, receipt));
      },
      beginRun: async (identity) => {
        this.#noteRun(identity);
        await writeAll((state) => {
          state.position = { identity, head: NO_HEAD };
        });
      },
    };
  }

  #noteRun({ epoch }: LogIdentity): void {
    this.#highestEpoch = Math.max(this.#highestEpoch, epoch);
  }

  /** A new version of the program opens: every older connection is closed, once its transactions are through. */
  upgrade(): void {
    this.#generation += 1;
  }

  /** Some of what was written and not flushed is lost, the last of it torn: the database drops it at the next opening. */
  cutPower(): { readonly lost: number; readonly isTorn: boolean } {
    const kept = this.chance.below(this.#pending.length + 1);
    const lost = this.#pending.length - kept;
    for (const change of this.#pending.slice(0, kept)) change(this.#durable);
    this.#pending = [];
    this.#live = copyState(this.#durable);
    this.#generation += 1;
    return { lost, isTorn: lost > 0 && this.chance.is(0.5) };
  }

  deleteDatabase(): void {
    this.#replace(emptyState());
  }

  /** One byte of one waiting record turns into another; null when none waits. */
  damageRecord(): { readonly before: DiskRecord; readonly after: DiskRecord } | null {
    const places = [...this.#live.recordsByPlace.keys()];
    if (places.length === 0) return null;
    const place = this.chance.pick(places);
    const before = this.#live.recordsByPlace.get(place);
    if (before === undefined) return null;
    const envelope = before.envelope.slice();
    const at = this.chance.below(envelope.length);
    envelope[at] = (envelope[at] ?? 0) ^ (1 + this.chance.below(255));
    const after = { ...before, envelope, key: recordKey(before.identity, before.seq, envelope) };
    for (const state of [this.#live, this.#durable])
      if (state.recordsByPlace.get(place) === before) state.recordsByPlace.set(place, after);
    return { before, after };
  }

  /** The disk forgets this record and says nothing: a hole. */
  dropRecord({ identity, seq }: DiskRecord): void {
    for (const state of [this.#live, this.#durable]) state.recordsByPlace.delete(placeOf(identity, seq));
  }

  takeImage(): void {
    this.#image = copyState(this.#durable);
  }

  get hasImage(): boolean {
    return this.#image !== null;
  }

  /** Back to the image. What it gives are the runs whose numbers may now be used twice. */
  restoreImage(): readonly Pick<LogIdentity, 'device' | 'epoch'>[] {
    if (this.#image === null) return [];
    this.#replace(copyState(this.#image));
    const from = this.#live.position?.identity;
    if (from === undefined) return [];
    const { device } = from;
    return Array.from({ length: this.#highestEpoch - from.epoch + 1 }, (_, at) => ({
      device,
      epoch: from.epoch + at,
    }));
  }

  #replace(state: DiskState): void {
    this.#live = state;
    this.#durable = copyState(state);
    this.#pending = [];
    this.#lives += 1;
    this.#generation += 1;
  }

  #write(
    { life, generation, habits: { isFlushAwaited }, chance }: Connection,
    prepare: (state: DiskState) => Change | null,
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const begun = this.time.operate(life, chance.between(...WRITE_MS), () => {
        this.#check(generation);
        const change = prepare(this.#live);
        if (change === null) return false;
        this.#takeRoom();
        change(this.#live);
        this.#pending.push(change);
        const lives = this.#lives;
        // The browser's process writes on when a tab ends.
        this.time.after(chance.between(...FLUSH_MS), () => {
          if (lives !== this.#lives || !this.#flushThrough(change))
            reject(new DatabaseGone('the database was closed'));
          else if (isFlushAwaited && life.pass()) resolve(true);
        });
        return true;
      });
      begun.then((isWritten) => {
        if (!isWritten || !isFlushAwaited) resolve(isWritten);
      }, reject);
    });
  }

  #check(generation: number): void {
    if (generation !== this.#generation) throw new DatabaseGone('the database was closed');
    if (!this.isBlocked) return;
    this.watch.onBlocked();
    throw new DatabaseGone('the database is blocked');
  }

  #takeRoom(): void {
    if (this.writesLeft === null) return;
    if (this.writesLeft <= 0) {
      this.watch.onFull();
      throw new DiskFull('the disk is full');
    }
    this.writesLeft -= 1;
  }

  #flushThrough(change: Change): boolean {
    const at = this.#pending.indexOf(change);
    if (at === -1) return this.#isFlushed(change);
    for (const done of this.#pending.splice(0, at + 1)) {
      done(this.#durable);
      this.#flushed.add(done);
    }
    return true;
  }

  readonly #flushed = new WeakSet<Change>();
  #isFlushed(change: Change): boolean {
    return this.#flushed.has(change);
  }

  #deleteChange(state: DiskState, identity: LogIdentity, seqs: readonly number[], receipt: Bytes): Change {
    const places = seqs.map((seq) => placeOf(identity, seq));
    for (const place of places) {
      const record = state.recordsByPlace.get(place);
      if (record !== undefined) this.watch.onDelete(record);
    }
    return (changed) => {
      for (const place of places) changed.recordsByPlace.delete(place);
      changed.receiptsByRun.set(runOf(identity), receipt);
    };
  }
}

function appendChange(
  state: DiskState,
  before: LogPosition,
  after: LogPosition,
  envelope: Bytes,
): Change | null {
  if (state.position === null || !isSamePosition(state.position, before)) return null;
  // As an `add` does where a record stands under that number already.
  if (state.recordsByPlace.has(placeOf(after.identity, after.head.seq)))
    throw new Error('a record stands under that number already');
  return putChange(after, envelope);
}

function putChange(after: LogPosition, envelope: Bytes): Change {
  const { identity, head } = after;
  const place = placeOf(identity, head.seq);
  const record = { identity, seq: head.seq, envelope, key: recordKey(identity, head.seq, envelope) };
  return (changed) => {
    changed.recordsByPlace.set(place, record);
    changed.position = after;
  };
}

function oldestRun({ recordsByPlace, receiptsByRun }: DiskState, limit: number): StoredRun | null {
  const all = [...recordsByPlace.values()].sort(inKeyOrder);
  const first = all[0];
  if (first === undefined) return null;
  const { identity } = first;
  const records = all.filter(
    (record) => runOf(record.identity) === runOf(identity) && record.seq < first.seq + limit,
  );
  return { identity, records, lastReceipt: receiptsByRun.get(runOf(identity)) ?? null };
}

function inKeyOrder(a: DiskRecord, b: DiskRecord): number {
  if (a.identity.device !== b.identity.device) return a.identity.device < b.identity.device ? -1 : 1;
  return a.identity.epoch - b.identity.epoch || a.seq - b.seq;
}
