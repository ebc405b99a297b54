// One reading after another: opened, judged, recorded on the disk, and only then answered.

import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex } from '../core/bytes/hex.ts';
import { pseudonymOf } from '../core/log/pseudonym.ts';
import type { LogRecord } from '../core/log/record.ts';
import { isSighting, scanOf } from '../core/log/scan-of.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import { oldestIssue } from '../core/trust/status/status-of.ts';
import type { Trust } from '../core/trust/trust.ts';
import { decideVerdict, type Place } from '../core/verdict/decide-verdict.ts';
import { type OpenedReading, openReading } from '../core/verdict/open-reading.ts';
import type { Sighting } from '../core/verdict/verdict.ts';
import type { StoredSighting } from './database.ts';
import { type DayMemory, openDay } from './day-key.ts';
import { createLogStore, type LogStore } from './log-store.ts';
import type { Memory } from './memory-holder.ts';
import { isDiskFull, type StorageKeeper } from './storage-keeper.ts';
import type { ScanOutcome, Tablet } from './tablet.ts';
import type { TabletClock } from './tablet-clock.ts';
import type { StateKeeper } from './tablet-state.ts';

type Stopped = Extract<ScanOutcome, { kind: 'stopped' }>;

export interface DeskPorts {
  readonly engine: Ed25519Engine;
  readonly keeper: StateKeeper;
  readonly clock: TabletClock;
  readonly memory: () => Memory | null;
  readonly storage: StorageKeeper;
  readonly onAppended: () => void;
  readonly onLost: (why: 'vanished' | 'broken') => void;
}

export interface ScanDesk extends Pick<Tablet, 'scan' | 'decide'> {
  /** Opens the day ahead, so that its first pass need not wait for a key to be made. */
  openToday(): Promise<void>;
}

/** What is open of one memory: its log, which knows its head, and the day. */
interface Books {
  readonly memory: Memory;
  readonly log: LogStore;
  day: DayMemory | null;
}

export function createScanDesk(ports: DeskPorts): ScanDesk {
  const { engine, keeper, clock } = ports;
  let books: Books | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(work);
    queue = next.catch(() => {});
    return next;
  };

  const booksOf = (memory: Memory): Books => {
    if (books?.memory !== memory)
      books = { memory, log: createLogStore(memory.database, ports.storage), day: null };
    return books;
  };

  const dayOf = async (memory: Memory, name: string): Promise<DayMemory> => {
    const open = booksOf(memory);
    if (open.day?.day !== name)
      open.day = await ports.storage.withRoom(memory.database, () => openDay(memory.database, name));
    return open.day;
  };

  /** What must hold before anything is judged: somewhere to write, and something to judge by. */
  const ready = (): Stopped | { readonly kind: 'ready'; readonly memory: Memory; readonly trust: Trust } => {
    const { log, storage, trust } = keeper.get();
    const memory = ports.memory();
    if (log !== 'open') return { kind: 'stopped', why: `log-${log}` };
    if (memory === null) return { kind: 'stopped', why: 'log-broken' };
    if (storage === 'full') return { kind: 'stopped', why: 'storage-full' };
    return trust === null
      ? { kind: 'stopped', why: 'no-trust' }
      : { kind: 'ready', memory, trust: trust.held };
  };

  const lose = (error: unknown): Stopped => {
    if (isDiskFull(error)) return { kind: 'stopped', why: 'storage-full' };
    const name = error instanceof DOMException ? error.name : '';
    console.error('a record could not be kept', error);
    const why =
      name === 'InvalidStateError' || name === 'AbortError' || name === 'NotFoundError'
        ? 'vanished'
        : 'broken';
    ports.onLost(why);
    return { kind: 'stopped', why: `log-${why}` };
  };

  const append = async (
    memory: Memory,
    record: LogRecord,
    dayName: string,
    sighting: StoredSighting | null,
  ) => {
    const { identity, head } = await booksOf(memory).log.append(record, dayName, sighting);
    ports.onAppended();
    return { seq: head.seq, epoch: identity.epoch };
  };

  const scan = async (text: string, place: Place): Promise<ScanOutcome> => {
    const start = ready();
    if (start.kind === 'stopped') return start;
    const { memory, trust } = start;
    try {
      const opened = await openReading(text, trust, engine, Math.floor(clock.judgedMs() / 1000));
      const atMs = clock.stampMs();
      const dayName = siteDayAt(atMs, trust.site);
      const { pseudonym, lastSeen } = await recall(opened, () => dayOf(memory, dayName), place);
      const verdict = decideVerdict(opened, trust, { lastSeen }, clock.now(), place);
      const trustAgeSeconds = Math.floor(clock.judgedMs() / 1000) - judgedBy(opened, trust);
      const record = scanOf(verdict, place, { atMs, pseudonym, trustAgeSeconds });
      const isSeen = pseudonym !== null && isSighting(verdict);
      const sighting = isSeen ? sightingOf(pseudonym, dayName, record.minute, place) : null;
      return { kind: 'recorded', verdict, ...(await append(memory, record, dayName, sighting)), atMs };
    } catch (error) {
      return lose(error);
    }
  };

  const decide: Tablet['decide'] = async (decision, refersTo, { gate, direction }) => {
    const start = ready();
    if (start.kind === 'stopped') return start;
    const atMs = clock.stampMs();
    const minute = Math.floor(atMs / 60_000);
    const record: LogRecord = { kind: 'decision', minute, gate, direction, decision, refersTo };
    try {
      await append(start.memory, record, siteDayAt(atMs, start.trust.site), null);
      return { kind: 'noted' };
    } catch (error) {
      return lose(error);
    }
  };

  return {
    scan: (text, place) => inTurn(() => scan(text, place)),
    decide: (decision, refersTo, place) => inTurn(() => decide(decision, refersTo, place)),
    openToday: () =>
      inTurn(async () => {
        const start = ready();
        if (start.kind === 'ready') await dayOf(start.memory, siteDayAt(clock.stampMs(), start.trust.site));
      }),
  };
}

/** When the older of what this verdict rests on was issued: the timestamp of trust, or the list of that pass. */
const judgedBy = (opened: OpenedReading, { issuedAt }: Trust): number =>
  opened.kind === 'verified' ? oldestIssue(issuedAt, opened.pass.claims.id, opened.pass.issuer) : issuedAt;

/** What this tablet saw of the pass today. Only a pass whose signature held has a pseudonym. */
async function recall(
  opened: OpenedReading,
  openToday: () => Promise<DayMemory>,
  { direction }: Place,
): Promise<{ readonly pseudonym: Bytes | null; readonly lastSeen: Sighting | null }> {
  if (opened.kind !== 'verified') return { pseudonym: null, lastSeen: null };
  const { claims, issuer } = opened.pass;
  const day = await openToday();
  const pseudonym = await pseudonymOf(issuer.id, claims.id, day.mac);
  return { pseudonym, lastSeen: await day.lastSeen(pseudonym, direction) };
}

const sightingOf = (
  pseudonym: Bytes,
  day: string,
  minute: number,
  { gate, direction }: Place,
): StoredSighting => ({
  day,
  pseudonym: encodeHex(pseudonym),
  minute,
  gate,
  direction,
});
