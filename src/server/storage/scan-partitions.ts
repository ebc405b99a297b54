// All that is said about partitions of `scan` after its creation: not every engine has them. A day without a table of
// its own goes to scan_default; its rows move when the table is made.

import { codeOf, isMadeByAnother } from './sql.ts';
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

function tableOf(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`not a day: ${day}`);
  return `scan_${day.replaceAll('-', '_')}`;
}

function boundsOf(day: string): string {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return `FOR VALUES FROM ('${day}') TO ('${next}')`;
}
