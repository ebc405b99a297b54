// All that is said about partitions of `scan` after its creation: not every engine has them. A day without a table of
// its own goes to scan_default; its rows move when the table is made.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { DroppedRun } from '../../core/log/sealed/dropped-days.ts';
import { parseSealedEnvelope } from '../../core/log/sealed/envelope.ts';
import { codeOf, isMadeByAnother, type Sql } from './sql.ts';
import type { SqlPool } from './sql-pool.ts';

/** PostgreSQL: the default table holds rows of that day. */
const CHECK_VIOLATION = '23514';

/** Makes the tables of these days ('YYYY-MM-DD') where they are missing. */
export async function makeDayTables(pool: SqlPool, days: readonly string[]): Promise<void> {
  const tables = await pool.use(
    (sql) => sql<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'scan'::regclass`,
  );
  for (const day of days) {
    if (!tables.some(({ name }) => name === tableOf(day))) await makeDayTable(pool, day);
  }
}

async function makeDayTable(pool: SqlPool, day: string): Promise<void> {
  try {
    await createEmpty(pool, day).catch((error: unknown) => {
      if (codeOf(error) !== CHECK_VIOLATION) throw error;
      return moveOutOfDefault(pool, day);
    });
  } catch (error) {
    if (!isMadeByAnother(error)) throw error;
  }
}

const createEmpty = (pool: SqlPool, day: string) =>
  pool.use((sql) =>
    sql.unsafe(`CREATE TABLE IF NOT EXISTS ${tableOf(day)} PARTITION OF scan ${boundsOf(day)}`),
  );

async function moveOutOfDefault(pool: SqlPool, day: string) {
  const table = tableOf(day);
  await pool.transaction(async (tx) => {
    await tx.unsafe(`CREATE TABLE ${table} (LIKE scan INCLUDING ALL)`);
    await tx.unsafe(
      `WITH moved AS (DELETE FROM scan_default WHERE day = '${day}' RETURNING *) INSERT INTO ${table} SELECT * FROM moved`,
    );
    await tx.unsafe(`ALTER TABLE scan ATTACH PARTITION ${table} ${boundsOf(day)}`);
  });
}

/** Also of those that lie in the default table. */
export async function listDays(sql: Sql): Promise<readonly string[]> {
  const tables = await sql<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'scan'::regclass`;
  const inDefault = await sql<{ day: string }[]>`SELECT DISTINCT day::text AS day FROM scan_default`;
  const own = tables.flatMap(({ name }) => {
    const [, year, month, day] = /^scan_(\d{4})_(\d{2})_(\d{2})$/.exec(name) ?? [];
    return year === undefined ? [] : [`${year}-${month}-${day}`];
  });
  return [...new Set([...own, ...inDefault.map(({ day }) => day)])].sort();
}

/** The words on what goes are written in the transaction in which it goes. */
export async function dropDay(
  pool: SqlPool,
  day: string,
  sign: (run: DroppedRun) => Promise<Bytes>,
): Promise<void> {
  await pool.transaction(async (tx) => {
    for (const run of await readRuns(tx, day)) {
      const { site, device, epoch, from, to } = run;
      await tx`
        INSERT INTO dropped (site_id, device_id, epoch, first_seq, last_seq, statement)
        VALUES (${site}, ${device}, ${epoch}, ${from}, ${to}, ${await sign(run)}) ON CONFLICT DO NOTHING`;
    }
    await tx.unsafe(`DROP TABLE IF EXISTS ${tableOf(day)}`);
    await tx`DELETE FROM scan_default WHERE day = ${day}::date`;
  });
}

interface RunRow {
  readonly site: string;
  readonly device: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly first: Bytes;
  readonly head: Bytes;
}

/** Numbers without a hole, of each tablet. What is no sealed record needs no word: no chain goes through it. */
async function readRuns(tx: Sql, day: string): Promise<readonly DroppedRun[]> {
  const rows = await tx<RunRow[]>`
    SELECT r.*, f.envelope AS first, l.hash AS head FROM (
      SELECT site_id AS site, device_id AS device, epoch, min(seq) AS "from", max(seq) AS "to" FROM (
        SELECT site_id, device_id, epoch, seq,
          seq - row_number() OVER (PARTITION BY site_id, device_id, epoch ORDER BY seq) AS island
        FROM scan WHERE day = ${day}::date
      ) s GROUP BY site_id, device_id, epoch, island
    ) r
    JOIN scan f ON f.site_id = r.site AND f.day = ${day}::date AND f.device_id = r.device AND f.epoch = r.epoch AND f.seq = r."from"
    JOIN scan l ON l.site_id = r.site AND l.day = ${day}::date AND l.device_id = r.device AND l.epoch = r.epoch AND l.seq = r."to"`;
  return rows.flatMap(({ first, head, ...run }) => {
    const parsed = parseSealedEnvelope(new Uint8Array(first));
    return parsed.ok ? [{ ...run, day, prev: parsed.value.prev, head: new Uint8Array(head) }] : [];
  });
}

function tableOf(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`not a day: ${day}`);
  return `scan_${day.replaceAll('-', '_')}`;
}

function boundsOf(day: string): string {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return `FOR VALUES FROM ('${day}') TO ('${next}')`;
}
