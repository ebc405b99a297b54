// The server's storage in memory: the same promises as on PostgreSQL (test/contract/storage.contract.ts), with each
// transaction held at two points, so that a test can end the process before it or between commit and answer.

import { type Bytes, isSameBytes } from '../../src/core/bytes/bytes.ts';
import type { Head, LogIdentity } from '../../src/core/log/envelope.ts';
import type {
  BatchOutcome,
  CountKey,
  DayQuestion,
  GoodEntry,
  JudgedBatch,
  Storage,
  StoredDay,
} from '../../src/server/storage/port.ts';
import {
  type ApartKind,
  countsOf,
  forksOf,
  type Held,
  type Settlement,
  settleBatch,
} from '../../src/server/storage/settle-batch.ts';

export interface HeldRun {
  readonly identity: LogIdentity;
  head: Head;
  gate: string;
  seenAt: number;
  readonly recordsBySeq: Map<
    number,
    { readonly day: string; readonly hash: Bytes; readonly envelope: Bytes }
  >;
  readonly apart: { seq: number; hash: Bytes; kind: ApartKind; why: string; envelope: Bytes }[];
  readonly forks: Head[];
  readonly gaps: { readonly from: number; readonly to: number }[];
}

/** The tables: what outlives the process. */
export interface MemoryTables {
  readonly runsByName: Map<string, HeldRun>;
  readonly countsByName: Map<string, { site: string; day: string; key: CountKey; count: number }>;
}

export const emptyTables = (): MemoryTables => ({ runsByName: new Map(), countsByName: new Map() });

/** A backup. */
export const copyTables = ({ runsByName, countsByName }: MemoryTables): MemoryTables => ({
  runsByName: new Map([...runsByName].map(([name, run]) => [name, copyRun(run)])),
  countsByName: new Map([...countsByName].map(([name, line]) => [name, { ...line }])),
});

const copyRun = (run: HeldRun): HeldRun => ({
  ...run,
  recordsBySeq: new Map(run.recordsBySeq),
  apart: [...run.apart],
  forks: [...run.forks],
  gaps: [...run.gaps],
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
        const outcome = takeBatch(tables, batch, settle);
        if (outcome.kind === 'taken') await pause('committed');
        return outcome;
      }),
    readDay: async (question) => readDay(tables, question),
    ping: async () => {},
    close: async () => {},
  };
}

/** Decides first and writes last: whatever throws has changed nothing. */
function takeBatch(tables: MemoryTables, batch: JudgedBatch, settle: typeof settleBatch): BatchOutcome {
  const { identity, from, to, mayTakeGap, receivedAt } = batch;
  const run = tables.runsByName.get(runName(identity)) ?? newRun(identity);
  const isGap = from > run.head.seq + 1;
  if (isGap && !mayTakeGap) return { kind: 'gap', upTo: run.head.seq };
  const settlement = settle(batch, heldOf(run, from, to));
  const added = settlement.add.filter(({ seq }) => !run.recordsBySeq.has(seq));

  tables.runsByName.set(runName(identity), run);
  if (isGap) addGap(run, { from: run.head.seq + 1, to: from - 1 });
  for (const { seq, day, hash, envelope } of added) run.recordsBySeq.set(seq, { day, hash, envelope });
  putApart(run, settlement);
  countScans(tables, identity.site, added);
  if (to > run.head.seq) run.head = { seq: to, hash: settlement.head };
  run.gate = batch.entries.findLast((entry) => entry.kind === 'good')?.gate ?? run.gate;
  run.seenAt = receivedAt;
  return { kind: 'taken', head: settlement.head, quarantined: settlement.quarantined, added: added.length };
}

const newRun = (identity: LogIdentity): HeldRun => ({
  identity,
  head: { seq: 0, hash: new Uint8Array() },
  gate: '',
  seenAt: 0,
  recordsBySeq: new Map(),
  apart: [],
  forks: [],
  gaps: [],
});

function heldOf(run: HeldRun, from: number, to: number): Held {
  const recordHashesBySeq = new Map<number, Bytes>();
  for (let seq = from; seq <= to; seq++) {
    const record = run.recordsBySeq.get(seq);
    if (record !== undefined) recordHashesBySeq.set(seq, record.hash);
  }
  const apartBySeq = new Map<number, HeldRun['apart']>();
  for (const line of run.apart)
    if (line.seq >= from && line.seq <= to)
      apartBySeq.set(line.seq, [...(apartBySeq.get(line.seq) ?? []), line]);
  return { recordHashesBySeq, apartBySeq };
}

const isAmong = (list: readonly Head[], { seq, hash }: Head): boolean =>
  list.some((one) => one.seq === seq && isSameBytes(one.hash, hash));

function putApart(run: HeldRun, settlement: Settlement) {
  for (const { entry, kind, why } of settlement.putApart) {
    const { seq, hash, envelope } = entry;
    if (!isAmong(run.apart, entry)) run.apart.push({ seq, hash, kind, why, envelope });
  }
  for (const fork of forksOf(settlement)) if (!isAmong(run.forks, fork)) run.forks.push(fork);
}

function addGap(run: HeldRun, gap: HeldRun['gaps'][number]) {
  if (!run.gaps.some(({ from }) => from === gap.from)) run.gaps.push(gap);
}

function countScans({ countsByName }: MemoryTables, site: string, added: readonly GoodEntry[]) {
  for (const { day, key, count } of countsOf(added)) {
    const name = [site, day, key.gate, key.direction, key.hour, key.verdict, key.reason].join('\n');
    const line = countsByName.get(name);
    if (line === undefined) countsByName.set(name, { site, day, key, count });
    else line.count += count;
  }
}

function readDay({ runsByName, countsByName }: MemoryTables, question: DayQuestion): StoredDay {
  const { site, latestPerTablet } = question;
  const countsOn = (day: string) =>
    [...countsByName.values()]
      .filter((line) => line.site === site && line.day === day)
      .map(({ key, count }) => ({ ...key, count }));
  const runs = [...runsByName.values()].filter(({ identity }) => identity.site === site);
  const ofDevice = (device: string) => runs.filter(({ identity }) => identity.device === device);
  return {
    counts: countsOn(question.day),
    countsBefore: countsOn(question.dayBefore),
    latest: runs.flatMap(({ identity: { device, epoch }, recordsBySeq }) =>
      [...recordsBySeq]
        .filter(([, { day }]) => day === question.day)
        .sort(([a], [b]) => b - a)
        .slice(0, latestPerTablet)
        .map(([seq, { envelope }]) => ({ device, epoch, seq, envelope })),
    ),
    tablets: runs
      .filter(({ identity: { device, epoch }, seenAt }) => {
        const isLast = ofDevice(device).every(({ identity }) => identity.epoch <= epoch);
        return isLast && seenAt >= question.tabletsSince;
      })
      .sort((a, b) => b.seenAt - a.seenAt || (a.identity.device < b.identity.device ? -1 : 1))
      .map(({ identity: { device }, gate, seenAt }) => ({
        device,
        gate,
        lastSeenAt: seenAt,
        forks: sum(ofDevice(device), ({ forks }) => forks.length),
        gaps: sum(ofDevice(device), ({ gaps }) => gaps.length),
        quarantined: sum(ofDevice(device), ({ apart }) => apart.length),
      })),
  };
}

const sum = (runs: readonly HeldRun[], of: (run: HeldRun) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);
