// The pseudonyms of current days: what was seen where, for the site's other tablets and for duplicates across gates.

import { randomUUID } from 'node:crypto';
import type { Bytes } from '../../core/bytes/bytes.ts';
import type { GoodEntry, JudgedBatch, Sighting, SightingsQuestion, StoredSighting } from './port.ts';
import type { Sql } from './sql.ts';
import { bytesArray, intArray, textArray } from './sql-array.ts';

/** More pairs than this of one scan tell a manager nothing more. */
export const MAX_PAIRS_OF_A_SCAN = 8;

/** Of these new records, with the duplicates that they bring to light. */
export async function addSightings(tx: Sql, batch: JudgedBatch, added: readonly GoodEntry[]): Promise<void> {
  const seen = added.flatMap(({ seq, day, gate, sighting }) =>
    sighting === null || gate === null ? [] : [{ seq, day, gate, ...sighting }],
  );
  if (seen.length === 0) return;
  const { site, device, epoch } = batch.identity;
  await tx`INSERT INTO site_turn (site_id) VALUES (${site}) ON CONFLICT DO NOTHING`;
  await tx`SELECT site_id FROM site_turn WHERE site_id = ${site} FOR UPDATE`;
  await tx`
    INSERT INTO sighting (site_id, day, pseudonym, device_id, epoch, seq, minute, gate, direction, received_at)
    SELECT ${site}, n.day, n.pseudonym, ${device}, ${epoch}::integer, n.seq, n.minute, n.gate, n.direction, ${batch.receivedAt}::bigint
    FROM unnest(
      ${textArray(seen.map(({ day }) => day))}::date[],
      ${bytesArray(seen.map(({ pseudonym }) => pseudonym))}::bytea[],
      ${intArray(seen.map(({ seq }) => seq))}::integer[],
      ${intArray(seen.map(({ minute }) => minute))}::bigint[],
      ${textArray(seen.map(({ gate }) => gate))}::text[],
      ${textArray(seen.map(({ direction }) => direction))}::text[]
    ) AS n (day, pseudonym, seq, minute, gate, direction)
    ON CONFLICT DO NOTHING`;
  if (batch.seenBeforeMinutes > 0) await addDuplicates(tx, batch, seen);
}

interface Seen extends Sighting {
  readonly day: string;
  readonly gate: string;
}

interface Pair {
  readonly day: string;
  readonly minute: number;
  readonly gate: string;
  readonly otherMinute: number;
  readonly otherGate: string;
  readonly direction: string;
}

/** Pairs of one of these scans and one of another tablet; of each, the later one is the duplicate. */
async function addDuplicates(tx: Sql, batch: JudgedBatch, seen: readonly Seen[]): Promise<void> {
  const { site, device } = batch.identity;
  const pairs = await tx<Pair[]>`
    SELECT n.day::text AS day, n.direction,
      greatest(n.minute, o.minute)::double precision AS minute,
      least(n.minute, o.minute)::double precision AS "otherMinute",
      CASE WHEN n.minute >= o.minute THEN n.gate ELSE o.gate END AS gate,
      CASE WHEN n.minute >= o.minute THEN o.gate ELSE n.gate END AS "otherGate"
    FROM unnest(
      ${textArray(seen.map(({ day }) => day))}::date[],
      ${bytesArray(seen.map(({ pseudonym }) => pseudonym))}::bytea[],
      ${intArray(seen.map(({ minute }) => minute))}::bigint[],
      ${textArray(seen.map(({ gate }) => gate))}::text[],
      ${textArray(seen.map(({ direction }) => direction))}::text[]
    ) AS n (day, pseudonym, minute, gate, direction)
    CROSS JOIN LATERAL (
      SELECT s.minute, s.gate FROM sighting s
      WHERE s.site_id = ${site} AND s.day = n.day AND s.pseudonym = n.pseudonym AND s.direction = n.direction
        AND s.device_id <> ${device} AND abs(s.minute - n.minute) <= ${batch.seenBeforeMinutes}::bigint
      ORDER BY abs(s.minute - n.minute), s.device_id, s.epoch, s.seq LIMIT ${MAX_PAIRS_OF_A_SCAN}
    ) o`;
  if (pairs.length === 0) return;
  await tx`
    INSERT INTO duplicate (site_id, day, id, minute, gate, other_minute, other_gate, direction)
    SELECT ${site}, p.day, p.id, p.minute, p.gate, p.other_minute, p.other_gate, p.direction
    FROM unnest(
      ${textArray(pairs.map(({ day }) => day))}::date[],
      ${textArray(pairs.map(() => randomUUID()))}::uuid[],
      ${intArray(pairs.map(({ minute }) => minute))}::bigint[],
      ${textArray(pairs.map(({ gate }) => gate))}::text[],
      ${intArray(pairs.map(({ otherMinute }) => otherMinute))}::bigint[],
      ${textArray(pairs.map(({ otherGate }) => otherGate))}::text[],
      ${textArray(pairs.map(({ direction }) => direction))}::text[]
    ) AS p (day, id, minute, gate, other_minute, other_gate, direction)`;
}

/** In order of arrival; those of one second in one order that stays. */
export async function readSightings(
  sql: Sql,
  { site, days, after, limit }: SightingsQuestion,
): Promise<readonly StoredSighting[]> {
  type Row = {
    day: string;
    pseudonym: Bytes;
    minute: number;
    gate: string;
    direction: StoredSighting['direction'];
    received: number;
    device: string;
    epoch: number;
    seq: number;
  };
  const rows = await sql<Row[]>`
    SELECT day::text AS day, pseudonym, minute::double precision AS minute, gate, direction,
      received_at::double precision AS received, device_id AS device, epoch, seq
    FROM sighting
    WHERE site_id = ${site} AND day = ANY(${textArray(days)}::date[])
      AND (received_at, device_id, epoch, seq) > (${after.receivedAt}::bigint, ${after.device}::text, ${after.epoch}::integer, ${after.seq}::integer)
    ORDER BY received_at, device_id, epoch, seq LIMIT ${limit}`;
  return rows.map(({ received, device, epoch, seq, ...seen }) => ({
    ...seen,
    pseudonym: new Uint8Array(seen.pseudonym),
    place: { receivedAt: received, device, epoch, seq },
  }));
}

/** All of the site's but those of these days. */
export async function dropSightings(sql: Sql, site: string, daysKept: readonly string[]): Promise<void> {
  await sql`DELETE FROM sighting WHERE site_id = ${site} AND NOT (day = ANY(${textArray(daysKept)}::date[]))`;
}
