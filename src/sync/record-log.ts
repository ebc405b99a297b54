// The tablet's log over any disk: appends one record at a time and gives what waits to sync. Page, service worker and
// tests run this same code; only the disk and the lock differ.

import { isSameBytes } from '../core/bytes/bytes.ts';
import { sha256 } from '../core/bytes/sha256.ts';
import type { GateRecord } from '../core/log/record.ts';
import type {
  EnvelopeWriter,
  LogDisk,
  LogPosition,
  LogTurns,
  RecordStore,
  StoredRun,
  WaitingLog,
} from './ports.ts';

export interface RecordLog<Beside> extends RecordStore {
  /** Resolves when the record, what belongs beside it, and the new head are on the disk. */
  append(record: GateRecord, day: string, beside: Beside): Promise<LogPosition>;
}

export const createRecordLog = <Beside>(
  disk: LogDisk<Beside>,
  turns: LogTurns,
  writer: EnvelopeWriter,
): RecordLog<Beside> => ({
  append: createAppend(disk, turns, writer),
  ...createRecordStore(disk, turns),
});

/** What waits, for whoever sends and writes nothing. */
export const createRecordStore = <Beside>(disk: LogDisk<Beside>, turns: LogTurns): RecordStore => ({
  readWaiting: (limit) => readWaiting(disk, limit),
  deleteCovered: (identity, seqs, receipt) =>
    turns.withRoom(() => disk.deleteRecords(identity, seqs, receipt)),
  openNewEpoch: (identity) =>
    turns.inTurn(async () => {
      const now = await disk.readPosition();
      const isCurrent =
        now !== null && now.identity.device === identity.device && now.identity.epoch === identity.epoch;
      if (isCurrent) await disk.beginRun({ ...identity, epoch: identity.epoch + 1 });
    }),
});

/** Builds on the head it wrote last, which saves a look at the disk; another writer's head is found at the commit. */
function createAppend<Beside>(
  disk: LogDisk<Beside>,
  turns: LogTurns,
  writer: EnvelopeWriter,
): RecordLog<Beside>['append'] {
  let written: LogPosition | null = null;
  return (record, day, beside) =>
    turns.inTurn(() =>
      turns.withRoom(async () => {
        const before = written;
        written = null;
        written = await appendOnce(disk, writer, before, { record, day, beside });
        return written;
      }),
    );
}

/** Seals and hashes first, then writes in one step that checks that the head is still the one it built on. */
async function appendOnce<Beside>(
  disk: LogDisk<Beside>,
  writer: EnvelopeWriter,
  likely: LogPosition | null,
  next: { readonly record: GateRecord; readonly day: string; readonly beside: Beside },
): Promise<LogPosition> {
  const { record, day, beside } = next;
  for (let known = likely; ; known = null) {
    const before = known ?? (await disk.readPosition());
    if (before === null) throw new Error('the log has no identity yet');
    const { identity, head } = before;
    const seq = head.seq + 1;
    const { envelope, committed } = await writer.write({ identity, seq, day, prev: head.hash, record });
    const hash = await sha256(envelope);
    const after: LogPosition = { identity, head: { seq, hash } };
    if (!(await disk.append(before, after, envelope, beside))) continue;
    committed();
    return after;
  }
}

export const isSamePosition = (a: LogPosition, b: LogPosition): boolean =>
  a.identity.device === b.identity.device &&
  a.identity.epoch === b.identity.epoch &&
  a.head.seq === b.head.seq &&
  isSameBytes(a.head.hash, b.head.hash);

async function readWaiting<Beside>(disk: LogDisk<Beside>, limit: number): Promise<WaitingLog | null> {
  const run = await disk.readRun(limit);
  if (run === null) return null;
  // Hashed as they are now, not as they were written: a record that the disk has damaged must still find its way out.
  const records = await Promise.all(
    withoutGap(run.records).map(async ({ seq, envelope }) => ({
      seq,
      envelope,
      hash: await sha256(envelope),
    })),
  );
  return { ...run, records };
}

/** Up to the first number that is missing. */
export function withoutGap(records: StoredRun['records']): StoredRun['records'] {
  const first = records[0]?.seq ?? 0;
  const end = records.findIndex(({ seq }, at) => seq !== first + at);
  return end === -1 ? records : records.slice(0, end);
}
