// The managers: who they are, how they prove it, what they may, and the links by which they join.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { parseRoles, type Roles, type SiteGrant } from '../managers/roles.ts';
import type { Sql } from './sql.ts';
import { textArray } from './sql-array.ts';
import type { SqlPool } from './sql-pool.ts';

/** Whose rows belong to no site. No site can be called so. */
export const WHOLE_SERVER = '*';

/** Times are whole seconds since 1970. */
export interface StoredManager {
  readonly manager: string;
  readonly name: string;
  readonly roles: Roles;
  readonly hasPassword: boolean;
  readonly passkeys: number;
  readonly joinedAtSeconds: number;
}

export interface StoredPasskey {
  readonly credential: string;
  readonly publicKey: Bytes;
  readonly counter: number;
  readonly transports: readonly string[];
}

export interface Invitation {
  readonly tokenHash: Bytes;
  readonly roles: Roles;
  /** Given: this manager chooses a password or passkey anew. */
  readonly manager: string | null;
  readonly expiresSeconds: number;
}

export interface Joining {
  /** Taken for somebody new; an invitation of somebody known keeps its own. */
  readonly manager: string;
  readonly name: string;
  /** A PHC string. */
  readonly password: string | null;
  readonly passkey: StoredPasskey | null;
}

export type JoinRefusal = 'invitation-over' | 'name-taken';
export type ChangeRefusal = 'unknown-manager' | 'last-owner';

export interface ManagerStore {
  hasOwner(): Promise<boolean>;
  list(): Promise<readonly StoredManager[]>;
  find(manager: string): Promise<StoredManager | null>;
  findByName(name: string): Promise<{ readonly manager: string; readonly password: string | null } | null>;
  findPasskey(
    credential: string,
  ): Promise<{ readonly manager: string; readonly passkey: StoredPasskey } | null>;
  /** Only forwards. */
  notePasskeyUse(credential: string, counter: number): Promise<void>;
  invite(invitation: Invitation): Promise<void>;
  /** Takes back those for a first owner. */
  dropFirstInvitations(): Promise<void>;
  findInvitation(tokenHash: Bytes, nowSeconds: number): Promise<Invitation | null>;
  /** Uses an invitation up, or changes nothing. Gives who joined. */
  join(
    tokenHash: Bytes,
    joining: Joining,
    nowSeconds: number,
  ): Promise<{ readonly manager: string } | JoinRefusal>;
  /** Ends its sessions too. The last owner stays one. */
  setRoles(manager: string, roles: Roles): Promise<'changed' | ChangeRefusal>;
  remove(manager: string): Promise<'changed' | ChangeRefusal>;
  /** Password, passkeys and sessions end at once; the invitation lets it choose anew. */
  reset(
    manager: string,
    invitation: Omit<Invitation, 'manager' | 'roles'>,
  ): Promise<'changed' | ChangeRefusal>;
  /** Makes one without any way to sign in, if it is not there. */
  ensure(manager: string, name: string, roles: Roles, nowSeconds: number): Promise<void>;
  sweep(nowSeconds: number): Promise<void>;
}

