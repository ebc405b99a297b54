// The storage on PostgreSQL and what speaks like it: no sequences, triggers, advisory locks or LISTEN/NOTIFY.

import { dropFacts } from './drop-facts.ts';
import { migrate } from './migrations.ts';
import type { Storage } from './port.ts';
import { readDay } from './read-day.ts';
import { listLogs, readForks, readLog, readWords } from './read-log.ts';
import { dropDay, listDays, makeDayTables } from './scan-partitions.ts';
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
    listLogs: (site) => pool.use((sql) => listLogs(sql, site)),
    readLog: (identity, after, limit) => pool.use((sql) => readLog(sql, identity, after, limit)),
    readForks: (identity) => pool.use((sql) => readForks(sql, identity)),
    readWords: (identity) => pool.use((sql) => readWords(sql, identity)),
    listDays: () => pool.use(listDays),
    dropDay: (day, sign) => dropDay(pool, day, sign),
    dropFacts: (site, before) => pool.transaction((tx) => dropFacts(tx, site, before)),
    ping: () => pool.use(async (sql) => void (await sql`SELECT 1`)),
    close: () => pool.close(),
  };
}
