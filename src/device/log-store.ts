// The log on the tablet: appends one record at a time and gives what waits to sync.

import { type Bytes, isSameBytes } from '../core/bytes/bytes.ts';
import { sha256 } from '../core/bytes/sha256.ts';
import { encodeEnvelope } from '../core/log/encode-envelope.ts';
import { encodeRecord } from '../core/log/encode-record.ts';
import type { LogIdentity } from '../core/log/envelope.ts';
import type { LogRecord } from '../core/log/record.ts';
import type { RecordStore, WaitingLog } from '../sync/ports.ts';
import {
  committed,
  type Database,
  type LogPosition,
  type StoredRecord,
  type StoredSighting,
  strictTransaction,
} from './database.ts';
import { withLogLock } from './locks.ts';
import { readPosition, writePosition } from './log-position.ts';
import type { StorageKeeper } from './storage-keeper.ts';

export interface LogStore extends RecordStore {
  /** Resolves when the record, its sighting and the new head are on the disk. */
  append(record: LogRecord, day: string, sighting: StoredSighting | null): Promise<LogPosition>;
}

export const createLogStore = (database: Database, storage: StorageKeeper): LogStore => ({
  append: createAppend(database, storage),
  readWaiting: (limit) => readWaiting(database, limit),
  deleteCovered: (identity, seqs, receipt) =>
    storage.withRoom(database, () => deleteCovered(database, identity, seqs, receipt)),
  openNewEpoch: (identity) =>
    withLogLock(async () => {
      const now = await readPosition(database);
      const isCurrent =
        now !== null && now.identity.device === identity.device && now.identity.epoch === identity.epoch;
      if (isCurrent) await writePosition(database, { ...identity, epoch: identity.epoch + 1 });
    }),
});

/** Builds on the head it wrote last, which saves a look at the disk; another writer's head is found at the commit. */
function createAppend(database: Database, storage: StorageKeeper): LogStore['append'] {
  let written: LogPosition | null = null;
  return (record, day, sighting) =>
    withLogLock(() =>
      storage.withRoom(database, async () => {
        const before = written;
        written = null;
        written = await appendOnce(database, before, record, day, sighting);
        return written;
      }),
    );
}

/** Hashes first, then writes in one transaction that checks that the head is still the one it built on. */
async function appendOnce(
  database: Database,
  likely: LogPosition | null,
  record: LogRecord,
  day: string,
  sighting: StoredSighting | null,
): Promise<LogPosition> {
  const encoded = encodeRecord(record);
  for (let known = likely; ; known = null) {
    const before = known ?? (await readPosition(database));
    if (before === null) throw new Error('the log has no identity yet');
    const { identity, head } = before;
    const seq = head.seq + 1;
    const envelope = encodeEnvelope({ ...identity, seq, day, record: encoded });
    const hash = await sha256(envelope);
    const after: LogPosition = { identity, head: { seq, hash } };
    if (await commit(database, before, after, { ...identity, seq, envelope }, sighting)) return after;
  }
}

async function commit(
  database: Database,
  before: LogPosition,
  after: LogPosition,
  stored: StoredRecord,
  sighting: StoredSighting | null,
): Promise<boolean> {
  const transaction = strictTransaction(database, ['records', 'sightings', 'facts']);
  const facts = transaction.objectStore('facts');
  const now = (await facts.get('position')) as LogPosition | undefined;
  if (now === undefined || !isSamePosition(now, before)) {
    await transaction.done;
    return false;
  }
  const writes: Promise<unknown>[] = [
    transaction.objectStore('records').add(stored),
    facts.put(after, 'position'),
  ];
  if (sighting !== null) writes.push(transaction.objectStore('sightings').put(sighting));
  await committed(transaction, writes);
  return true;
}

const isSamePosition = (a: LogPosition, b: LogPosition): boolean =>
  a.identity.device === b.identity.device &&
  a.identity.epoch === b.identity.epoch &&
  a.head.seq === b.head.seq &&
  isSameBytes(a.head.hash, b.head.hash);

async function deleteCovered(
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

async function readWaiting(database: Database, limit: number): Promise<WaitingLog | null> {
  const transaction = database.transaction(['records', 'receipts'], 'readonly');
  const store = transaction.objectStore('records');
  const first = await store.openCursor();
  if (first === null) return null;
  const { site, device, epoch, seq } = first.value;
  const run = IDBKeyRange.bound([site, device, epoch, seq], [site, device, epoch, seq + limit - 1]);
  const found = await store.getAll(run);
  const kept = await transaction.objectStore('receipts').get([site, device, epoch]);
  // Hashed as they are now, not as they were written: a record that the disk has damaged must still find its way out.
  const records = await Promise.all(
    withoutGap(found).map(async ({ seq, envelope }) => ({ seq, envelope, hash: await sha256(envelope) })),
  );
  return { identity: { site, device, epoch }, records, lastReceipt: kept?.receipt ?? null };
}

function withoutGap(records: readonly StoredRecord[]): readonly StoredRecord[] {
  const first = records[0]?.seq ?? 0;
  const end = records.findIndex(({ seq }, at) => seq !== first + at);
  return end === -1 ? records : records.slice(0, end);
}