export const openManagerStore = (pool: SqlPool): ManagerStore => ({
  hasOwner: () =>
    pool.use(async (sql) => {
      const owners = await sql`SELECT 1 FROM manager_role WHERE site_id = ${WHOLE_SERVER} LIMIT 1`;
      return owners.length > 0;
    }),
  list: () => pool.use((sql) => readManagers(sql, null)),
  find: (manager) => pool.use(async (sql) => (await readManagers(sql, manager))[0] ?? null),
  findByName: (name) =>
    pool.use(async (sql) => {
      const [row] = await sql<{ manager_id: string; password: string | null }[]>`
        SELECT manager_id, password FROM manager WHERE site_id = ${WHOLE_SERVER} AND name = ${name}`;
      return row === undefined ? null : { manager: row.manager_id, password: row.password };
    }),
  findPasskey: (credential) =>
    pool.use(async (sql) => {
      const [row] = await sql<PasskeyRow[]>`
        SELECT * FROM passkey WHERE site_id = ${WHOLE_SERVER} AND credential_id = ${credential}`;
      if (row === undefined) return null;
      const { manager_id, public_key, counter, transports } = row;
      const ways = transports === '' ? [] : transports.split(',');
      return {
        manager: manager_id,
        passkey: {
          credential,
          publicKey: new Uint8Array(public_key),
          counter: Number(counter),
          transports: ways,
        },
      };
    }),
  notePasskeyUse: (credential, counter) =>
    pool.use(async (sql) => {
      await sql`
        UPDATE passkey SET counter = ${counter}
        WHERE site_id = ${WHOLE_SERVER} AND credential_id = ${credential} AND counter < ${counter}`;
    }),
  invite: (invitation) => pool.use((sql) => addInvitation(sql, invitation)),
  dropFirstInvitations: () =>
    pool.use(async (sql) => {
      await sql`
        DELETE FROM manager_invitation
        WHERE site_id = ${WHOLE_SERVER} AND manager_id IS NULL AND roles = ${JSON.stringify({ isOwner: true, sites: [] })}`;
    }),
  findInvitation: (tokenHash, nowSeconds) =>
    pool.use(async (sql) => {
      const [row] = await sql<InvitationRow[]>`
        SELECT * FROM manager_invitation
        WHERE site_id = ${WHOLE_SERVER} AND token_hash = ${tokenHash} AND expires_at > to_timestamp(${nowSeconds})`;
      return row === undefined ? null : invitationOf(row);
    }),
  join: (tokenHash, joining, nowSeconds) => join(pool, tokenHash, joining, nowSeconds),
  setRoles: (manager, roles) =>
    changeManager(pool, manager, !roles.isOwner, async (tx) => {
      await tx`DELETE FROM manager_role WHERE manager_id = ${manager}`;
      await addRoles(tx, manager, roles);
      await endSessionsOf(tx, manager);
    }),
  remove: (manager) =>
    changeManager(pool, manager, true, async (tx) => {
      await dropCredentials(tx, manager);
      await tx`DELETE FROM manager_role WHERE manager_id = ${manager}`;
      await tx`DELETE FROM manager WHERE site_id = ${WHOLE_SERVER} AND manager_id = ${manager}`;
    }),
  reset: (manager, invitation) =>
    changeManager(pool, manager, false, async (tx) => {
      await dropCredentials(tx, manager);
      await addInvitation(tx, { ...invitation, manager, roles: { isOwner: false, sites: [] } });
    }),
  ensure: (manager, name, roles, nowSeconds) =>
    pool.transaction(async (tx) => {
      const made = await tx`
        INSERT INTO manager (site_id, manager_id, name, password, joined_at)
        VALUES (${WHOLE_SERVER}, ${manager}, ${name}, NULL, to_timestamp(${nowSeconds}))
        ON CONFLICT DO NOTHING RETURNING manager_id`;
      if (made.length === 1) await addRoles(tx, manager, roles);
    }),
  sweep: (nowSeconds) =>
    pool.use(async (sql) => {
      await sql`DELETE FROM manager_invitation WHERE expires_at <= to_timestamp(${nowSeconds})`;
    }),
});

interface PasskeyRow {
  readonly manager_id: string;
  readonly public_key: Uint8Array;
  readonly counter: string;
  readonly transports: string;
}

interface InvitationRow {
  readonly token_hash: Uint8Array;
  readonly roles: string;
  readonly manager_id: string | null;
  readonly expires_at: Date;
}

interface ManagerRow {
  readonly manager_id: string;
  readonly name: string;
  readonly has_password: boolean;
  readonly joined_at: Date;
  readonly passkeys: number;
}

async function readManagers(sql: Sql, only: string | null): Promise<readonly StoredManager[]> {
  const rows = await sql<ManagerRow[]>`
    SELECT m.manager_id, m.name, m.password IS NOT NULL AS has_password, m.joined_at,
      (SELECT count(*)::integer FROM passkey p WHERE p.site_id = m.site_id AND p.manager_id = m.manager_id) AS passkeys
    FROM manager m WHERE m.site_id = ${WHOLE_SERVER} AND (${only}::text IS NULL OR m.manager_id = ${only})
    ORDER BY m.name`;
  const roles = await sql<(SiteGrant & { manager_id: string })[]>`
    SELECT manager_id, site_id AS site, role FROM manager_role
    WHERE ${only}::text IS NULL OR manager_id = ${only} ORDER BY site_id`;
  return rows.map((row) => ({
    manager: row.manager_id,
    name: row.name,
    roles: rolesOf(roles.filter(({ manager_id }) => manager_id === row.manager_id)),
    hasPassword: row.has_password,
    passkeys: row.passkeys,
    joinedAtSeconds: Math.floor(row.joined_at.getTime() / 1000),
  }));
}

/** As rows of manager_role have them. */
export function rolesOf(rows: readonly SiteGrant[]): Roles {
  if (rows.some(({ site }) => site === WHOLE_SERVER)) return { isOwner: true, sites: [] };
  return { isOwner: false, sites: rows.map(({ site, role }) => ({ site, role })) };
}

async function addRoles(tx: Sql, manager: string, { isOwner, sites }: Roles): Promise<void> {
  const rows = isOwner ? [{ site: WHOLE_SERVER, role: 'owner' }] : sites;
  await tx`
    INSERT INTO manager_role (site_id, manager_id, role)
    SELECT r.site, ${manager}, r.role
    FROM unnest(${textArray(rows.map(({ site }) => site))}::text[], ${textArray(rows.map(({ role }) => role))}::text[]) AS r (site, role)`;
}

