// The sites that this server founded, with their settings. Whoever changes one says which revision they changed: of two
// at once the second is told, and nothing is overwritten unseen.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { SqlPool } from './sql-pool.ts';

export interface SiteHead {
  readonly id: string;
  /** 1, and one more with each change. */
  readonly revision: number;
}

export interface StoredSite extends SiteHead {
  /** The settings as a manager chose them, JSON. */
  readonly edited: Bytes;
  /** The same as they were signed for tablets. */
  readonly signed: Bytes;
}

export interface SiteStore {
  /** Ordered by id. */
  heads(): Promise<readonly SiteHead[]>;
  find(id: string): Promise<StoredSite | null>;
  /** At revision 1. False: there is one of that id. */
  add(site: Omit<StoredSite, 'revision'>): Promise<boolean>;
  /** To the revision after the one that the site is said to have. False: it is no longer at that. */
  replace(site: StoredSite): Promise<boolean>;
}

export const openSiteStore = (pool: SqlPool): SiteStore => ({
  heads: () =>
    pool.use(async (sql) => {
      const rows = await sql<SiteHead[]>`SELECT site_id AS id, revision FROM site ORDER BY site_id`;
      return rows.map(({ id, revision }) => ({ id, revision }));
    }),
  find: (id) =>
    pool.use(async (sql) => {
      const [row] = await sql<StoredSite[]>`
        SELECT site_id AS id, revision, edited, signed FROM site WHERE site_id = ${id}`;
      if (row === undefined) return null;
      const { revision, edited, signed } = row;
      return { id, revision, edited: new Uint8Array(edited), signed: new Uint8Array(signed) };
    }),
  add: ({ id, edited, signed }) =>
    pool.transaction(async (tx) => {
      const rows = await tx`
        INSERT INTO site (site_id, edited, signed, revision) VALUES (${id}, ${edited}, ${signed}, 1)
        ON CONFLICT DO NOTHING RETURNING site_id`;
      return rows.length === 1;
    }),
  replace: ({ id, edited, signed, revision }) =>
    pool.transaction(async (tx) => {
      const rows = await tx`
        UPDATE site SET edited = ${edited}, signed = ${signed}, revision = revision + 1
        WHERE site_id = ${id} AND revision = ${revision} RETURNING site_id`;
      return rows.length === 1;
    }),
});
