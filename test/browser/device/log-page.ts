// The page's half of the tests of the log: the tablet's day keys and its log, within reach of page.evaluate.

import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { openDatabase, readFact, writeFact } from '../../../src/device/database.ts';
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

const nothing = () => {};

const log = {
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
