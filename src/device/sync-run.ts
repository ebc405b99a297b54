// Runs the sync engine in this page over the open database, and stops it when the database goes.

import type { Ed25519Engine } from '../core/signature/engine.ts';
import { makePlainBatch } from '../sync/plain-log.ts';
import { createSyncEngine, type SyncEngine, type WakeReason } from '../sync/sync-engine.ts';
import { withSyncLock } from './locks.ts';
import { createLogStore } from './log-store.ts';
import type { Memory } from './memory-holder.ts';
import { tellNews } from './news.ts';
import { readReceiptUnder } from './read-receipt.ts';
import type { StorageKeeper } from './storage-keeper.ts';
import type { TabletClock } from './tablet-clock.ts';
import { tabletNet } from './tablet-net.ts';
import type { StateKeeper } from './tablet-state.ts';

const AFTER_ACCIDENT_MS = 10_000;

export interface SyncRun {
  /** On this memory from now on, and no other. */
  start(memory: Memory): void;
  wake(reason: WakeReason): void;
  stop(): void;
}

export function createSyncRun(
  keeper: StateKeeper,
  clock: TabletClock,
  storage: StorageKeeper,
  engine: Ed25519Engine,
  recount: () => Promise<void>,
): SyncRun {
  let running: SyncEngine | null = null;

  const readReceipt = readReceiptUnder(() => keeper.get().trust?.held.receiptKeys ?? [], engine);

  const stop = () => {
    running?.stop();
    running = null;
  };

  return {
    start({ database }) {
      stop();
      const sync = createSyncEngine(
        {
          clock: {
            nowMs: Date.now,
            startTimer(ms, ring) {
              const timer = setTimeout(ring, ms);
              return () => clearTimeout(timer);
            },
          },
          store: createLogStore(database, storage),
          net: tabletNet,
          makeBatch: makePlainBatch,
          readReceipt,
          random: Math.random,
        },
        {
          onState(state) {
            if (state.kind === 'backing-off' && state.why !== 'nothing-covered') keeper.setReachable(false);
          },
          onReceipt({ serverTime }) {
            keeper.setReachable(true);
            void clock.takeFreshTime(database, serverTime * 1000);
            void recount();
            tellNews('log');
          },
        },
        withSyncLock,
      );
      running = sync;
      void keepRunning(sync, () => running === sync);
    },
    wake(reason) {
      running?.wake(reason);
    },
    stop,
  };
}

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
