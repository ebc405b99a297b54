// The store of founded sites in memory: the same promises as on PostgreSQL (test/contract/site-store.contract.ts).

import type { SiteStore, StoredSite } from '../../src/server/storage/site-store.ts';

export function createMemorySiteStore(): SiteStore & { readonly sitesById: Map<string, StoredSite> } {
  const sitesById = new Map<string, StoredSite>();
  return {
    sitesById,
    heads: async () =>
      [...sitesById.values()]
        .map(({ id, revision }) => ({ id, revision }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    find: async (id) => sitesById.get(id) ?? null,
    async add(site) {
      if (sitesById.has(site.id)) return false;
      sitesById.set(site.id, { ...site, revision: 1 });
      return true;
    },
    async replace(site) {
      if (sitesById.get(site.id)?.revision !== site.revision) return false;
      sitesById.set(site.id, { ...site, revision: site.revision + 1 });
      return true;
    },
  };
}
