// The storage on PostgreSQL and what speaks like it: no sequences, triggers, advisory locks or LISTEN/NOTIFY.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { Head } from '../../core/log/envelope.ts';
import { migrate } from './migrations.ts';
import { type BatchOutcome, type GoodEntry, type JudgedBatch, type Storage, StorageAway } from './port.ts';
import { readDay } from './read-day.ts';
import { makeDayTables } from './scan-partitions.ts';
import {
  type ApartKind,
  countsOf,
  forksOf,
  type Held,
  type Settlement,
  settleBatch,
} from './settle-batch.ts';
import { isCollision, type Sql } from './sql.ts';
import { bytesArray, intArray, textArray } from './sql-array.ts';
import type { SqlPool } from './sql-pool.ts';

/** Closing it closes the pool. */
export function openPostgresStorage(pool: SqlPool): Storage {
  return {
    migrate: () => migrate(pool),
    prepareDays: (days) => makeDayTables(pool, days),
    takeBatch: (batch) => takeBatch(pool, batch),
    readDay: (question) => pool.use((sql) => readDay(sql, question)),
    ping: () => pool.use(async (sql) => void (await sql`SELECT 1`)),
    close: () => pool.close(),
  };
}

/** Carries the refusal out of the transaction, so that it rolls back. */
class GapFound extends Error {
  readonly upTo: number;
  constructor(upTo: number) {
    super('gap');
    this.upTo = upTo;
  }
}

async function takeBatch(pool: SqlPool, batch: JudgedBatch): Promise<BatchOutcome> {
  try {
    return await tryTwice(() => pool.transaction((tx) => takeBatchIn(tx, batch)));
  } catch (error) {
    if (error instanceof GapFound) return { kind: 'gap', upTo: error.upTo };
    throw error;
  }
}

async function tryTwice<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isCollision(error instanceof StorageAway ? error.cause : error)) throw error;
    return action();
  }
}

async function takeBatchIn(tx: Sql, batch: JudgedBatch): Promise<BatchOutcome> {
  const { from, to } = batch;
  const head = await lockHead(tx, batch);
  const isGap = from > head.seq + 1;
  if (isGap && !batch.mayTakeGap) throw new GapFound(head.seq);
  const held = from <= head.seq ? await readHeld(tx, batch) : NOTHING_HELD;
  const settlement = settleBatch(batch, held);
  const added = await addRecords(tx, batch, settlement.add);
  await putApart(tx, batch, settlement);
  await raiseAlarms(tx, batch, forksOf(settlement), isGap ? { from: head.seq + 1, to: from - 1 } : null);
  await countScans(tx, batch.identity.site, added);
  const newHead: Head = to > head.seq ? { seq: to, hash: settlement.head } : head;
  await moveHead(tx, batch, newHead);
  return { kind: 'taken', head: settlement.head, quarantined: settlement.quarantined, added: added.length };
}

/** The tablet's head, locked until the end of the transaction; made at 0 for a run that was never seen. */
async function lockHead(
  tx: Sql,
  { identity: { site, device, epoch }, receivedAt }: JudgedBatch,
): Promise<Head> {
  const lock = () => tx<{ seq: number; hash: Bytes }[]>`
    SELECT seq, hash FROM device_head WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} FOR UPDATE`;
  const [known] = await lock();
  if (known !== undefined) return known;
  await tx`
    INSERT INTO device_head (site_id, device_id, epoch, seq, hash, gate, seen_at)
    VALUES (${site}, ${device}, ${epoch}, 0, ${new Uint8Array()}, '', to_timestamp(${receivedAt}))
    ON CONFLICT DO NOTHING`;
  const [made] = await lock();
  if (made === undefined) throw new Error('a head that was just made is not there');
  return made;
}

const NOTHING_HELD: Held = { recordHashesBySeq: new Map(), apartBySeq: new Map() };

async function readHeld(
  tx: Sql,
  { identity: { site, device, epoch }, from, to, entries }: JudgedBatch,
): Promise<Held> {
  type Row = { seq: number; hash: Bytes };
  const days = [...new Set(entries.flatMap((entry) => (entry.kind === 'good' ? [entry.day] : [])))];
  const records = await tx<Row[]>`
    SELECT seq, hash FROM scan WHERE site_id = ${site} AND day = ANY(${textArray(days)}::date[])
    AND device_id = ${device} AND epoch = ${epoch} AND seq BETWEEN ${from} AND ${to}`;
  const apart = await tx<(Row & { kind: ApartKind })[]>`
    SELECT seq, hash, kind FROM quarantine
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} AND seq BETWEEN ${from} AND ${to}`;
  const apartBySeq = new Map<number, (typeof apart)[number][]>();
  for (const row of apart) apartBySeq.set(row.seq, [...(apartBySeq.get(row.seq) ?? []), row]);
  const recordHashesBySeq = new Map(records.map(({ seq, hash }) => [seq, hash]));
  // A fork may claim another day than the record it contradicts: look through all days, which is rare.
  if (entries.some(({ seq }) => !recordHashesBySeq.has(seq) && !apartBySeq.has(seq))) {
    const elsewhere = await tx<Row[]>`
      SELECT seq, hash FROM scan
      WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} AND seq BETWEEN ${from} AND ${to}`;
    for (const { seq, hash } of elsewhere) recordHashesBySeq.set(seq, hash);
  }
  return { recordHashesBySeq, apartBySeq };
}

