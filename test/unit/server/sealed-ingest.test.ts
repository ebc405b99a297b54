// Sealed batches over the storage in memory and over the embedded PostgreSQL.

import { afterAll } from 'vitest';
import { openPostgresStorage } from '../../../src/server/storage/postgres-storage.ts';
import { openSqlPool } from '../../../src/server/storage/sql-pool.ts';
import { sealedIngestContract } from '../../contract/sealed-ingest.contract.ts';
import { emptyTables, openMemoryStorage } from '../../support/memory-storage.ts';
import { closeTestCluster, createTestDatabase } from '../../support/test-database.ts';

sealedIngestContract('sealed batches in memory', {
  async openEmpty() {
    const tables = emptyTables();
    return { storage: openMemoryStorage(tables), reopen: async () => openMemoryStorage(tables) };
  },
});

sealedIngestContract('sealed batches on the embedded PostgreSQL', {
  async openEmpty() {
    const target = await createTestDatabase();
    const open = () => openPostgresStorage(openSqlPool(target));
    return { storage: open(), reopen: async () => open() };
  },
});

afterAll(closeTestCluster);
