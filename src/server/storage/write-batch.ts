// What a settled batch writes, table by table, each in one statement.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { LogAlarmKind } from '../../core/log/day-report.ts';
import type { Head } from '../../core/log/envelope.ts';
import type { SessionMisuse } from '../../core/log/sealed/session-use.ts';
import type { GoodEntry, JudgedBatch } from './port.ts';
import { brokenLinksOf, countsOf, forksOf, type Settlement, talliesOf } from './settle-batch.ts';
import type { Sql } from './sql.ts';
import { bytesArray, intArray, textArray } from './sql-array.ts';

/** Those that were really inserted. */
export async function addRecords(
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

export async function putApart(
  tx: Sql,
  { identity: { site, device, epoch }, receivedAt }: JudgedBatch,
  settlement: Settlement,
): Promise<void> {
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

export interface AlarmCauses {
  readonly settlement: Settlement;
  readonly misuses: readonly SessionMisuse[];
  /** Numbers before the batch that are not here, both ends included. */
  readonly missing: { readonly from: number; readonly to: number } | null;
}

interface Alarm {
  readonly kind: LogAlarmKind;
  readonly from: number;
  readonly to: number;
  readonly hash: Bytes;
}

export async function raiseAlarms(
  tx: Sql,
  { identity: { site, device, epoch }, shown, receivedAt }: JudgedBatch,
  { settlement, misuses, missing }: AlarmCauses,
): Promise<void> {
  const alarms: readonly Alarm[] = [
    ...gapsOf(missing, shown?.seq ?? 0),
    ...forksOf(settlement).map(alarmOf('fork')),
    ...brokenLinksOf(settlement).map(alarmOf('broken-link')),
    ...misuses.map(({ seq, reason }) => alarmOf(reason)({ seq, hash: new Uint8Array() })),
  ];
  if (alarms.length === 0) return;
  await tx`
    INSERT INTO alarm (site_id, device_id, epoch, kind, first_seq, last_seq, hash, raised_at)
    SELECT ${site}, ${device}, ${epoch}::integer, r.kind, r.first, r.last, r.hash, to_timestamp(${receivedAt})
    FROM unnest(
      ${textArray(alarms.map(({ kind }) => kind))}::text[],
      ${intArray(alarms.map(({ from }) => from))}::integer[],
      ${intArray(alarms.map(({ to }) => to))}::integer[],
      ${bytesArray(alarms.map(({ hash }) => hash))}::bytea[]
    ) AS r (kind, first, last, hash)
    ON CONFLICT DO NOTHING`;
}

/** 'gap': we gave a receipt and have lost it since. 'hole': it never came, and the tablet no longer has it. */
export function gapsOf(
  missing: AlarmCauses['missing'],
  receiptedUpTo: number,
): readonly (Alarm & { readonly kind: 'gap' | 'hole' })[] {
  if (missing === null) return [];
  const { from, to } = missing;
  const hash = new Uint8Array();
  const lostHere = Math.min(to, receiptedUpTo);
  return [
    ...(lostHere >= from ? [{ kind: 'gap' as const, from, to: lostHere, hash }] : []),
    ...(lostHere < to ? [{ kind: 'hole' as const, from: Math.max(from, lostHere + 1), to, hash }] : []),
  ];
}

const alarmOf =
  (kind: LogAlarmKind) =>
  ({ seq, hash }: Head): Alarm => ({ kind, from: seq, to: seq, hash });

export async function countScans(tx: Sql, site: string, added: readonly GoodEntry[]): Promise<void> {
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

export async function addTallies(tx: Sql, site: string, added: readonly GoodEntry[]): Promise<void> {
  const lines = talliesOf(added);
  if (lines.length === 0) return;
  await tx`
    INSERT INTO tally (site_id, day, kind, what, count)
    SELECT ${site}, t.day, t.kind, t.what, t.count
    FROM unnest(
      ${textArray(lines.map(({ day }) => day))}::date[],
      ${textArray(lines.map(({ tally }) => tally.kind))}::text[],
      ${textArray(lines.map(({ tally }) => tally.what))}::text[],
      ${intArray(lines.map(({ count }) => count))}::integer[]
    ) AS t (day, kind, what, count)
    ON CONFLICT (site_id, day, kind, what) DO UPDATE SET count = tally.count + excluded.count`;
}

/** The first receipt for a batch is kept; one that is sent again adds nothing. */
export async function keepWords(
  tx: Sql,
  { identity: { site, device, epoch }, from, to, words, receivedAt }: JudgedBatch,
  receipt: Bytes,
  isBehindGap: boolean,
): Promise<void> {
  if (words === null) return;
  const { signed, envelopesHash, shownReceipt } = words;
  const keep = (at: number, hash: Bytes, head: Bytes, given: Bytes) => tx`
    INSERT INTO batch (site_id, device_id, epoch, from_seq, to_seq, envelopes_hash, signed, receipt, received_at)
    VALUES (${site}, ${device}, ${epoch}, ${at}, ${to}, ${hash}, ${head}, ${given}, to_timestamp(${receivedAt}))
    ON CONFLICT DO NOTHING`;
  await keep(from, envelopesHash, signed, receipt);
  if (isBehindGap && shownReceipt !== null) await keep(0, envelopesHash, new Uint8Array(), shownReceipt);
}
