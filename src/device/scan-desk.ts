// One reading after another: opened, judged, recorded on the disk, and only then answered.

import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex } from '../core/bytes/hex.ts';
import type { GateRecord } from '../core/log/record.ts';
import { isSighting, scanOf } from '../core/log/scan-of.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import { oldestIssue } from '../core/trust/status/status-of.ts';
import type { Trust } from '../core/trust/trust.ts';
import { decideVerdict, type Place } from '../core/verdict/decide-verdict.ts';
import { type OpenedReading, openReading } from '../core/verdict/open-reading.ts';
import { NoDayKey } from '../sync/sealed-log.ts';
import type { StoredSighting } from './database.ts';
import type { DayMemory, Recalled } from './day-keys/day-memory.ts';
import { type LogBooks, openLogBooks } from './log-books.ts';
import type { Memory } from './memory-holder.ts';
import { isDiskFull, type StorageKeeper } from './storage-keeper.ts';
import type { NoteOutcome, ScanOutcome, Stopped, Tablet } from './tablet.ts';
import type { TabletClock } from './tablet-clock.ts';
import type { StateKeeper } from './tablet-state.ts';

export interface DeskPorts {
  readonly engine: Ed25519Engine;
  readonly keeper: StateKeeper;
  readonly clock: TabletClock;
  readonly memory: () => Memory | null;
  readonly storage: StorageKeeper;
  readonly onAppended: () => void;
  readonly onLost: (why: 'vanished' | 'broken') => void;
}

export interface ScanDesk extends Pick<Tablet, 'scan' | 'decide' | 'note' | 'undo'> {
  /** Opens the day ahead, so that its first pass need not wait for a key to be made. */
  openToday(): Promise<void>;
  /** Day keys came or went. */
  forgetKeys(): void;
  /** While nobody looks at the tablet no session lives, whatever is still being recorded. */
  setLocked(isLocked: boolean): void;
  /** From time to time: ends a session that is over. */
  look(): void;
}

export function createScanDesk(ports: DeskPorts): ScanDesk {
  const { engine, keeper, clock } = ports;
  let open: { readonly memory: Memory; readonly books: LogBooks } | null = null;
  let isLocked = false;
  let queue: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(work);
    // Waits for the outcome and forgets it: the last pass must not stay in memory.
    queue = next.then(
      () => {},
      () => {},
    );
    return next;
  };

  const booksOf = (memory: Memory): LogBooks => {
    if (open?.memory !== memory) {
      open?.books.endSession();
      open = { memory, books: openLogBooks(memory, ports.storage) };
    }
    return open.books;
  };

  /** What must hold before anything is judged: somewhere to write, and something to judge by. */
  const ready = (): Stopped | { readonly kind: 'ready'; readonly memory: Memory; readonly trust: Trust } => {
    const { identity, log, storage, trust } = keeper.get();
    const memory = ports.memory();
    if (log !== 'open') return { kind: 'stopped', why: `log-${log}` };
    if (memory === null) return { kind: 'stopped', why: 'log-broken' };
    if (identity !== 'enrolled') return { kind: 'stopped', why: 'revoked' };
    if (storage === 'full') return { kind: 'stopped', why: 'storage-full' };
    // Whoever is not enrolled has nobody's trust either, and nobody's key to seal to.
    return trust === null || memory.identity === null
      ? { kind: 'stopped', why: 'no-trust' }
      : { kind: 'ready', memory, trust: trust.held };
  };

  const lose = (error: unknown): Stopped => {
    if (isDiskFull(error)) return { kind: 'stopped', why: 'storage-full' };
    if (error instanceof NoDayKey) {
      keeper.change({ hasDayKey: false });
      return { kind: 'stopped', why: 'no-day-key' };
    }
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
    record: GateRecord,
    day: string,
    sighting: StoredSighting | null = null,
  ) => {
    const books = booksOf(memory);
    const { identity, head } = await books.append(record, day, sighting);
    if (isLocked || record.kind === 'shift-end') books.endSession();
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
      const day = siteDayAt(atMs, trust.site);
      const recalled = await recall(opened, () => booksOf(memory).dayOf(day), place);
      const { pseudonym, isOwnKey, lastSeen } = recalled ?? NO_PASS;
      const verdict = decideVerdict(opened, trust, { lastSeen }, clock.now(), place);
      const trustAgeSeconds = Math.floor(clock.judgedMs() / 1000) - judgedBy(opened, trust);
      const record = scanOf(verdict, place, { atMs, pseudonym, isOwnKey, trustAgeSeconds });
      const { minute } = record;
      const isSeen = pseudonym !== null && isSighting(verdict);
      const sighting = isSeen ? sightingOf(pseudonym, day, minute, place) : null;
      return { kind: 'recorded', verdict, ...(await append(memory, record, day, sighting)), atMs };
    } catch (error) {
      return lose(error);
    }
  };

  /** A record beside those of scans, stamped with the time of now. */
  const note = (recordAt: (minute: number) => GateRecord): Promise<NoteOutcome> =>
    inTurn(async () => {
      const start = ready();
      if (start.kind === 'stopped') return start;
      const atMs = clock.stampMs();
      const record = recordAt(Math.floor(atMs / 60_000));
      try {
        return {
          kind: 'noted',
          ...(await append(start.memory, record, siteDayAt(atMs, start.trust.site))),
        };
      } catch (error) {
        return lose(error);
      }
    });

  const today = (trust: Trust) => siteDayAt(clock.stampMs(), trust.site);

  return {
    scan: (text, place) => inTurn(() => scan(text, place)),
    decide: (decision, refersTo, { gate, direction }) =>
      note((minute) => ({ kind: 'decision', minute, gate, direction, decision, refersTo })),
    undo: (refersTo, { gate, direction }) =>
      note((minute) => ({ kind: 'undo', minute, gate, direction, refersTo })),
    note: (kind, { gate, direction }) => note((minute) => ({ kind, minute, gate, direction })),
    openToday: () =>
      inTurn(async () => {
        const start = ready();
        if (start.kind === 'ready') await booksOf(start.memory).dayOf(today(start.trust));
      }),
    forgetKeys: () => open?.books.forgetKeys(),
    setLocked(next) {
      isLocked = next;
      if (isLocked) open?.books.endSession();
    },
    look() {
      const { trust } = keeper.get();
      if (trust !== null) open?.books.endOverdue(today(trust.held));
    },
  };
}

/** When the older of what this verdict rests on was issued: the timestamp of trust, or the list of that pass. */
const judgedBy = (opened: OpenedReading, { issuedAt }: Trust): number =>
  opened.kind === 'verified' ? oldestIssue(issuedAt, opened.pass.claims.id, opened.pass.issuer) : issuedAt;

const NO_PASS = { pseudonym: null, isOwnKey: false, lastSeen: null };

const sightingOf = (
  pseudonym: Bytes,
  day: string,
  minute: number,
  { gate, direction }: Place,
): StoredSighting => ({ day, pseudonym: encodeHex(pseudonym), minute, gate, direction });

/** What was seen of the pass today. Only a pass whose signature held has a pseudonym. */
async function recall(
  opened: OpenedReading,
  openToday: () => Promise<DayMemory>,
  { direction }: Place,
): Promise<Recalled | null> {
  if (opened.kind !== 'verified') return null;
  const { claims, issuer } = opened.pass;
  return (await openToday()).recall(issuer.id, claims.id, direction);
}