/** Those that were really inserted. */
async function addRecords(
  tx: Sql,
  batch: JudgedBatch,
  add: readonly GoodEntry[],
): Promise<readonly GoodEntry[]> {
  if (add.length === 0) return [];
  const { site, device, epoch } = batch.identity;
  const inserted = await tx<{ seq: number }[]>`
    INSERT INTO scan (site_id, day, device_id, epoch, seq, hash, envelope)
    SELECT ${site}, r.day, ${device}, ${epoch}::integer, r.seq, r.hash, r.envelope
    FROM unnest(
      ${textArray(add.map(({ day }) => day))}::date[],
      ${intArray(add.map(({ seq }) => seq))}::integer[],
      ${bytesArray(add.map(({ hash }) => hash))}::bytea[],
      ${bytesArray(add.map(({ envelope }) => envelope))}::bytea[]
    ) AS r (day, seq, hash, envelope)
    ON CONFLICT DO NOTHING RETURNING seq`;
  const seqs = new Set(inserted.map(({ seq }) => seq));
  return add.filter(({ seq }) => seqs.has(seq));
}

async function putApart(
  tx: Sql,
  { identity: { site, device, epoch }, receivedAt }: JudgedBatch,
  settlement: Settlement,
) {
  const apart = settlement.putApart;
  if (apart.length === 0) return;
  await tx`
    INSERT INTO quarantine (site_id, device_id, epoch, seq, hash, kind, why, envelope, received_at)
    SELECT ${site}, ${device}, ${epoch}::integer, r.seq, r.hash, r.kind, r.why, r.envelope, to_timestamp(${receivedAt})
    FROM unnest(
      ${intArray(apart.map(({ entry }) => entry.seq))}::integer[],
      ${bytesArray(apart.map(({ entry }) => entry.hash))}::bytea[],
      ${textArray(apart.map(({ kind }) => kind))}::text[],
      ${textArray(apart.map(({ why }) => why))}::text[],
      ${bytesArray(apart.map(({ entry }) => entry.envelope))}::bytea[]
    ) AS r (seq, hash, kind, why, envelope)
    ON CONFLICT DO NOTHING`;
}

async function raiseAlarms(
  tx: Sql,
  { identity: { site, device, epoch }, receivedAt }: JudgedBatch,
  forks: readonly Head[],
  gap: { readonly from: number; readonly to: number } | null,
) {
  if (gap !== null) {
    await tx`
      INSERT INTO alarm (site_id, device_id, epoch, kind, first_seq, last_seq, hash, raised_at)
      VALUES (${site}, ${device}, ${epoch}, 'gap', ${gap.from}, ${gap.to}, ${new Uint8Array()}, to_timestamp(${receivedAt}))
      ON CONFLICT DO NOTHING`;
  }
  if (forks.length === 0) return;
  await tx`
    INSERT INTO alarm (site_id, device_id, epoch, kind, first_seq, last_seq, hash, raised_at)
    SELECT ${site}, ${device}, ${epoch}::integer, 'fork', r.seq, r.seq, r.hash, to_timestamp(${receivedAt})
    FROM unnest(${intArray(forks.map(({ seq }) => seq))}::integer[], ${bytesArray(forks.map(({ hash }) => hash))}::bytea[])
      AS r (seq, hash)
    ON CONFLICT DO NOTHING`;
}

async function countScans(tx: Sql, site: string, added: readonly GoodEntry[]) {
  const lines = countsOf(added);
  if (lines.length === 0) return;
  await tx`
    INSERT INTO hourly (site_id, day, gate, direction, hour, verdict, reason, count)
    SELECT ${site}, c.day, c.gate, c.direction, c.hour, c.verdict, c.reason, c.count
    FROM unnest(
      ${textArray(lines.map(({ day }) => day))}::date[],
      ${textArray(lines.map(({ key }) => key.gate))}::text[],
      ${textArray(lines.map(({ key }) => key.direction))}::text[],
      ${intArray(lines.map(({ key }) => key.hour))}::smallint[],
      ${textArray(lines.map(({ key }) => key.verdict))}::text[],
      ${textArray(lines.map(({ key }) => key.reason))}::text[],
      ${intArray(lines.map(({ count }) => count))}::integer[]
    ) AS c (day, gate, direction, hour, verdict, reason, count)
    ON CONFLICT (site_id, day, gate, direction, hour, verdict, reason)
    DO UPDATE SET count = hourly.count + excluded.count`;
}

async function moveHead(tx: Sql, batch: JudgedBatch, { seq, hash }: Head) {
  const { site, device, epoch } = batch.identity;
  const gate = batch.entries.findLast((entry) => entry.kind === 'good')?.gate ?? null;
  await tx`
    UPDATE device_head SET seq = ${seq}, hash = ${hash}, gate = coalesce(${gate}, gate), seen_at = to_timestamp(${batch.receivedAt})
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch}`;
}
