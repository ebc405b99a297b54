// Runs the sync engine in this page over the open database, and stops it when the database goes.

import type { Ed25519Engine } from '../core/signature/engine.ts';
import type { Clock } from '../sync/ports.ts';
import { createSyncEngine, type SyncEngine, type WakeReason } from '../sync/sync-engine.ts';
import { withSyncLock } from './locks.ts';
import { createWaitingStore } from './log-store.ts';
import type { Memory } from './memory-holder.ts';
import { tellNews } from './news.ts';
import { readReceiptUnder } from './read-receipt.ts';
import { batchesOver, type ServerLine } from './server-line.ts';
import type { StorageKeeper } from './storage-keeper.ts';
import type { TabletClock } from './tablet-clock.ts';
import type { StateKeeper } from './tablet-state.ts';

const AFTER_ACCIDENT_MS = 10_000;

export interface SyncRun {
  /** On this memory from now on, and no other. */
  start(memory: Memory): void;
  wake(reason: WakeReason): void;
  stop(): void;
}

export interface SyncRunPorts {
  readonly keeper: StateKeeper;
  readonly clock: TabletClock;
  readonly storage: StorageKeeper;
  readonly engine: Ed25519Engine;
  /** Null for a tablet that is not enrolled: it has nothing to send. */
  readonly lineOf: (memory: Memory) => ServerLine | null;
  /** A receipt came, and records left with it. */
  readonly recount: () => Promise<void>;
  /** All that waited has arrived. */
  readonly onDrained: () => void;
}

export function createSyncRun(ports: SyncRunPorts): SyncRun {
  const { keeper, clock, storage, engine } = ports;
  let running: SyncEngine | null = null;

  const readReceipt = readReceiptUnder(() => keeper.get().trust?.held.receiptKeys ?? [], engine);

  const stop = () => {
    running?.stop();
    running = null;
  };

  const runOver = ({ database }: Memory, line: ServerLine) => {
    const sync = createSyncEngine(
      {
        clock: pageClock,
        store: createWaitingStore(database, storage),
        ...batchesOver(line),
        readReceipt,
        random: Math.random,
      },
      {
        onState(state) {
          if (state.kind === 'idle') ports.onDrained();
          if (state.kind === 'backing-off' && state.why !== 'nothing-covered') keeper.setReachable(false);
        },
        onReceipt({ serverTime }) {
          keeper.setReachable(true);
          void clock.takeFreshTime(database, serverTime * 1000);
          void ports.recount();
          tellNews('log');
        },
      },
      withSyncLock,
    );
    running = sync;
    void keepRunning(sync, () => running === sync);
  };

  return {
    start(memory) {
      stop();
      const line = ports.lineOf(memory);
      if (line !== null) runOver(memory, line);
    },
    wake(reason) {
      running?.wake(reason);
    },
    stop,
  };
}

const pageClock: Clock = {
  nowMs: Date.now,
  startTimer(ms, ring) {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

/** An accident of the database stops one pass, not the sending. */
async function keepRunning(sync: SyncEngine, isWanted: () => boolean): Promise<void> {
  while (isWanted()) {
    try {
      await sync.run();
    } catch (error) {
      if (isWanted()) console.error('sending was interrupted', error);
      await new Promise((resolve) => setTimeout(resolve, AFTER_ACCIDENT_MS));
    }
  }
}
