// The tablets that were enrolled, and every key that ever spoke for one of them.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { type DevicePublicKey, parseDeviceKey } from '../../core/identity/device-key.ts';
import type { HeldKey, RegisteredDevice } from '../../core/identity/device-register.ts';
import type { Sql } from './sql.ts';
import type { SqlPool } from './sql-pool.ts';

/** What the console shows and orders beside what the register knows. Times are whole seconds since 1970. */
export interface StoredDevice extends RegisteredDevice {
  readonly gate: string;
  readonly enrolledAtSeconds: number;
  /** Of the last request whose signature held, within a minute. */
  readonly lastSeenAtSeconds: number | null;
  readonly wipe: 'none' | 'ordered' | 'done';
  readonly isPinResetOrdered: boolean;
}

export interface FoundByKey {
  readonly device: StoredDevice;
  readonly key: DevicePublicKey;
}

export interface DeviceStore {
  find(site: string, device: string): Promise<StoredDevice | null>;
  /** Also by a key that was replaced. */
  findByKey(site: string, keyId: string): Promise<FoundByKey | null>;
  list(site: string): Promise<readonly StoredDevice[]>;
  /** Every key that it ever had: its batches are verified by them, the old ones too. */
  keysOf(site: string, device: string): Promise<readonly DevicePublicKey[]>;
  /**
   * Of an id that nobody here has ever had, and that `by` has signed for: it was lost when the database was set back, and
   * its tablet enrolled anew since. From now on it is `by` whose keys speak for it, unless another tablet came first or
   * `by` has MOST_ADOPTED. Gives whether they do.
   */
  adopt(site: string, device: string, by: string): Promise<boolean>;
  /**
   * Changes a device under its lock. `change` gives null to leave it as it is; what it throws undoes everything.
   * Resolves with the device as it then stands, or null if there is none.
   */
  change(
    site: string,
    device: string,
    change: (held: StoredDevice) => StoredDevice | null | Promise<StoredDevice | null>,
  ): Promise<StoredDevice | null>;
  /** Only forwards, and only to be called when a minute or more has gone by. */
  noteSeen(site: string, device: string, nowSeconds: number): Promise<void>;
}

/** A tablet loses its id only with its server's database. */
export const MOST_ADOPTED = 8;

export const openDeviceStore = (pool: SqlPool): DeviceStore => ({
  find: (site, device) => pool.use((sql) => readDevice(sql, site, device)),
  findByKey: (site, keyId) =>
    pool.use(async (sql) => {
      const key = await readKey(sql, site, keyId);
      const device = key === null ? null : await readDevice(sql, site, key.device_id);
      return key === null || device === null ? null : { device, key: keyOf(key.public_key) };
    }),
  list: (site) => pool.use((sql) => readDevices(sql, site, null)),
  keysOf: (site, device) => pool.use((sql) => readKeysOf(sql, site, device)),
  adopt: (site, device, by) =>
    pool.transaction(async (tx) => {
      if (!(await lockDevice(tx, site, by))) return false;
      const [{ count = 0 } = {}] = await tx<{ count: number }[]>`
        SELECT count(*)::int AS count FROM lost_device
        WHERE site_id = ${site} AND owner_id = ${by} AND device_id <> ${device}`;
      if (count < MOST_ADOPTED)
        await tx`
          INSERT INTO lost_device (site_id, device_id, owner_id) VALUES (${site}, ${device}, ${by})
          ON CONFLICT DO NOTHING`;
      const rows = await tx`
        SELECT owner_id FROM lost_device
        WHERE site_id = ${site} AND device_id = ${device} AND owner_id = ${by}`;
      return rows.length === 1;
    }),
  change: (site, device, change) =>
    pool.transaction(async (tx) => {
      if (!(await lockDevice(tx, site, device))) return null;
      const held = await readDevice(tx, site, device);
      if (held === null) return null;
      const next = await change(held);
      if (next === null) return held;
      await writeDevice(tx, next);
      return next;
    }),
  noteSeen: (site, device, nowSeconds) =>
    pool.use(async (sql) => {
      await sql`
        UPDATE device SET last_seen_at = to_timestamp(${nowSeconds})
        WHERE site_id = ${site} AND device_id = ${device}
          AND (last_seen_at IS NULL OR last_seen_at < to_timestamp(${nowSeconds}))`;
    }),
});

/** Holds the device's row until the transaction ends. */
export async function lockDevice(tx: Sql, site: string, device: string): Promise<boolean> {
  const rows = await tx`
    SELECT device_id FROM device WHERE site_id = ${site} AND device_id = ${device} FOR UPDATE`;
  return rows.length === 1;
}

/** Whose key that is or once was. */
export const findDeviceId = async (sql: Sql, site: string, keyId: string): Promise<string | null> =>
  (await readKey(sql, site, keyId))?.device_id ?? null;

export async function readDevice(sql: Sql, site: string, device: string): Promise<StoredDevice | null> {
  const [found] = await readDevices(sql, site, device);
  return found ?? null;
}

