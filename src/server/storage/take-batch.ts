// Takes a batch in one transaction: head locked, entries settled, everything written, receipt signed; then the commit.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { Head } from '../../core/log/envelope.ts';
import { parseReceipt } from '../../core/log/receipt.ts';
import { parseSealedEnvelope } from '../../core/log/sealed/envelope.ts';
import { type BatchOutcome, type JudgedBatch, StorageAway, type TakenBatch } from './port.ts';
import {
  type ApartKind,
  forksOf,
  freeSeqs,
  type Held,
  hashBefore,
  misusesOf,
  settleBatch,
  shiftAfter,
} from './settle-batch.ts';
import { addSightings } from './sightings.ts';
import { isCollision, type Sql } from './sql.ts';
import { intArray, textArray } from './sql-array.ts';
import type { SqlPool } from './sql-pool.ts';
import { addRecords, addTallies, countScans, keepWords, putApart, raiseAlarms } from './write-batch.ts';

export const takeBatch = (pool: SqlPool, batch: JudgedBatch): Promise<BatchOutcome> =>
  tryTwice(() => pool.transaction((tx) => takeBatchIn(tx, batch)));

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
  const known = await readKnown(tx, batch);
  if (known !== null) {
    await moveHead(tx, batch, head, head);
    return { ...known, receipt: await batch.writeReceipt(known) };
  }
  const missing = from > head.seq + 1 ? { from: head.seq + 1, to: from - 1 } : null;
  const settlement = settleBatch(batch, await readHeld(tx, batch, head));
  const added = await addRecords(tx, batch, settlement.add);
  await putApart(tx, batch, settlement);
  const misuses = misusesOf(batch, await readContradicted(tx, batch, forksOf(settlement)));
  await raiseAlarms(tx, batch, { settlement, misuses, missing });
  await countScans(tx, batch.identity.site, added);
  await addTallies(tx, batch.identity.site, added);
  const isAhead = to > head.seq;
  await moveHead(tx, batch, isAhead ? { seq: to, hash: settlement.head } : head, {
    shiftSince: isAhead ? shiftAfter(head.shiftSince, added) : head.shiftSince,
  });
  // Last, because it waits for the site's other tablets.
  await addSightings(tx, batch, added);
  const { head: hash, quarantined } = settlement;
  const taken: TakenBatch = { head: hash, quarantined, added: added.length };
  const receipt = await batch.writeReceipt(taken);
  await keepWords(tx, batch, receipt, missing !== null);
  return { ...taken, receipt };
}

interface LockedHead extends Head {
  readonly shiftSince: number | null;
}

