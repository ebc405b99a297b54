// What was promised, and to whom: verdicts that a guard was given, records that the server signed for. The promises are
// held against what lies on disks and in tables, by hashes of its own and none of production code's judgement.

import { createHash } from 'node:crypto';
import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { Head, LogIdentity } from '../../src/core/log/envelope.ts';
import { parseSealedBatch } from '../../src/core/log/sealed/batch.ts';
import { type HeldRun, type MemoryTables, runName } from '../support/memory-storage.ts';
import { type DiskRecord, type ModelDisk, recordKey } from './model-disk.ts';
import { linkFault, ServerChains } from './server-chains.ts';
import { SessionBook } from './session-book.ts';
import { isOpen } from './sim-record.ts';

/** A promise that was broken. */
export interface Violation {
  readonly promise: string;
  readonly what: string;
}

export interface Promised {
  readonly identity: LogIdentity;
  readonly seq: number;
  readonly key: string;
}

interface Given extends Promised {
  readonly disk: ModelDisk;
}

export class Ledger {
  readonly #given = new Map<string, Given>();
  readonly #receipted = new Map<string, Promised>();
  /** Keys whose only copy was destroyed with a database or by an old image: no program can bring them back. */
  readonly #destroyed = new Set<string>();
  /** Receipted, deleted on the tablet, and gone with a server that was set back. */
  readonly #setBack = new Map<string, Promised>();
  /** What a damaged record was before, by what it is now, and the other way round. */
  readonly #damagedByKey = new Map<string, string>();
  readonly #originalsByKey = new Map<string, string>();
  /** The first promise that was broken, whoever was running then. */
  broken: Violation | null = null;
  /** Runs ('device/epoch') in which two records under one number can honestly exist. */
  readonly forkable = new Set<string>();
  /** Runs to which something was done: of all others the audit must say that they are sound. */
  readonly tainted = new Set<string>();

  /** Hashes of all that tablets ever wrote, or their disks made of it. */
  readonly #written = new Set<string>();
  readonly #foundWritten = new WeakSet<object>();
  readonly #sessions = new SessionBook();
  readonly #chains = new ServerChains();

  get givenCount(): number {
    return this.#given.size;
  }

  get destroyedCount(): number {
    return this.#destroyed.size;
  }

  break(promise: string, what: string): void {
    this.broken ??= { promise, what };
  }

  give(disk: ModelDisk, record: Promised): void {
    this.#given.set(record.key, { ...record, disk });
  }

  isGiven(key: string): boolean {
    return this.#given.has(key);
  }

  /** A receipt leaves the server: all of its batch must be in the tables now. */
  receipt(body: Bytes, tables: MemoryTables): void {
    const parsed = parseSealedBatch(body);
    if (!parsed.ok) {
      this.break('a receipt is for a batch', `one was given for ${parsed.error}`);
      return;
    }
    const { envelopes } = parsed.value;
    const { site, device, epoch, from } = parsed.value.head;
    const identity = { site, device, epoch };
    envelopes.forEach((envelope, at) => {
      const record = { identity, seq: from + at, key: recordKey(identity, from + at, envelope) };
      if (!isHeld(tables, record))
        this.break('a receipt follows the commit', `${short(record.key)} is not in the tables`);
      this.#receipted.set(record.key, record);
    });
  }

  /** What was sealed, whether or not it will ever be kept. */
  seal(by: string, envelope: Bytes, nowMs: number): void {
    const fault = this.#sessions.seal(by, envelope, nowMs);
    if (fault !== null) this.break(fault, `${by} sealed once more`);
  }

  lock(tab: string): void {
    this.#sessions.lock(tab);
  }

  /** A tablet writes: what it writes follows what it wrote before, and tells nothing. */
  append(before: Head, identity: LogIdentity, envelope: Bytes): void {
    this.#look(envelope, 'a disk');
    this.#written.add(hexOfBytes(envelope));
    const fault = linkFault(before, identity, envelope);
    if (fault !== null) this.break('the chain has no gap', `${fault} on ${forkName(identity)}`);
  }

  sendOverNetwork(bytes: Bytes): void {
    this.#look(bytes, 'the network');
  }