/** Writes it whole. Keys that it no longer names stay, as replaced. Throws KeyTaken when another tablet has one of them. */
export async function writeDevice(tx: Sql, device: StoredDevice): Promise<void> {
  const { site, gate, epoch, current, next } = device;
  const seconds = (value: number | null) => (value === null ? null : new Date(value * 1000));
  await tx`
    INSERT INTO device (site_id, device_id, gate, epoch, current_key_id, next_key_id, enrolled_at, last_seen_at,
      revoked_at, wipe, is_pin_reset_ordered)
    VALUES (${site}, ${device.device}, ${gate}, ${epoch}, ${current.keyId}, ${next?.keyId ?? null},
      ${seconds(device.enrolledAtSeconds)}, ${seconds(device.lastSeenAtSeconds)}, ${seconds(device.revokedAtSeconds)},
      ${device.wipe}, ${device.isPinResetOrdered})
    ON CONFLICT (site_id, device_id) DO UPDATE SET gate = excluded.gate, epoch = excluded.epoch,
      current_key_id = excluded.current_key_id, next_key_id = excluded.next_key_id, enrolled_at = excluded.enrolled_at,
      last_seen_at = excluded.last_seen_at, revoked_at = excluded.revoked_at, wipe = excluded.wipe,
      is_pin_reset_ordered = excluded.is_pin_reset_ordered`;
  for (const held of next === null ? [current] : [current, next]) await writeKey(tx, device, held);
}

export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';
}

interface KeyRow {
  readonly key_id: string;
  readonly device_id: string;
  readonly public_key: Uint8Array;
  readonly since_at: Date;
}

interface DeviceRow {
  readonly device_id: string;
  readonly gate: string;
  readonly epoch: number;
  readonly current_key_id: string;
  readonly next_key_id: string | null;
  readonly enrolled_at: Date;
  readonly last_seen_at: Date | null;
  readonly revoked_at: Date | null;
  readonly wipe: StoredDevice['wipe'];
  readonly is_pin_reset_ordered: boolean;
}

async function readKey(sql: Sql, site: string, keyId: string): Promise<KeyRow | null> {
  const [row] = await sql<KeyRow[]>`SELECT * FROM device_key WHERE site_id = ${site} AND key_id = ${keyId}`;
  return row ?? null;
}

async function readKeysOf(sql: Sql, site: string, device: string): Promise<readonly DevicePublicKey[]> {
  const rows = await sql<KeyRow[]>`
    SELECT * FROM device_key WHERE site_id = ${site} AND (device_id = ${device} OR device_id IN
      (SELECT owner_id FROM lost_device WHERE site_id = ${site} AND device_id = ${device}))
    ORDER BY since_at, key_id`;
  return rows.map(({ public_key }) => keyOf(public_key));
}

async function writeKey(tx: Sql, { site, device }: StoredDevice, held: HeldKey): Promise<void> {
  await tx`
    INSERT INTO device_key (site_id, key_id, device_id, public_key, since_at)
    VALUES (${site}, ${held.keyId}, ${device}, ${held.key.bytes}, to_timestamp(${held.sinceSeconds}))
    ON CONFLICT DO NOTHING`;
  if ((await findDeviceId(tx, site, held.keyId)) !== device) throw new KeyTaken(held.keyId);
}

async function readDevices(sql: Sql, site: string, device: string | null): Promise<readonly StoredDevice[]> {
  const rows = await sql<DeviceRow[]>`
    SELECT * FROM device WHERE site_id = ${site} ${device === null ? sql`` : sql`AND device_id = ${device}`}
    ORDER BY enrolled_at, device_id`;
  const keys = await sql<KeyRow[]>`
    SELECT * FROM device_key WHERE site_id = ${site} ${device === null ? sql`` : sql`AND device_id = ${device}`}
    ORDER BY since_at, key_id`;
  return rows.map((row) =>
    deviceOf(
      site,
      row,
      keys.filter(({ device_id }) => device_id === row.device_id),
    ),
  );
}

function deviceOf(site: string, row: DeviceRow, keys: readonly KeyRow[]): StoredDevice {
  const held = keys.map(
    (key): HeldKey => ({
      keyId: key.key_id,
      key: keyOf(key.public_key),
      sinceSeconds: secondsOf(key.since_at) ?? 0,
    }),
  );
  const current = held.find(({ keyId }) => keyId === row.current_key_id);
  if (current === undefined) throw new Error(`no key ${row.current_key_id} of device ${row.device_id}`);
  const next = held.find(({ keyId }) => keyId === row.next_key_id) ?? null;
  return {
    site,
    device: row.device_id,
    gate: row.gate,
    epoch: row.epoch,
    current,
    next,
    replaced: held.flatMap((one) => (one === current || one === next ? [] : [one.keyId])),
    revokedAtSeconds: secondsOf(row.revoked_at),
    enrolledAtSeconds: secondsOf(row.enrolled_at) ?? 0,
    lastSeenAtSeconds: secondsOf(row.last_seen_at),
    wipe: row.wipe,
    isPinResetOrdered: row.is_pin_reset_ordered,
  };
}

const secondsOf = (date: Date | null): number | null =>
  date === null ? null : Math.floor(date.getTime() / 1000);

function keyOf(bytes: Uint8Array): DevicePublicKey {
  const own: Bytes = new Uint8Array(bytes);
  const key = parseDeviceKey(own);
  if (!key.ok) throw new Error(`a stored key of ${bytes.length} bytes`);
  return key.value;
}
