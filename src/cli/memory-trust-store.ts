// Trust for as long as a command runs: nothing is kept, so nothing old is ever in the way.

import type { Bytes } from '../core/bytes/bytes.ts';
import type { HeldTrust } from '../core/trust/held/held-trust.ts';
import type { TrustStore } from '../core/trust/held/ports.ts';
import type { HeldStatusList } from '../core/trust/status/status-token.ts';
import type { StoredName } from '../core/trust/tuf/ports.ts';

export function createMemoryTrustStore(): TrustStore {
  const files = new Map<StoredName, Bytes>();
  const lists = new Map<string, HeldStatusList>();
  let held: HeldTrust | null = null;
  return {
    repository: {
      read: async (name) => files.get(name) ?? null,
      async write(name, bytes) {
        files.set(name, bytes);
      },
      async remove(name) {
        files.delete(name);
      },
    },
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
