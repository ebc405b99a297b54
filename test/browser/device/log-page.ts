// The page's half of the tests of the log: the tablet's day keys and its log, within reach of page.evaluate.

import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { sha256 } from '../../../src/core/bytes/sha256.ts';
import type { LogIdentity } from '../../../src/core/log/envelope.ts';
import { createSealer } from '../../../src/core/log/sealed/sealer.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { type Database, openDatabase, readFact, writeFact } from '../../../src/device/database.ts';
import { openDay } from '../../../src/device/day-keys/day-memory.ts';
import { fetchDayKeys } from '../../../src/device/day-keys/fetch-day-keys.ts';
import { destroyEnded, keepDayKeys, readSealKey } from '../../../src/device/day-keys/key-store.ts';
import { exportWaiting } from '../../../src/device/export-waiting.ts';
import { makeDeviceKey } from '../../../src/device/identity/device-keys.ts';
import { openLogBooks } from '../../../src/device/log-books.ts';
import { readLogMark } from '../../../src/device/log-mark.ts';
import { writePosition } from '../../../src/device/log-position.ts';
import { createWaitingStore } from '../../../src/device/log-store.ts';
import { createMemoryHolder } from '../../../src/device/memory-holder.ts';
import { type OpenedTablet, openTablet } from '../../../src/device/open-tablet.ts';
import { openServerLine } from '../../../src/device/server-line.ts';
import { fetchSightings } from '../../../src/device/sightings.ts';
import { createStorageKeeper } from '../../../src/device/storage-keeper.ts';
import { createTrustStore } from '../../../src/device/trust/trust-store.ts';

import { createSealedWriter } from '../../../src/sync/sealed-log.ts';

const nothing = () => {};

/** Puts so many sealed heartbeats into the log as one step, which no tablet could. */
async function fillLog(database: Database, identity: LogIdentity, day: string, count: number): Promise<void> {
  const dayKey = await readSealKey(database, identity.site, day);
  const minute = Math.floor(Date.now() / 60_000);
  const writer = createSealedWriter({
    sealer: createSealer((length) => crypto.getRandomValues(new Uint8Array(length))),
    sealKeyOf: async () => dayKey,
    monotonicMs: () => performance.now(),
  });
  const envelopes: Bytes[] = [];
  let prev: Bytes = new Uint8Array(0);
  for (let seq = 1; seq <= count; seq++) {
    const record = { kind: 'heartbeat', minute, gate: 'gate-1', direction: 'in' } as const;
    const { envelope, committed } = await writer.write({ identity, seq, day, prev, record });
    committed();
    envelopes.push(envelope);
    prev = await sha256(envelope);
  }
  const transaction = database.transaction(['records', 'facts'], 'readwrite');
  const records = transaction.objectStore('records');
  for (const [at, envelope] of envelopes.entries()) void records.put({ ...identity, seq: at + 1, envelope });
  void transaction.objectStore('facts').put({ identity, head: { seq: count, hash: prev } }, 'position');
  await transaction.done;
}

const log = {
  fillLog,
  openDatabase: () => openDatabase({ onBlocked: nothing, onSuperseded: nothing, onVanished: nothing }),
  chooseEngine,
  createMemoryHolder,
  createStorageKeeper: () => createStorageKeeper(nothing),
  createTrustStore,
  createWaitingStore,
  destroyEnded,
  exportWaiting,
  fetchDayKeys,
  fetchSightings,
  keepDayKeys,
  makeDeviceKey,
  openDay,
  openLogBooks,
  openServerLine,
  openTablet,
  readFact,
  readLogMark,
  readSealKey,
  writeFact,
  writePosition,
};

declare global {
  interface Window {
    log: typeof log;
    sealedTablet: OpenedTablet;
  }
}

window.log = log;
