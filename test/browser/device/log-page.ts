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

/** What a value comes to in a dump: texts and bytes as they are, numbers in words. */
function piecesOf(value: unknown): readonly BlobPart[] {
  if (value instanceof Uint8Array) return [new Uint8Array(value)];
  if (value instanceof CryptoKey) return [`${value.type} ${value.algorithm.name}`];
  if (value instanceof Map) return piecesOf([...value]);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => [`${key} `, ...piecesOf(inner), '\n']);
  return [String(value)];
}

/** What the tablet itself has made or been given in secret. */
const OWN_STORES: readonly string[] = ['facts', 'dayKeys', 'sealKeys', 'receipts'];

/** Everything that this origin keeps, but the reserve, which is random: base64. Or only what is the tablet's own of it. */
async function dump(isWhole: boolean): Promise<string> {
  const database = await log.openDatabase();
  const stores = [...database.objectStoreNames].filter((store) =>
    isWhole ? store !== 'reserve' : OWN_STORES.includes(store),
  );
  const pieces: BlobPart[] = [];
  for (const store of stores) {
    pieces.push(`${store}\n`, ...piecesOf(await database.getAllKeys(store)));
    pieces.push(...piecesOf(await database.getAll(store)));
  }
  database.close();
  pieces.push(...piecesOf({ ...localStorage }), ...piecesOf({ ...sessionStorage }));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const answer of await cache.matchAll()) pieces.push(answer.url, await answer.arrayBuffer());
  }
  const reader = new FileReader();
  const read = new Promise((resolve) => {
    reader.onload = resolve;
  });
  reader.readAsDataURL(new Blob(pieces));
  await read;
  return String(reader.result).replace(/^[^,]*,/, '');
}

/** Whether any key that lies in the database could be taken out of it. */
async function describeKeys(): Promise<readonly { readonly extractable: boolean }[]> {
  const database = await log.openDatabase();
  const identity = await readFact(database, 'identity');
  const keys = (await database.getAll('dayKeys')).map(({ key }) => key);
  database.close();
  return [...keys, ...(identity === undefined ? [] : [identity.key.privateKey])].map(({ extractable }) => ({
    extractable,
  }));
}

async function readEnvelopes(): Promise<readonly (readonly number[])[]> {
  const database = await log.openDatabase();
  const records = await database.getAll('records');
  database.close();
  return records.map(({ envelope }) => [...envelope]);
}

const log = {
  describeKeys,
  dump,
  fillLog,
  readEnvelopes,
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
