// Trust for as long as a command runs: nothing is kept, so nothing old is ever in the way.

import type { HeldTrust } from '../core/trust/held/held-trust.ts';
import type { TrustStore } from '../core/trust/held/ports.ts';
import type { HeldStatusList } from '../core/trust/status/status-token.ts';
import { createMemoryTufStore } from '../core/trust/tuf/memory-store.ts';

export function createMemoryTrustStore(): TrustStore {
  const lists = new Map<string, HeldStatusList>();
  let held: HeldTrust | null = null;
  return {
    repository: createMemoryTufStore(),
    readTrust: async () => held,
    async writeTrust(next) {
      held = next;
    },
    readLists: async () => lists,
    async writeList(list) {
      lists.set(list.uri, list);
    },
    async removeList(uri) {
      lists.delete(uri);
    },
  };
}