/** The tablet's head, locked until the end of the transaction; made at 0 for a run that was never seen. */
async function lockHead(
  tx: Sql,
  { identity: { site, device, epoch }, receivedAt }: JudgedBatch,
): Promise<LockedHead> {
  const lock = () => tx<LockedHead[]>`
    SELECT seq, hash, shift_since::double precision AS "shiftSince" FROM device_head
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} FOR UPDATE`;
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

/** What a batch that was taken before was answered; its records may be past their end by now. */
async function readKnown(
  tx: Sql,
  { identity: { site, device, epoch }, from, words }: JudgedBatch,
): Promise<TakenBatch | null> {
  if (words === null) return null;
  const [row] = await tx<{ receipt: Bytes }[]>`
    SELECT receipt FROM batch WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch}
    AND from_seq = ${from} AND envelopes_hash = ${words.envelopesHash}`;
  if (row === undefined) return null;
  const receipt = parseReceipt(new Uint8Array(row.receipt));
  if (!receipt.ok) throw new Error(`a kept receipt cannot be read any more (${receipt.error})`);
  return { head: receipt.value.head, quarantined: receipt.value.quarantined, added: 0 };
}

type Row = { seq: number; hash: Bytes };

async function readHeld(tx: Sql, batch: JudgedBatch, head: Head): Promise<Held> {
  const { from, entries } = batch;
  const first = Math.max(1, from - 1);
  const apartBySeq = new Map<number, (Row & { kind: ApartKind })[]>();
  const recordHashesBySeq = new Map<number, Bytes>();
  if (from <= head.seq + 1) {
    for (const row of await readApart(tx, batch, first)) {
      const known = apartBySeq.get(row.seq);
      if (known === undefined) apartBySeq.set(row.seq, [row]);
      else known.push(row);
    }
  }
  if (from <= head.seq) {
    const days = [...new Set(entries.flatMap((entry) => (entry.kind === 'good' ? [entry.day] : [])))];
    for (const { seq, hash } of await readRecords(tx, batch, first, days)) recordHashesBySeq.set(seq, hash);
    // A fork may claim another day than the record it contradicts: look through all days, which is rare.
    const isUnknown = (seq: number) => !recordHashesBySeq.has(seq) && !apartBySeq.has(seq);
    if (isUnknown(first) || entries.some(({ seq }) => isUnknown(seq)))
      for (const { seq, hash } of await readRecords(tx, batch, first, null)) recordHashesBySeq.set(seq, hash);
  }
  const apartBefore = apartBySeq.get(from - 1)?.find(({ kind }) => kind !== 'fork');
  if (from === head.seq + 1 && head.seq > 0 && apartBefore === undefined)
    recordHashesBySeq.set(head.seq, head.hash);
  const broken = apartBefore?.kind === 'broken-link' ? apartBefore.hash : null;
  return {
    recordHashesBySeq,
    apartBySeq,
    before: hashBefore(batch, recordHashesBySeq.get(from - 1) ?? broken, apartBefore !== undefined),
    namedBySeq: await readNamed(tx, batch, freeSeqs(batch, { recordHashesBySeq }), head),
  };
}

const readApart = (tx: Sql, { identity: { site, device, epoch }, to }: JudgedBatch, first: number) =>
  tx<(Row & { kind: ApartKind })[]>`
    SELECT seq, hash, kind FROM quarantine
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} AND seq BETWEEN ${first} AND ${to}`;

function readRecords(
  tx: Sql,
  { identity: { site, device, epoch }, to }: JudgedBatch,
  first: number,
  days: readonly string[] | null,
): Promise<Row[]> {
  return days === null
    ? tx<Row[]>`
        SELECT seq, hash FROM scan
        WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} AND seq BETWEEN ${first} AND ${to}`
    : tx<Row[]>`
        SELECT seq, hash FROM scan WHERE site_id = ${site} AND day = ANY(${textArray(days)}::date[])
        AND device_id = ${device} AND epoch = ${epoch} AND seq BETWEEN ${first} AND ${to}`;
}

async function readNamed(
  tx: Sql,
  { identity: { site, device, epoch }, hashBeforeFirst }: JudgedBatch,
  free: readonly number[],
  head: Head,
): Promise<ReadonlyMap<number, Bytes>> {
  const behind = free.filter((seq) => seq < head.seq).map((seq) => seq + 1);
  const namedBySeq = new Map<number, Bytes>();
  if (behind.length === 0 || hashBeforeFirst === null) return namedBySeq;
  const rows = await tx<{ seq: number; envelope: Bytes }[]>`
    SELECT seq, envelope FROM scan WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch}
    AND seq = ANY(${intArray(behind)}::integer[])`;
  for (const { seq, envelope } of rows) {
    const parsed = parseSealedEnvelope(new Uint8Array(envelope));
    if (parsed.ok) namedBySeq.set(seq - 1, parsed.value.prev);
  }
  return namedBySeq;
}

async function readContradicted(
  tx: Sql,
  { identity: { site, device, epoch } }: JudgedBatch,
  forks: readonly Head[],
): Promise<readonly Bytes[]> {
  if (forks.length === 0) return [];
  const rows = await tx<{ envelope: Bytes }[]>`
    SELECT envelope FROM scan WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch}
    AND seq = ANY(${intArray(forks.map(({ seq }) => seq))}::integer[])`;
  return rows.map(({ envelope }) => new Uint8Array(envelope));
}

async function moveHead(
  tx: Sql,
  batch: JudgedBatch,
  { seq, hash }: Head,
  { shiftSince }: { readonly shiftSince: number | null },
) {
  const { site, device, epoch } = batch.identity;
  const gate = batch.entries.findLast((entry) => entry.kind === 'good' && entry.gate !== null);
  await tx`
    UPDATE device_head SET seq = ${seq}, hash = ${hash}, shift_since = ${shiftSince},
      gate = coalesce(${gate?.kind === 'good' ? gate.gate : null}, gate), seen_at = to_timestamp(${batch.receivedAt})
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch}`;
}
