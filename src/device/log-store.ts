// The log on the tablet's disk: what src/sync/record-log.ts needs of IndexedDB, each write in one strict transaction.

import type { Bytes } from '../core/bytes/bytes.ts';
import type { LogIdentity } from '../core/log/envelope.ts';
import type {
  EnvelopeWriter,
  LogDisk,
  LogPosition,
  LogTurns,
  RecordStore,
  StoredRun,
} from '../sync/ports.ts';
import {
  createRecordLog,
  createRecordStore,
  isSamePosition,
  type RecordLog,
  withoutGap,
} from '../sync/record-log.ts';
import { committed, type Database, type StoredSighting, strictTransaction } from './database.ts';
import { withLogLock } from './locks.ts';
import { markLog } from './log-mark.ts';
import { readPosition, writePosition } from './log-position.ts';
import type { StorageKeeper } from './storage-keeper.ts';

export type LogStore = RecordLog<StoredSighting | null>;

export const createLogStore = (
  database: Database,
  storage: StorageKeeper,
  writer: EnvelopeWriter,
): LogStore => createRecordLog(openLogDisk(database), turnsAt(database, storage), writer);

/** For whoever sends: it writes no records. */
export const createWaitingStore = (database: Database, storage: StorageKeeper): RecordStore =>
  createRecordStore(openLogDisk(database), turnsAt(database, storage));

const turnsAt = (database: Database, storage: StorageKeeper): LogTurns => ({
  inTurn: withLogLock,
  withRoom: (write) => storage.withRoom(database, write),
});

const openLogDisk = (database: Database): LogDisk<StoredSighting | null> => ({
  readPosition: () => readPosition(database),
  append: (before, after, envelope, sighting) => append(database, before, after, envelope, sighting),
  readRun: (limit) => readRun(database, limit),
  deleteRecords: (identity, seqs, receipt) => deleteRecords(database, identity, seqs, receipt),
  beginRun(identity) {
    // Where there is no place for a mark, as in the service worker, the first append of a page makes it.
    markLog(identity);
    return writePosition(database, identity);
  },
});

async function append(
  database: Database,
  before: LogPosition,
  after: LogPosition,
  envelope: Bytes,
  sighting: StoredSighting | null,
): Promise<boolean> {
  markLog(after.identity);
  const transaction = strictTransaction(database, ['records', 'sightings', 'facts']);
  const facts = transaction.objectStore('facts');
  const now = (await facts.get('position')) as LogPosition | undefined;
  if (now === undefined || !isSamePosition(now, before)) {
    await transaction.done;
    return false;
  }
  const { identity, head } = after;
  const writes: Promise<unknown>[] = [
    transaction.objectStore('records').add({ ...identity, seq: head.seq, envelope }),
    facts.put(after, 'position'),
  ];
  if (sighting !== null) writes.push(transaction.objectStore('sightings').put(sighting));
  await committed(transaction, writes);
  return true;
}

async function deleteRecords(
  database: Database,
  { site, device, epoch }: LogIdentity,
  seqs: readonly number[],
  receipt: Bytes,
): Promise<void> {
  const transaction = strictTransaction(database, ['records', 'receipts']);
  const records = transaction.objectStore('records');
  await committed(transaction, [
    ...seqs.map((seq) => records.delete([site, device, epoch, seq])),
    transaction.objectStore('receipts').put({ site, device, epoch, receipt }),
  ]);
}

const readRun = (database: Database, limit: number): Promise<StoredRun | null> =>
  readFrom(database, null, limit);

/** The records behind that one, or all from the first, in order: at most `limit` of one epoch, without a gap. */
export async function readRunAfter(
  database: Database,
  last: (LogIdentity & { readonly seq: number }) | null,
  limit: number,
): Promise<StoredRun | null> {
  const range =
    last === null ? null : IDBKeyRange.lowerBound([last.site, last.device, last.epoch, last.seq], true);
  const run = await readFrom(database, range, limit);
  return run === null ? null : { ...run, records: withoutGap(run.records) };
}

async function readFrom(
  database: Database,
  range: IDBKeyRange | null,
  limit: number,
): Promise<StoredRun | null> {
  const transaction = database.transaction(['records', 'receipts'], 'readonly');
  const store = transaction.objectStore('records');
  const first = await store.openCursor(range);
  if (first === null) return null;
  const { site, device, epoch, seq } = first.value;
  const run = IDBKeyRange.bound([site, device, epoch, seq], [site, device, epoch, seq + limit - 1]);
  const records = await store.getAll(run);
  const kept = await transaction.objectStore('receipts').get([site, device, epoch]);
  return { identity: { site, device, epoch }, records, lastReceipt: kept?.receipt ?? null };
}
