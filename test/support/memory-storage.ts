// The server's storage in memory: the same promises as on PostgreSQL (test/contract/storage.contract.ts), with each
// transaction held at two points, so that a test can end the process before it or between commit and answer.

import { type Bytes, isSameBytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { LogAlarmKind } from '../../src/core/log/day-report.ts';
import type { Head, LogIdentity } from '../../src/core/log/envelope.ts';
import { parseReceipt } from '../../src/core/log/receipt.ts';
import { parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import type {
  BatchOutcome,
  CountKey,
  GoodEntry,
  JudgedBatch,
  Storage,
  StoredDuplicate,
  StoredSighting,
  TakenBatch,
  Tally,
} from '../../src/server/storage/port.ts';
import {
  type ApartKind,
  brokenLinksOf,
  countsOf,
  forksOf,
  freeSeqs,
  type Held,
  hashBefore,
  misusesOf,
  type Settlement,
  settleBatch,
  shiftAfter,
  talliesOf,
} from '../../src/server/storage/settle-batch.ts';
import { gapsOf } from '../../src/server/storage/write-batch.ts';
import { readMemoryLogs } from './memory-logs.ts';
import { readMemoryDay, readMemorySightings } from './memory-reading.ts';

export interface HeldRun {
  readonly identity: LogIdentity;
  /** How often it was written. */
  writes: number;
  head: Head;
  gate: string;
  seenAt: number;
  shiftSince: number | null;
  readonly recordsBySeq: Map<
    number,
    { readonly day: string; readonly hash: Bytes; readonly envelope: Bytes }
  >;
  readonly apart: { seq: number; hash: Bytes; kind: ApartKind; why: string; envelope: Bytes }[];
  readonly alarms: HeldAlarm[];
  /** Of the alarms: those of forks, and those of numbers that are not here. */
  readonly forks: Head[];
  readonly gaps: { readonly from: number; readonly to: number }[];
  readonly words: HeldWords[];
  readonly dropped: { readonly from: number; readonly statement: Bytes }[];
}

export interface HeldAlarm {
  readonly kind: LogAlarmKind;
  readonly from: number;
  readonly to: number;
  readonly hash: Bytes;
  readonly raisedAt: number;
}

/** `from` 0: a receipt that the tablet showed. */
export interface HeldWords {
  readonly from: number;
  readonly to: number;
  readonly envelopesHash: Bytes;
  readonly signed: Bytes;
  readonly receipt: Bytes;
}

/** The tables: what outlives the process. */
export interface MemoryTables {
  readonly runsByName: Map<string, HeldRun>;
  readonly countsByName: Map<string, { site: string; day: string; key: CountKey; count: number }>;
  readonly talliesByName: Map<string, { site: string; day: string; tally: Tally; count: number }>;
  readonly sightings: (StoredSighting & { readonly site: string })[];
  readonly duplicates: (StoredDuplicate & { readonly site: string; readonly day: string })[];
}

export const emptyTables = (): MemoryTables => ({
  runsByName: new Map(),
  countsByName: new Map(),
  talliesByName: new Map(),
  sightings: [],
  duplicates: [],
});

/** A backup. */
export const copyTables = (tables: MemoryTables): MemoryTables => ({
  runsByName: new Map([...tables.runsByName].map(([name, run]) => [name, copyRun(run)])),
  countsByName: new Map([...tables.countsByName].map(([name, line]) => [name, { ...line }])),
  talliesByName: new Map([...tables.talliesByName].map(([name, line]) => [name, { ...line }])),
  sightings: [...tables.sightings],
  duplicates: [...tables.duplicates],
});

const copyRun = (run: HeldRun): HeldRun => ({
  ...run,
  recordsBySeq: new Map(run.recordsBySeq),
  apart: [...run.apart],
  alarms: [...run.alarms],
  forks: [...run.forks],
  gaps: [...run.gaps],
  words: [...run.words],
  dropped: [...run.dropped],
});

export const runName = ({ site, device, epoch }: LogIdentity): string => `${site}/${device}/${epoch}`;

/** Where a transaction can be held: before anything is written, and after all of it is. */
export type Pause = (at: 'begun' | 'committed') => Promise<void>;

export function openMemoryStorage(
  tables: MemoryTables,
  pause: Pause = async () => {},
  settle: typeof settleBatch = settleBatch,
): Storage {
  const tails = new Map<string, Promise<unknown>>();

  /** One transaction at a time on each head, as the row's lock has it. */
  const underLock = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const next = (tails.get(name) ?? Promise.resolve()).then(work, work);
    tails.set(
      name,
      next.catch(() => {}),
    );
    return next;
  };

  return {
    migrate: async () => {},
    prepareDays: async () => {},
    takeBatch: (batch) =>
      underLock(runName(batch.identity), async () => {
        await pause('begun');
        const outcome = await takeBatch(tables, batch, settle);
        await pause('committed');
        return outcome;
      }),
    readDay: async (question) => readMemoryDay(tables, question),
    readSightings: async (question) => readMemorySightings(tables, question),
    dropSightings: async (site, days) => {
      const kept = tables.sightings.filter((line) => line.site !== site || days.includes(line.day));
      tables.sightings.splice(0, tables.sightings.length, ...kept);
    },
    ...readMemoryLogs(tables),
    ping: async () => {},
    close: async () => {},
  };
}

/** Decides and signs first and writes last, in one go: whatever throws has changed nothing. */
async function takeBatch(
  tables: MemoryTables,
  batch: JudgedBatch,
  settle: typeof settleBatch,
): Promise<BatchOutcome> {
  const { identity, from, to, shown, words, receivedAt } = batch;
  const run = tables.runsByName.get(runName(identity)) ?? newRun(identity);
  const { writes } = run;
  const known = words === null ? undefined : run.words.find(isAnswerTo(batch));
  if (known !== undefined) return answerAgain(run, batch, known);
  const missing = from > run.head.seq + 1 ? { from: run.head.seq + 1, to: from - 1 } : null;
  const settlement = settle(batch, heldOf(run, batch));
  const added = settlement.add.filter(({ seq }) => !run.recordsBySeq.has(seq));
  const { head, quarantined } = settlement;
  const taken: TakenBatch = { head, quarantined, added: added.length };
  const receipt = await batch.writeReceipt(taken);
  // Another process wrote meanwhile: what was decided no longer stands.
  if ((tables.runsByName.get(runName(identity))?.writes ?? 0) !== writes)
    return takeBatch(tables, batch, settle);

  run.writes += 1;
  tables.runsByName.set(runName(identity), run);
  for (const gap of gapsOf(missing, shown?.seq ?? 0)) addAlarm(run, { ...gap, raisedAt: receivedAt });
  const contradicted = forksOf(settlement).flatMap(({ seq }) => run.recordsBySeq.get(seq)?.envelope ?? []);
  for (const { seq, reason } of misusesOf(batch, contradicted))
    addAlarm(run, { kind: reason, from: seq, to: seq, hash: new Uint8Array(), raisedAt: receivedAt });
  for (const { seq, day, hash, envelope } of added) run.recordsBySeq.set(seq, { day, hash, envelope });
  putApart(run, settlement, receivedAt);
  countAll(tables, identity.site, added);
  addSightings(tables, batch, added);
  if (to > run.head.seq) {
    run.head = { seq: to, hash: head };
    run.shiftSince = shiftAfter(run.shiftSince, added);
  }
  touch(run, batch);
  if (words !== null) {
    const { signed, envelopesHash, shownReceipt } = words;
    run.words.push({ from, to, envelopesHash, signed, receipt });
    if (missing !== null && shownReceipt !== null)
      run.words.push({ from: 0, to, envelopesHash, signed: new Uint8Array(), receipt: shownReceipt });
  }
  return { ...taken, receipt };
}

const isAnswerTo =
  ({ from, words }: JudgedBatch) =>
  (held: HeldWords): boolean =>
    words !== null && held.from === from && isSameBytes(held.envelopesHash, words.envelopesHash);

async function answerAgain(run: HeldRun, batch: JudgedBatch, words: HeldWords): Promise<BatchOutcome> {
  const receipt = parseReceipt(words.receipt);
  if (!receipt.ok) throw new Error(receipt.error);
  const taken = { head: receipt.value.head, quarantined: receipt.value.quarantined, added: 0 };
  touch(run, batch);
  return { ...taken, receipt: await batch.writeReceipt(taken) };
}

function touch(run: HeldRun, { entries, receivedAt }: JudgedBatch): void {
  const last = entries.findLast((entry) => entry.kind === 'good' && entry.gate !== null);
  if (last?.kind === 'good') run.gate = last.gate ?? run.gate;
  run.seenAt = receivedAt;
}

const newRun = (identity: LogIdentity): HeldRun => ({
  identity,
  writes: 0,
  head: { seq: 0, hash: new Uint8Array() },
  gate: '',
  seenAt: 0,
  shiftSince: null,
  recordsBySeq: new Map(),
  apart: [],
  alarms: [],
  forks: [],
  gaps: [],
  words: [],
  dropped: [],
});

function heldOf(run: HeldRun, batch: JudgedBatch): Held {
  const { from, to } = batch;
  const recordHashesBySeq = new Map<number, Bytes>();
  for (let seq = from; seq <= to; seq++) {
    const record = run.recordsBySeq.get(seq);
    if (record !== undefined) recordHashesBySeq.set(seq, record.hash);
  }
  const apartBySeq = new Map<number, HeldRun['apart']>();
  for (const line of run.apart)
    if (line.seq >= from && line.seq <= to)
      apartBySeq.set(line.seq, [...(apartBySeq.get(line.seq) ?? []), line]);
  const apartBefore = run.apart.find(({ seq, kind }) => seq === from - 1 && kind !== 'fork');
  const broken = apartBefore?.kind === 'broken-link' ? apartBefore.hash : null;
  const namedBySeq = new Map<number, Bytes>();
  for (const seq of freeSeqs(batch, { recordHashesBySeq })) {
    const behind = run.recordsBySeq.get(seq + 1);
    const parsed = behind === undefined ? null : parseSealedEnvelope(behind.envelope);
    if (parsed?.ok === true) namedBySeq.set(seq, parsed.value.prev);
  }
  return {
    recordHashesBySeq,
    apartBySeq,
    before: hashBefore(batch, run.recordsBySeq.get(from - 1)?.hash ?? broken, apartBefore !== undefined),
    namedBySeq,
  };
}

function putApart(run: HeldRun, settlement: Settlement, raisedAt: number) {
  for (const { entry, kind, why } of settlement.putApart) {
    const { seq, hash, envelope } = entry;
    const isKnown = run.apart.some((one) => one.seq === seq && isSameBytes(one.hash, hash));
    if (!isKnown) run.apart.push({ seq, hash, kind, why, envelope });
  }
  for (const { seq, hash } of forksOf(settlement))
    addAlarm(run, { kind: 'fork', from: seq, to: seq, hash, raisedAt });
  for (const { seq, hash } of brokenLinksOf(settlement))
    addAlarm(run, { kind: 'broken-link', from: seq, to: seq, hash, raisedAt });
}

function addAlarm(run: HeldRun, alarm: HeldAlarm) {
  const isSame = ({ kind, from, hash }: HeldAlarm) =>
    kind === alarm.kind && from === alarm.from && isSameBytes(hash, alarm.hash);
  if (run.alarms.some(isSame)) return;
  run.alarms.push(alarm);
  if (alarm.kind === 'fork') run.forks.push({ seq: alarm.from, hash: alarm.hash });
  if (alarm.kind === 'gap' || alarm.kind === 'hole') run.gaps.push({ from: alarm.from, to: alarm.to });
}

function countAll({ countsByName, talliesByName }: MemoryTables, site: string, added: readonly GoodEntry[]) {
  for (const { day, key, count } of countsOf(added)) {
    const name = [site, day, key.gate, key.direction, key.hour, key.verdict, key.reason].join('\n');
    const line = countsByName.get(name);
    if (line === undefined) countsByName.set(name, { site, day, key, count });
    else line.count += count;
  }
  for (const { day, tally, count } of talliesOf(added)) {
    const name = [site, day, tally.kind, tally.what].join('\n');
    const line = talliesByName.get(name);
    if (line === undefined) talliesByName.set(name, { site, day, tally, count });
    else line.count += count;
  }
}

function addSightings(tables: MemoryTables, batch: JudgedBatch, added: readonly GoodEntry[]) {
  const { site, device, epoch } = batch.identity;
  for (const { seq, day, gate, sighting } of added) {
    if (sighting === null || gate === null) continue;
    const { pseudonym, minute, direction } = sighting;
    const name = encodeHex(pseudonym);
    const others = tables.sightings.filter(
      (seen) =>
        seen.site === site &&
        seen.day === day &&
        seen.direction === direction &&
        seen.place.device !== device &&
        Math.abs(seen.minute - minute) <= batch.seenBeforeMinutes &&
        encodeHex(seen.pseudonym) === name,
    );
    if (batch.seenBeforeMinutes > 0)
      for (const other of others) {
        const [later, earlier] =
          minute >= other.minute ? [{ minute, gate }, other] : [other, { minute, gate }];
        tables.duplicates.push({
          site,
          day,
          direction,
          minute: later.minute,
          gate: later.gate,
          otherMinute: earlier.minute,
          otherGate: earlier.gate,
        });
      }
    const place = { receivedAt: batch.receivedAt, device, epoch, seq };
    tables.sightings.push({ site, day, gate, ...sighting, place });
  }
}