async function addInvitation(sql: Sql, { tokenHash, roles, manager, expiresSeconds }: Invitation) {
  await sql`
    INSERT INTO manager_invitation (site_id, token_hash, roles, manager_id, expires_at)
    VALUES (${WHOLE_SERVER}, ${tokenHash}, ${JSON.stringify(roles)}, ${manager}, to_timestamp(${expiresSeconds}))`;
}

function invitationOf({ token_hash, roles, manager_id, expires_at }: InvitationRow): Invitation {
  return {
    tokenHash: new Uint8Array(token_hash),
    roles: parseRoles(JSON.parse(roles)) ?? { isOwner: false, sites: [] },
    manager: manager_id,
    expiresSeconds: Math.floor(expires_at.getTime() / 1000),
  };
}

/** Carries a refusal out of the transaction, so that the invitation stays good. */
class NameTaken extends Error {}

async function join(pool: SqlPool, tokenHash: Bytes, joining: Joining, nowSeconds: number) {
  try {
    return await pool.transaction((tx) => joinIn(tx, tokenHash, joining, nowSeconds));
  } catch (error) {
    if (error instanceof NameTaken) return 'name-taken' as const;
    throw error;
  }
}

async function joinIn(tx: Sql, tokenHash: Bytes, joining: Joining, nowSeconds: number) {
  const { name, password, passkey } = joining;
  const [used] = await tx<InvitationRow[]>`
    DELETE FROM manager_invitation
    WHERE site_id = ${WHOLE_SERVER} AND token_hash = ${tokenHash} AND expires_at > to_timestamp(${nowSeconds})
    RETURNING *`;
  if (used === undefined) return 'invitation-over' as const;
  const { roles, manager: known } = invitationOf(used);
  const manager = known ?? joining.manager;
  if (known === null) {
    const made = await tx`
      INSERT INTO manager (site_id, manager_id, name, password, joined_at)
      VALUES (${WHOLE_SERVER}, ${manager}, ${name}, ${password}, to_timestamp(${nowSeconds}))
      ON CONFLICT DO NOTHING RETURNING manager_id`;
    if (made.length === 0) throw new NameTaken();
    await addRoles(tx, manager, roles);
  } else {
    const changed = await tx`
      UPDATE manager SET password = ${password}
      WHERE site_id = ${WHOLE_SERVER} AND manager_id = ${manager} RETURNING manager_id`;
    if (changed.length === 0) return 'invitation-over' as const;
  }
  if (passkey !== null) await addPasskey(tx, manager, passkey);
  return { manager };
}

async function addPasskey(tx: Sql, manager: string, passkey: StoredPasskey): Promise<void> {
  const { credential, publicKey, counter, transports } = passkey;
  await tx`
    INSERT INTO passkey (site_id, credential_id, manager_id, public_key, counter, transports)
    VALUES (${WHOLE_SERVER}, ${credential}, ${manager}, ${publicKey}, ${counter}, ${transports.join(',')})`;
}

async function dropCredentials(tx: Sql, manager: string): Promise<void> {
  await tx`UPDATE manager SET password = NULL WHERE site_id = ${WHOLE_SERVER} AND manager_id = ${manager}`;
  await tx`DELETE FROM passkey WHERE site_id = ${WHOLE_SERVER} AND manager_id = ${manager}`;
  await tx`DELETE FROM manager_invitation WHERE site_id = ${WHOLE_SERVER} AND manager_id = ${manager}`;
  await endSessionsOf(tx, manager);
}

async function endSessionsOf(tx: Sql, manager: string): Promise<void> {
  await tx`DELETE FROM manager_session WHERE site_id = ${WHOLE_SERVER} AND manager_id = ${manager}`;
}

/** All owners' rows are locked first: of two changes at once, the second sees what the first left. */
function changeManager(
  pool: SqlPool,
  manager: string,
  isOwnerNoMore: boolean,
  change: (tx: Sql) => Promise<void>,
): Promise<'changed' | ChangeRefusal> {
  return pool.transaction(async (tx) => {
    const owners = await tx<{ manager_id: string }[]>`
      SELECT manager_id FROM manager_role WHERE site_id = ${WHOLE_SERVER} ORDER BY manager_id FOR UPDATE`;
    const [known] = await tx`
      SELECT 1 FROM manager WHERE site_id = ${WHOLE_SERVER} AND manager_id = ${manager} FOR UPDATE`;
    if (known === undefined) return 'unknown-manager';
    const isLastOwner = owners.length === 1 && owners[0]?.manager_id === manager;
    if (isOwnerNoMore && isLastOwner) return 'last-owner';
    await change(tx);
    return 'changed';
  });
}
