// Who is signed in, by the hash of a random token, and what passkeys are asked to sign.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { Roles, SiteGrant } from '../managers/roles.ts';
import { rolesOf, WHOLE_SERVER } from './manager-store.ts';
import type { SqlPool } from './sql-pool.ts';

/** Times are whole seconds since 1970. */
export interface StoredSession {
  readonly manager: string;
  readonly name: string;
  readonly roles: Roles;
  readonly begunAtSeconds: number;
  readonly usedAtSeconds: number;
}

/** Sessions begun or used before these are over. */
export interface SessionLimits {
  readonly begunAfterSeconds: number;
  readonly usedAfterSeconds: number;
}

export interface SessionStore {
  begin(tokenHash: Bytes, manager: string, nowSeconds: number): Promise<void>;
  find(tokenHash: Bytes, limits: SessionLimits): Promise<StoredSession | null>;
  noteUse(tokenHash: Bytes, nowSeconds: number): Promise<void>;
  end(tokenHash: Bytes): Promise<void>;
  addChallenge(challenge: string, purpose: string, expiresSeconds: number): Promise<void>;
  /** Whether it was asked for that purpose and is not over; it is used up by asking. */
  takeChallenge(challenge: string, purpose: string, nowSeconds: number): Promise<boolean>;
  sweep(limits: SessionLimits, nowSeconds: number): Promise<void>;
}

export const openSessionStore = (pool: SqlPool): SessionStore => ({
  begin: (tokenHash, manager, nowSeconds) =>
    pool.use(async (sql) => {
      await sql`
        INSERT INTO manager_session (site_id, token_hash, manager_id, begun_at, used_at)
        VALUES (${WHOLE_SERVER}, ${tokenHash}, ${manager}, to_timestamp(${nowSeconds}), to_timestamp(${nowSeconds}))`;
    }),
  find: (tokenHash, { begunAfterSeconds, usedAfterSeconds }) =>
    pool.use(async (sql) => {
      type Row = { manager_id: string; name: string; begun_at: Date; used_at: Date };
      type RoleRow = { site: string | null; role: SiteGrant['role'] };
      const rows = await sql<(Row & RoleRow)[]>`
        SELECT s.manager_id, m.name, s.begun_at, s.used_at, r.site_id AS site, r.role
        FROM manager_session s
        JOIN manager m ON m.site_id = s.site_id AND m.manager_id = s.manager_id
        LEFT JOIN manager_role r ON r.manager_id = s.manager_id
        WHERE s.site_id = ${WHOLE_SERVER} AND s.token_hash = ${tokenHash}
          AND s.begun_at > to_timestamp(${begunAfterSeconds}) AND s.used_at > to_timestamp(${usedAfterSeconds})
        ORDER BY r.site_id`;
      const [first] = rows;
      if (first === undefined) return null;
      return {
        manager: first.manager_id,
        name: first.name,
        roles: rolesOf(rows.flatMap(({ site, role }) => (site === null ? [] : [{ site, role }]))),
        begunAtSeconds: Math.floor(first.begun_at.getTime() / 1000),
        usedAtSeconds: Math.floor(first.used_at.getTime() / 1000),
      };
    }),
  noteUse: (tokenHash, nowSeconds) =>
    pool.use(async (sql) => {
      await sql`
        UPDATE manager_session SET used_at = to_timestamp(${nowSeconds})
        WHERE site_id = ${WHOLE_SERVER} AND token_hash = ${tokenHash} AND used_at < to_timestamp(${nowSeconds})`;
    }),
  end: (tokenHash) =>
    pool.use(async (sql) => {
      await sql`DELETE FROM manager_session WHERE site_id = ${WHOLE_SERVER} AND token_hash = ${tokenHash}`;
    }),
  addChallenge: (challenge, purpose, expiresSeconds) =>
    pool.use(async (sql) => {
      await sql`
        INSERT INTO passkey_challenge (site_id, challenge, purpose, expires_at)
        VALUES (${WHOLE_SERVER}, ${challenge}, ${purpose}, to_timestamp(${expiresSeconds}))`;
    }),
  takeChallenge: (challenge, purpose, nowSeconds) =>
    pool.use(async (sql) => {
      const taken = await sql`
        DELETE FROM passkey_challenge
        WHERE site_id = ${WHOLE_SERVER} AND challenge = ${challenge} AND purpose = ${purpose}
          AND expires_at > to_timestamp(${nowSeconds}) RETURNING challenge`;
      return taken.length === 1;
    }),
  sweep: ({ begunAfterSeconds, usedAfterSeconds }, nowSeconds) =>
    pool.use(async (sql) => {
      await sql`
        DELETE FROM manager_session
        WHERE begun_at <= to_timestamp(${begunAfterSeconds}) OR used_at <= to_timestamp(${usedAfterSeconds})`;
      await sql`DELETE FROM passkey_challenge WHERE expires_at <= to_timestamp(${nowSeconds})`;
    }),
});
