// The store of founded sites: on the embedded PostgreSQL, and the model of it that other tests use.

import { afterAll } from 'vitest';
import { openStores } from '../../../../src/server/storage/stores.ts';
import { siteStoreContract } from '../../../contract/site-store.contract.ts';
import { createMemorySiteStore } from '../../../support/memory-site-store.ts';
import { closeTestCluster, createTestDatabase } from '../../../support/test-database.ts';

const closings: (() => Promise<void>)[] = [];

siteStoreContract('sites on the embedded PostgreSQL', async () => {
  const stores = openStores(await createTestDatabase());
  closings.push(() => stores.close());
  await stores.migrate();
  return stores.sites;
});

siteStoreContract('sites in memory', async () => createMemorySiteStore());

afterAll(async () => {
  for (const close of closings) await close();
  await closeTestCluster();
});
