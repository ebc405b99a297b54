// What a tablet does once its first screen stands: it judges, it sends, and it looks after its keys and its disk. One part, so
// that it is one fetch.

import type { Ed25519Engine } from '../core/signature/engine.ts';
import type { WakeReason } from '../sync/sync-engine.ts';
import { askForBackgroundSync } from './background-sync.ts';
import { createKeyCare } from './day-keys/key-care.ts';
import { exportWaiting } from './export-waiting.ts';
import { createDutyRun } from './identity/duty-run.ts';
import type { Memory, MemoryHolder } from './memory-holder.ts';
import { onNews, tellNews } from './news.ts';
import { createScanDesk, type ScanDesk } from './scan-desk.ts';
import { openServerLine, type ServerLine } from './server-line.ts';
import { fetchSightings } from './sightings.ts';
import { createStorageKeeper } from './storage-keeper.ts';
import { createSyncRun } from './sync-run.ts';
import type { TabletClock } from './tablet-clock.ts';
import type { StateKeeper } from './tablet-state.ts';

/** The verdict is drawn before its record is sent. */
const VERDICT_FIRST_MS = 200;
/** A gate with nobody at it learns this often what the others saw. */
const SIGHTINGS_EVERY_MS = 30_000;
/** And no more often than this, however much is sent. */
const SIGHTINGS_AT_MOST_MS = 5000;

export interface TabletWork {
  readonly desk: ScanDesk;
  start(memory: Memory): void;
  stop(): void;
  wake(reason: WakeReason): void;
  /** The server has answered: brings what only it has. */
  refresh(): Promise<void>;
  /** From time to time. */
  look(): Promise<void>;
  /** The file of what waits; null where nothing does. */
  exportWaiting(): Promise<Blob | null>;
}

export interface TabletWorkPorts {
  readonly keeper: StateKeeper;
  readonly clock: TabletClock;
  readonly engine: Ed25519Engine;
  readonly holder: MemoryHolder;
  readonly recount: () => Promise<void>;
}

export function openTabletWork({ keeper, clock, engine, holder, recount }: TabletWorkPorts): TabletWork {
  const storage = createStorageKeeper((state) => keeper.change({ storage: state }));
  let opened: { readonly memory: Memory; readonly line: ServerLine | null } | null = null;
  let sightings = { memory: null as Memory | null, cursor: '', atMs: Number.NEGATIVE_INFINITY };

  /** One line for one memory, so that what it learns of the clock serves all. */
  const lineOf = (memory: Memory): ServerLine | null => {
    if (opened?.memory !== memory) {
      const timeKeys = () => keeper.get().trust?.held.timeKeys ?? [];
      opened = { memory, line: openServerLine(memory.identity, timeKeys, engine) };
    }
    return opened.line;
  };

  const takeSightings = async (everyMs: number): Promise<void> => {
    const memory = holder.get();
    const nowMs = performance.now();
    if (memory === null || nowMs - sightings.atMs < everyMs) return;
    sightings = { memory, cursor: sightings.memory === memory ? sightings.cursor : '', atMs: nowMs };
    const line = lineOf(memory);
    if (line === null) return;
    const cursor = await fetchSightings(memory.database, line, sightings.cursor);
    sightings = { ...sightings, cursor };
  };
  const said = (work: Promise<void>) =>
    work.catch((error: unknown) => console.error('what the other gates saw could not be kept', error));

  const sync = createSyncRun({
    keeper,
    clock,
    storage,
    engine,
    lineOf,
    recount,
    onDrained() {
      void said(takeSightings(SIGHTINGS_AT_MOST_MS));
      void duties.afterSending();
    },
  });
  const spreadNews = () => {
    sync.wake('appended');
    tellNews('log');
    if (!keeper.get().network.isReachable) void askForBackgroundSync();
  };
  const desk = createScanDesk({
    engine,
    keeper,
    clock,
    storage,
    memory: holder.get,
    onLost: holder.lose,
    onAppended() {
      keeper.change({ waiting: keeper.get().waiting + 1 });
      setTimeout(spreadNews, VERDICT_FIRST_MS);
    },
  });
  const duties = createDutyRun({
    keeper,
    clock,
    engine,
    holder,
    lineOf,
    sendNow: () => sync.wake('asked'),
  });
  const keys = createKeyCare(keeper, clock, engine, desk.forgetKeys);
  onNews('day-keys', () => {
    desk.forgetKeys();
    const memory = holder.get();
    if (memory !== null) void keys.look(memory.database).catch(() => {});
  });

  return {
    desk,
    start: sync.start,
    stop: sync.stop,
    wake: sync.wake,
    async refresh() {
      const memory = holder.get();
      const line = memory === null ? null : lineOf(memory);
      if (memory === null || line === null) return;
      await duties.now();
      if (line.identity.isWiping || line.identity.isRevoked || holder.get() !== memory) return;
      await keys.fetch(memory.database, line);
      await takeSightings(0);
    },
    async look() {
      const memory = holder.get();
      if (memory === null) return;
      if (memory.identity?.isWiping === true) return duties.now();
      desk.look();
      void duties.ifDue();
      await storage.look(memory.database);
      if (lineOf(memory) !== null) await keys.look(memory.database);
      if (keeper.get().network.isReachable) void said(takeSightings(SIGHTINGS_EVERY_MS));
    },
    async exportWaiting() {
      const memory = holder.get();
      const line = memory === null ? null : lineOf(memory);
      if (memory === null || line === null) return null;
      const bytes = await exportWaiting(memory.database, line.identity.signer);
      return bytes === null ? null : new Blob([bytes], { type: 'application/cbor' });
    },
  };
}
