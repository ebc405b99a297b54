// The storage contract on the embedded PostgreSQL, and on any other that TEST_DATABASE_URL names.

import { afterAll, describe, it } from 'vitest';
import { openPostgresStorage } from '../../../src/server/storage/postgres-storage.ts';
import type { SqlTarget } from '../../../src/server/storage/sql.ts';
import { openSqlPool } from '../../../src/server/storage/sql-pool.ts';
import { storageContract } from '../../contract/storage.contract.ts';
import { closeTestCluster, createDatabaseIn, createTestDatabase } from '../../support/test-database.ts';

const on = (createDatabase: () => Promise<SqlTarget>) => ({
  async openEmpty() {
    const target = await createDatabase();
    const open = () => openPostgresStorage(openSqlPool(target));
    return { storage: open(), reopen: async () => open() };
  },
});

storageContract('the storage on the embedded PostgreSQL', on(createTestDatabase));

const url = process.env.TEST_DATABASE_URL;
if (url === undefined) {
  describe('the storage on another PostgreSQL', () => {
    it.skip('skipped: TEST_DATABASE_URL names none');
  });
} else {
  storageContract(
    'the storage on the PostgreSQL of TEST_DATABASE_URL',
    on(() => createDatabaseIn({ url })),
  );
}

afterAll(closeTestCluster);
