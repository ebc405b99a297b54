// Numbered migrations, each in a transaction with its line in the table `migration`. That line is the lock: of two
// programs that start at once, the second waits for the first one's line and then finds the work done.

import { FIRST_TABLES } from './migrations/0001-first-tables.ts';
import { SCAN_BY_DAY } from './migrations/0002-scan-by-day.ts';
import { DEVICES } from './migrations/0003-devices.ts';
import { MANAGERS } from './migrations/0004-managers.ts';
import { ENROLMENTS } from './migrations/0005-enrolments.ts';
import { SITES } from './migrations/0006-sites.ts';
import { SEALED_LOG } from './migrations/0007-sealed-log.ts';
import { DROPPED_DAYS } from './migrations/0008-dropped-days.ts';
import { LOST_DEVICES } from './migrations/0009-lost-devices.ts';
import { isMadeByAnother } from './sql.ts';
import type { SqlPool } from './sql-pool.ts';

const MIGRATIONS = [
  { number: 1, name: 'first-tables', text: FIRST_TABLES },
  { number: 2, name: 'scan-by-day', text: SCAN_BY_DAY },
  { number: 3, name: 'devices', text: DEVICES },
  { number: 4, name: 'managers', text: MANAGERS },
  { number: 5, name: 'enrolments', text: ENROLMENTS },
  { number: 6, name: 'sites', text: SITES },
  { number: 7, name: 'sealed-log', text: SEALED_LOG },
  { number: 8, name: 'dropped-days', text: DROPPED_DAYS },
  { number: 9, name: 'lost-devices', text: LOST_DEVICES },
] as const;

/** Throws when the database was made by a newer program: it must not be written by this one. */
export async function migrate(pool: SqlPool): Promise<void> {
  await makeMigrationTable(pool);
  const applied = await pool.use(
    (sql) => sql<{ number: number }[]>`SELECT number FROM migration ORDER BY number`,
  );
  const newest = applied.at(-1)?.number ?? 0;
  if (newest > MIGRATIONS.length) {
    throw new Error(
      `this database is at version ${newest} and this program knows versions up to ${MIGRATIONS.length}: use the newer program`,
    );
  }
  for (const migration of MIGRATIONS) {
    if (!applied.some(({ number }) => number === migration.number)) await apply(pool, migration);
  }
}

async function apply(pool: SqlPool, { number, name, text }: (typeof MIGRATIONS)[number]): Promise<void> {
  await pool.transaction(async (tx) => {
    const ours =
      await tx`INSERT INTO migration (number, name) VALUES (${number}, ${name}) ON CONFLICT DO NOTHING RETURNING number`;
    if (ours.length === 1) await tx.unsafe(text);
  });
}

async function makeMigrationTable(pool: SqlPool): Promise<void> {
  try {
    await pool.use(
      (sql) => sql`CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL)`,
    );
  } catch (error) {
    if (!isMadeByAnother(error)) throw error;
  }
}
