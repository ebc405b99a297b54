// Compares what was promised with what the server holds: every promised record exactly once, under its own hash.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { Sql } from '../../src/server/storage/sql.ts';
import type { OpenRecord } from '../support/day-keys-at-hand.ts';

/** A record by its place in a tablet's log and the SHA-256 of its envelope, in hexadecimal. */
export interface Promised {
  /** 'device/epoch/seq'. */
  readonly name: string;
  readonly hash: string;
}

export interface StoredRow extends Promised {
  readonly table: 'scan' | 'quarantine';
}

export interface Tally {
  readonly stored: number;
  readonly lost: readonly string[];
  /** Names that are there more than once: another day, another hash, or also in quarantine. */
  readonly duplicates: readonly string[];
  /** On the server without a promise. */
  readonly extra: readonly string[];
}

export const nameOf = (device: string, epoch: number, seq: number): string => `${device}/${epoch}/${seq}`;

export function tally(promised: readonly Promised[], rows: readonly StoredRow[]): Tally {
  const hashesByName = new Map<string, string[]>();
  for (const { name, hash } of rows) {
    const hashes = hashesByName.get(name);
    if (hashes === undefined) hashesByName.set(name, [hash]);
    else hashes.push(hash);
  }
  const names = new Set(promised.map(({ name }) => name));
  return {
    stored: rows.length,
    lost: promised
      .filter(({ name, hash }) => hashesByName.get(name)?.includes(hash) !== true)
      .map(({ name }) => name),
    duplicates: [...hashesByName].filter(([, hashes]) => hashes.length > 1).map(([name]) => name),
    extra: [...hashesByName.keys()].filter((name) => !names.has(name)),
  };
}

interface Row {
  readonly device_id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: Uint8Array;
}

export interface Holdings {
  readonly rows: readonly StoredRow[];
  /** Records of `scan` that are scans: what the hourly counts count. */
  readonly scans: number;
  /** Names of records of `scan` that the server's day keys do not open. */
  readonly unopened: readonly string[];
  /** What the hourly counts add up to. */
  readonly counted: number;
  readonly alarms: number;
}

export async function readHoldings(sql: Sql, open: OpenRecord): Promise<Holdings> {
  const scans = await sql<(Row & { readonly envelope: Bytes })[]>`
    SELECT device_id, epoch, seq, hash, envelope FROM scan`;
  const apart = await sql<Row[]>`SELECT device_id, epoch, seq, hash FROM quarantine`;
  const [sums] = await sql<{ counted: number; alarms: number }[]>`
    SELECT (SELECT coalesce(sum(count), 0)::integer FROM hourly) AS counted, (SELECT count(*)::integer FROM alarm) AS alarms`;
  const toRow =
    (table: StoredRow['table']) =>
    ({ device_id, epoch, seq, hash }: Row): StoredRow => ({
      name: nameOf(device_id, epoch, seq),
      hash: encodeHex(hash),
      table,
    });
  const opened = scans.map((row) => ({ row, record: open(row.envelope.slice()) }));
  return {
    rows: [...scans.map(toRow('scan')), ...apart.map(toRow('quarantine'))],
    scans: opened.filter(({ record }) => record.ok && record.value.kind === 'scan').length,
    unopened: opened.filter(({ record }) => !record.ok).map(({ row }) => toRow('scan')(row).name),
    counted: sums?.counted ?? 0,
    alarms: sums?.alarms ?? 0,
  };
}

/** What must hold of the server's tables by themselves. */
export function faultsOf({ rows, scans, unopened, counted, alarms }: Holdings): readonly string[] {
  const apart = rows.filter(({ table }) => table === 'quarantine').length;
  const gaps = gapsIn(rows);
  return [
    ...(counted === scans ? [] : [`the hourly counts add up to ${counted}, and there are ${scans} scans`]),
    ...(unopened.length === 0 ? [] : [`${unopened.length} records do not open, the first is ${unopened[0]}`]),
    ...(gaps.length === 0 ? [] : [`${gaps.length} numbers are missing, the first is ${gaps[0]}`]),
    ...(apart === 0 ? [] : [`${apart} records are in quarantine`]),
    ...(alarms === 0 ? [] : [`${alarms} alarms were raised`]),
  ];
}

/** Numbers that are skipped: a tablet's log counts from 1 without a gap. */
function gapsIn(rows: readonly StoredRow[]): readonly string[] {
  const seqsByRun = new Map<string, Set<number>>();
  for (const { name } of rows) {
    const at = name.lastIndexOf('/');
    const run = name.slice(0, at);
    const seqs = seqsByRun.get(run) ?? new Set();
    seqsByRun.set(run, seqs.add(Number(name.slice(at + 1))));
  }
  return [...seqsByRun].flatMap(([run, seqs]) => {
    const last = [...seqs].reduce((most, seq) => Math.max(most, seq), 0);
    return Array.from({ length: last }, (_, at) => at + 1)
      .filter((seq) => !seqs.has(seq))
      .map((seq) => `${run}/${seq}`);
  });
}
