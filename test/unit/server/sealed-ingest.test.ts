// Sealed batches, and the log they make, over the storage in memory and over the embedded PostgreSQL.

import { afterAll } from 'vitest';
import { openPostgresStorage } from '../../../src/server/storage/postgres-storage.ts';
import { openSqlPool } from '../../../src/server/storage/sql-pool.ts';
import { logAuditContract } from '../../contract/log-audit.contract.ts';
import { sealedIngestContract } from '../../contract/sealed-ingest.contract.ts';
import { sightingsContract } from '../../contract/sightings.contract.ts';
import { emptyTables, openMemoryStorage } from '../../support/memory-storage.ts';
import { closeTestCluster, createTestDatabase } from '../../support/test-database.ts';

const inMemory = {
  async openEmpty() {
    const tables = emptyTables();
    return { storage: openMemoryStorage(tables), reopen: async () => openMemoryStorage(tables) };
  },
};
const onPostgres = {
  async openEmpty() {
    const target = await createTestDatabase();
    const open = () => openPostgresStorage(openSqlPool(target));
    return { storage: open(), reopen: async () => open() };
  },
};

sealedIngestContract('sealed batches in memory', inMemory);
sealedIngestContract('sealed batches on the embedded PostgreSQL', onPostgres);
sightingsContract('sightings in memory', inMemory);
sightingsContract('sightings on the embedded PostgreSQL', onPostgres);
logAuditContract('the log of the storage in memory', inMemory);
logAuditContract('the log of the embedded PostgreSQL', onPostgres);

afterAll(closeTestCluster);
