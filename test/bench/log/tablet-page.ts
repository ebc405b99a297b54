// The page's half of the bench of the log: the product's tablet, log and database over the browser's own IndexedDB.

import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { sha256 } from '../../../src/core/bytes/sha256.ts';
import type { GateRecord } from '../../../src/core/log/record.ts';
import { createSealKeyPair, sealKeyOf } from '../../../src/core/log/sealed/day-keys.ts';
import { createSealer } from '../../../src/core/log/sealed/sealer.ts';
import { type Database, openDatabase, type StoredRecord } from '../../../src/device/database.ts';
import { readSealKey } from '../../../src/device/day-keys/key-store.ts';
import { type LogBooks, openLogBooks } from '../../../src/device/log-books.ts';
import { writePosition } from '../../../src/device/log-position.ts';
import { openTablet } from '../../../src/device/open-tablet.ts';
import { createStorageKeeper } from '../../../src/device/storage-keeper.ts';
import { createTrustStore } from '../../../src/device/trust/trust-store.ts';
import { createSealedWriter } from '../../../src/sync/sealed-log.ts';

const IDENTITY = { site: 'lindenhof', device: '0123456789abcdef0123456789abcdef', epoch: 1 };
const DAY = '2026-03-02';
const FILL_AT_ONCE = 5000;
const nothing = () => {};

let log: { readonly database: Database; readonly books: LogBooks } | null = null;
let minute = 29_540_000;

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

async function openLog() {
  if (log !== null) return log;
  const database = await openDatabase({ onBlocked: nothing, onSuperseded: nothing, onVanished: nothing });
  const pair = await createSealKeyPair(IDENTITY.site, DAY, random(32));
  await database.put('sealKeys', sealKeyOf(pair));
  await writePosition(database, IDENTITY);
  const memory = { database, trustStore: createTrustStore(database), identity: null };
  log = { database, books: openLogBooks(memory, createStorageKeeper(nothing)) };
  return log;
}

const scan = (): GateRecord => ({
  kind: 'scan',
  minute: minute++,
  gate: 'gate-1',
  direction: 'in',
  verdict: 'admit',
  reason: 'ok',
  issuer: 'city',
  pseudonym: random(8),
  isOwnKey: false,
  trustAgeHours: 1,
});

/** Appends in a row, each to the disk: ms of each. */
async function append(count: number): Promise<readonly number[]> {
  const { books } = await openLog();
  const tookMs: number[] = [];
  for (let at = 0; at < count; at++) {
    const record = scan();
    const startedAtMs = performance.now();
    await books.append(record, DAY, null);
    tookMs.push(performance.now() - startedAtMs);
  }
  return tookMs;
}

/** Nothing waits any more; the log goes on behind the same number. */
async function clear(): Promise<void> {
  const { database } = await openLog();
  await database.clear('records');
}

/** So many sealed records more, one durable step for many of them, which no tablet could. Gives the size of one. */
async function fill(count: number): Promise<number> {
  const { database } = await openLog();
  const dayKey = await readSealKey(database, IDENTITY.site, DAY);
  const writer = createSealedWriter({
    sealer: createSealer(random),
    sealKeyOf: async () => dayKey,
    monotonicMs: () => performance.now(),
  });
  let size = 0;
  await putMany(count, async (seq, prev) => {
    const next = { identity: IDENTITY, seq, day: DAY, prev, record: scan() };
    const { envelope, committed } = await writer.write(next);
    committed();
    size = envelope.length;
    return { envelope, hash: await sha256(envelope) };
  });
  return size;
}

/** So many records more of that size and of chance: an append behind them cannot tell. */
const fillWithChance = (count: number, size: number): Promise<void> =>
  putMany(count, async () => ({ envelope: random(size), hash: random(32) }));

async function putMany(
  count: number,
  make: (seq: number, prev: Bytes) => Promise<{ readonly envelope: Bytes; readonly hash: Bytes }>,
): Promise<void> {
  const { database } = await openLog();
  const position = await database.get('facts', 'position');
  if (position === undefined || !('head' in position)) throw new Error('the log has no position');
  let { head } = position;
  for (let done = 0; done < count; done += FILL_AT_ONCE) {
    const records: StoredRecord[] = [];
    for (let at = done; at < Math.min(count, done + FILL_AT_ONCE); at++) {
      const seq = head.seq + 1;
      const { envelope, hash } = await make(seq, head.hash);
      records.push({ ...IDENTITY, seq, envelope });
      head = { seq, hash };
    }
    const transaction = database.transaction(['records', 'facts'], 'readwrite');
    const store = transaction.objectStore('records');
    for (const record of records) void store.add(record);
    void transaction.objectStore('facts').put({ identity: IDENTITY, head }, 'position');
    await transaction.done;
  }
}

const countRecords = async (): Promise<number> => (await openLog()).database.count('records');

/** Enrols by the server's open invitation. To be followed by a reload. */
async function enrol(): Promise<void> {
  const tablet = await openTablet();
  const desk = await tablet.openEnrolment();
  const entered = await desk.enterOpenly();
  if (entered !== 'entered') throw new Error(`not enrolled: ${entered}`);
}

/** From the text of a code to its durable record, ms of each. All texts are scanned again and again. */
async function scanTexts(
  texts: readonly string[],
  count: number,
  warmUp: number,
): Promise<readonly number[]> {
  const tablet = await openTablet();
  await tablet.prepare();
  await tablet.refresh();
  const tookMs: number[] = [];
  for (let at = -warmUp; at < count; at++) {
    const text = texts[(at + warmUp) % texts.length] ?? '';
    const startedAtMs = performance.now();
    const outcome = await tablet.scan(text, { gate: 'gate-1', direction: at % 2 === 0 ? 'in' : 'out' });
    if (outcome.kind !== 'recorded') throw new Error(`a scan stopped: ${outcome.why}`);
    if (at >= 0) tookMs.push(performance.now() - startedAtMs);
  }
  return tookMs;
}

const logBench = { append, clear, countRecords, enrol, fill, fillWithChance, scanTexts };

declare global {
  interface Window {
    logBench: typeof logBench;
  }
}

window.logBench = logBench;
