// Who looked at what: for each person, route and site the first time in each minute. No path, no query, no address.

import { WHOLE_SERVER } from './manager-store.ts';
import type { SqlPool } from './sql-pool.ts';

export interface AccessLine {
  /** Whole minutes since 1970. */
  readonly minute: number;
  /** Null for a route of no site. */
  readonly site: string | null;
  readonly manager: string;
  readonly method: string;
  /** As in the route table. */
  readonly route: string;
}

export interface AccessStore {
  /** The same line twice is one line. */
  note(line: AccessLine): Promise<void>;
  /** The newest first; those before a minute, of all sites or of one. */
  read(question: AccessQuestion): Promise<readonly AccessLine[]>;
  /** Drops what is from before that minute. */
  sweep(beforeMinute: number): Promise<void>;
}

export interface AccessQuestion {
  readonly site: string | null;
  readonly beforeMinute: number;
  readonly most: number;
}

export const openAccessStore = (pool: SqlPool): AccessStore => ({
  note: ({ minute, site, manager, method, route }) =>
    pool.use(async (sql) => {
      await sql`
        INSERT INTO access_line (site_id, minute, manager_id, method, route)
        VALUES (${site ?? WHOLE_SERVER}, to_timestamp(${minute * 60}), ${manager}, ${method}, ${route})
        ON CONFLICT DO NOTHING`;
    }),
  read: ({ site, beforeMinute, most }) =>
    pool.use(async (sql) => {
      type Row = { site_id: string; minute: Date; manager_id: string; method: string; route: string };
      const rows = await sql<Row[]>`
        SELECT * FROM access_line
        WHERE minute < to_timestamp(${beforeMinute * 60}) AND (${site}::text IS NULL OR site_id = ${site})
        ORDER BY minute DESC, manager_id, site_id, route, method LIMIT ${most}`;
      return rows.map(({ site_id, minute, manager_id, method, route }) => ({
        minute: Math.floor(minute.getTime() / 60_000),
        site: site_id === WHOLE_SERVER ? null : site_id,
        manager: manager_id,
        method,
        route,
      }));
    }),
  sweep: (beforeMinute) =>
    pool.use(async (sql) => {
      await sql`DELETE FROM access_line WHERE minute < to_timestamp(${beforeMinute * 60})`;
    }),
});