  #look(bytes: Bytes, where: string): void {
    if (isOpen(bytes)) this.break('nothing lies open', `a record can be read on ${where}`);
  }

  delete({ key, seq }: DiskRecord): void {
    if (!this.#isCovered(key))
      this.break('nothing is deleted before its receipt', `${short(key)}, number ${seq}`);
  }

  damage(before: DiskRecord, after: DiskRecord): void {
    this.#damagedByKey.set(before.key, after.key);
    this.#written.add(hexOfBytes(after.envelope));
    this.#originalsByKey.set(after.key, before.key);
    this.doubt(before.identity);
  }

  /** From now on two records under one number can honestly exist. */
  doubt(run: Pick<LogIdentity, 'device' | 'epoch'>): void {
    this.forkable.add(forkName(run));
    this.tainted.add(forkName(run));
  }

  /** A database was deleted or replaced: what is nowhere now was destroyed. */
  excuseDestroyed(disk: ModelDisk, tables: MemoryTables): void {
    for (const record of this.#given.values())
      if (record.disk === disk && !this.#isSomewhere(record, tables)) this.#destroyed.add(record.key);
  }

  /** The server was set back to a backup. */
  excuseSetBack(tables: MemoryTables): void {
    for (const record of this.#receipted.values()) {
      if (isHeld(tables, record)) continue;
      this.#setBack.set(record.key, record);
      this.tainted.add(forkName(record.identity));
    }
    // Never receipted, so the tablet kept it: what is nowhere now was destroyed there before.
    for (const record of this.#given.values())
      if (!this.#isSetBack(record.key) && !this.#isSomewhere(record, tables)) this.#destroyed.add(record.key);
  }

  /** Every promise, after every step. */
  check(tables: MemoryTables): void {
    for (const record of this.#receipted.values()) {
      if (isHeld(tables, record)) this.#setBack.delete(record.key);
      else if (!this.#setBack.has(record.key))
        this.break('nothing receipted is missing', `${short(record.key)} is not on the server`);
    }
    for (const record of this.#given.values()) {
      const isExcused = this.#destroyed.has(record.key) || this.#isSetBack(record.key);
      if (!isExcused && !this.#isSomewhere(record, tables))
        this.break('every verdict has its record', `${short(record.key)} is nowhere`);
    }
    this.#checkTables(tables);
    const broken = this.#chains.look(tables);
    if (broken !== null) this.break('the chain has no gap', broken);
  }

  /** All faults are over and everything had its time. */
  checkEnd(tables: MemoryTables): { readonly unalarmed: number } {
    for (const record of this.#given.values()) {
      const isExcused = this.#destroyed.has(record.key) || this.#isSetBack(record.key);
      if (!isExcused && !this.#isHeldInAnyForm(record, tables))
        this.break('everything drains', `${short(record.key)} never came to the server`);
    }
    let unalarmed = 0;
    for (const { identity, seq } of this.#setBack.values()) {
      const run = tables.runsByName.get(runName(identity));
      if (run === undefined || run.head.seq < seq) unalarmed += 1;
      else if (!isAccountedFor(run, seq))
        this.break('what a restored server lost is alarmed', `${runName(identity)}, number ${seq}`);
    }
    return { unalarmed };
  }

  /** Exactly once per identity; every fork kept and alarmed, and none where nothing was doubled. */
  #checkTables({ runsByName, countsByName, talliesByName }: MemoryTables): void {
    let records = 0;
    for (const [name, run] of runsByName) {
      records += run.recordsBySeq.size;
      for (const line of [...run.recordsBySeq.values(), ...run.apart])
        if (!this.#isWritten(line)) this.break('storage is bounded', `${name} holds what no tablet wrote`);
      for (const { seq, kind, hash } of run.apart) {
        if (kind !== 'fork') continue;
        const isAlarmed = run.forks.some((fork) => fork.seq === seq && hexOf(fork.hash) === hexOf(hash));
        if (!isAlarmed) this.break('a fork is an alarm', `${name}, number ${seq}`);
        if (!this.forkable.has(forkName(run.identity)))
          this.break('no fork where nothing was doubled', `${name}, number ${seq}`);
      }
    }
    // What nobody could open was counted as that.
    const unopened = [...talliesByName.values()].filter(({ tally }) => tally.kind === 'unopened');
    const counted = [...countsByName.values(), ...unopened].reduce((sum, { count }) => sum + count, 0);
    if (counted !== records)
      this.break('exactly once per identity', `${records} records were counted as ${counted}`);
  }

  #isWritten(line: { readonly hash: Bytes }): boolean {
    if (this.#foundWritten.has(line)) return true;
    if (!this.#written.has(hexOf(line.hash))) return false;
    this.#foundWritten.add(line);
    return true;
  }

  /** The disk may have damaged it after it was sent. */
  #isCovered(key: string): boolean {
    const original = this.#originalsByKey.get(key);
    return this.#receipted.has(key) || (original !== undefined && this.#isCovered(original));
  }

  #isSetBack(key: string): boolean {
    const damaged = this.#damagedByKey.get(key);
    return this.#setBack.has(key) || (damaged !== undefined && this.#isSetBack(damaged));
  }

  #isSomewhere(record: Given, tables: MemoryTables): boolean {
    if (record.disk.has(record.identity, record.seq, record.key)) return true;
    if (this.#isHeldInAnyForm(record, tables)) return true;
    const damaged = this.#damagedByKey.get(record.key);
    return damaged !== undefined && this.#isSomewhere({ ...record, key: damaged }, tables);
  }

  #isHeldInAnyForm(record: Promised, tables: MemoryTables): boolean {
    if (isHeld(tables, record)) return true;
    const damaged = this.#damagedByKey.get(record.key);
    return damaged !== undefined && this.#isHeldInAnyForm({ ...record, key: damaged }, tables);
  }
}

/** Of a run, as `forkable` names it. */
export const forkName = ({ device, epoch }: Pick<LogIdentity, 'device' | 'epoch'>): string =>
  `${device}/${epoch}`;

const short = (key: string): string => {
  const [device = '', epoch, seq, hash = ''] = key.split('/');
  return `${device.slice(-4)}/${epoch}/${seq}/${hash.slice(0, 8)}`;
};

const hexOfBytes = (bytes: Bytes): string => createHash('sha256').update(bytes).digest('hex');

const hexByHash = new WeakMap<Bytes, string>();

/** Kept: the same hashes are looked at after every step. */
function hexOf(hash: Bytes): string {
  const known = hexByHash.get(hash);
  if (known !== undefined) return known;
  const hex = encodeHex(hash);
  hexByHash.set(hash, hex);
  return hex;
}

const hashOfKey = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

function isHeld(tables: MemoryTables, { identity, seq, key }: Promised): boolean {
  const run = tables.runsByName.get(runName(identity));
  if (run === undefined) return false;
  const hash = hashOfKey(key);
  const record = run.recordsBySeq.get(seq);
  if (record !== undefined && hexOf(record.hash) === hash) return true;
  return run.apart.some((line) => line.seq === seq && hexOf(line.hash) === hash);
}

const isAccountedFor = (run: HeldRun, seq: number): boolean =>
  run.recordsBySeq.has(seq) ||
  run.apart.some((line) => line.seq === seq) ||
  run.gaps.some(({ from, to }) => from <= seq && seq <= to);
