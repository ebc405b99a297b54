// The storage on PostgreSQL and what speaks like it: no sequences, triggers, advisory locks or LISTEN/NOTIFY.

import { migrate } from './migrations.ts';
import type { Storage } from './port.ts';
import { readDay } from './read-day.ts';
import { makeDayTables } from './scan-partitions.ts';
import { dropSightings, readSightings } from './sightings.ts';
import type { SqlPool } from './sql-pool.ts';
import { takeBatch } from './take-batch.ts';

/** Closing it closes the pool. */
export function openPostgresStorage(pool: SqlPool): Storage {
  return {
    migrate: () => migrate(pool),
    prepareDays: (days) => makeDayTables(pool, days),
    takeBatch: (batch) => takeBatch(pool, batch),
    readDay: (question) => pool.use((sql) => readDay(sql, question)),
    readSightings: (question) => pool.use((sql) => readSightings(sql, question)),
    dropSightings: (site, days) => pool.use((sql) => dropSightings(sql, site, days)),
    ping: () => pool.use(async (sql) => void (await sql`SELECT 1`)),
    close: () => pool.close(),
  };
}
