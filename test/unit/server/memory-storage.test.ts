// The storage contract on the storage in memory: what the simulator builds on keeps the promises of the real one.

import { storageContract } from '../../contract/storage.contract.ts';
import { emptyTables, openMemoryStorage } from '../../support/memory-storage.ts';

storageContract('the storage in memory', {
  async openEmpty() {
    const tables = emptyTables();
    return { storage: openMemoryStorage(tables), reopen: async () => openMemoryStorage(tables) };
  },
});
