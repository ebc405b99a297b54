// Enrolments under way, each a row that changes hands by one statement or under its own lock.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { type DevicePublicKey, parseDeviceKey } from '../../core/identity/device-key.ts';
import type { Enrolment } from '../../core/identity/enrolment-offer.ts';
import { findDeviceId, lockDevice, readDevice, type StoredDevice, writeDevice } from './device-store.ts';
import type { Sql } from './sql.ts';
import type { SqlPool } from './sql-pool.ts';

export type Claimed = Enrolment & { readonly kind: 'claimed' };
export type Confirmed = Enrolment & { readonly kind: 'confirmed' };

export interface StoredEnrolment {
  readonly enrolment: Enrolment;
  /** Confirms itself once it is claimed. */
  readonly isOpen: boolean;
  /** What the tablet proved itself by; null before its claim. */
  readonly proof: Bytes | null;
}

/** A device as it is to be written with the enrolment that was confirmed. */
export interface Registration {
  readonly confirmed: Confirmed;
  readonly device: StoredDevice;
}

export interface EnrolmentStore {
  add(enrolment: Enrolment, isOpen: boolean): Promise<void>;
  find(site: string, id: string): Promise<StoredEnrolment | null>;
  /** Of all sites, not confirmed yet; those too whose end has passed. The latest first. */
  unconfirmed(): Promise<readonly StoredEnrolment[]>;
  /** Of the site, not confirmed yet. The latest first. */
  list(site: string): Promise<readonly StoredEnrolment[]>;
  countLive(site: string, nowSeconds: number): Promise<number>;
  /** False when another tablet was faster. */
  claim(claimed: Claimed, proof: Bytes): Promise<boolean>;
  /** Claimed or confirmed by that key. The latest first. */
  byTablet(key: DevicePublicKey): Promise<readonly StoredEnrolment[]>;
  /**
   * Settles one enrolment under its lock, together with the device. `settle` gets what is known of the tablet's key: its
   * device and the highest epoch that the log has of it; what it throws undoes everything, null leaves all as it is.
   */
  confirm(
    site: string,
    id: string,
    settle: (held: Enrolment, before: StoredDevice | null) => Promise<Registration | null>,
    keyIdOf: (key: DevicePublicKey) => Promise<string>,
  ): Promise<boolean>;
  remove(site: string, id: string): Promise<boolean>;
  /** Forgets what has long ended, and all but the latest of those that confirm themselves. */
  sweep(nowSeconds: number): Promise<void>;
}

const MOST_AT_HAND = 500;
const MOST_OPEN = 100;
/** An enrolment is known so long after its end: a tablet may ask for its word again. */
const KEPT_SECONDS = 86_400;

export const openEnrolmentStore = (pool: SqlPool): EnrolmentStore => ({
  add: (enrolment, isOpen) =>
    pool.use(async (sql) => {
      if (enrolment.kind !== 'offered') throw new Error(`an enrolment begins as an offer: ${enrolment.kind}`);
      const { site, id, gate, kind, code, expiresSeconds } = enrolment;
      await sql`
        INSERT INTO enrolment (site_id, id, gate, kind, code, expires_at, is_open)
        VALUES (${site}, ${id}, ${gate}, ${kind}, ${code}, to_timestamp(${expiresSeconds}), ${isOpen})`;
    }),
  find: (site, id) =>
    pool.use(async (sql) => {
      const [row] = await sql<Row[]>`SELECT * FROM enrolment WHERE site_id = ${site} AND id = ${id}`;
      return row === undefined ? null : storedOf(row);
    }),
  unconfirmed: () =>
    pool.use(async (sql) => {
      const rows = await sql<Row[]>`
        SELECT * FROM enrolment WHERE kind <> 'confirmed' ORDER BY expires_at DESC LIMIT ${MOST_AT_HAND}`;
      return rows.map(storedOf);
    }),
  list: (site) =>
    pool.use(async (sql) => {
      const rows = await sql<Row[]>`
        SELECT * FROM enrolment WHERE site_id = ${site} AND kind <> 'confirmed'
        ORDER BY expires_at DESC, id LIMIT ${MOST_AT_HAND}`;
      return rows.map(storedOf);
    }),
  countLive: (site, nowSeconds) =>
    pool.use(async (sql) => {
      const [row] = await sql<{ count: number }[]>`
        SELECT count(*)::integer AS count FROM enrolment
        WHERE site_id = ${site} AND kind <> 'confirmed' AND NOT is_open AND expires_at > to_timestamp(${nowSeconds})`;
      return row?.count ?? 0;
    }),
  claim: ({ site, id, tablet, digits }, proof) =>
    pool.use(async (sql) => {
      const rows = await sql`
        UPDATE enrolment SET kind = 'claimed', tablet_key = ${tablet.bytes}, proof = ${proof}, digits = ${digits}
        WHERE site_id = ${site} AND id = ${id}
          AND (kind = 'offered' OR (kind = 'claimed' AND tablet_key = ${tablet.bytes}))
        RETURNING id`;
      return rows.length === 1;
    }),
  byTablet: ({ bytes }) =>
    pool.use(async (sql) => {
      const rows = await sql<Row[]>`
        SELECT * FROM enrolment WHERE tablet_key = ${bytes} ORDER BY expires_at DESC LIMIT ${MOST_AT_HAND}`;
      return rows.map(storedOf);
    }),
  confirm: (site, id, settle, keyIdOf) =>
    pool.transaction(async (tx) => {
      const [row] = await tx<Row[]>`
        SELECT * FROM enrolment WHERE site_id = ${site} AND id = ${id} FOR UPDATE`;
      if (row === undefined) return false;
      const { enrolment } = storedOf(row);
      const key = enrolment.kind === 'offered' ? null : enrolment.tablet;
      const before = key === null ? null : await readBefore(tx, site, await keyIdOf(key));
      const registration = await settle(enrolment, before);
      if (registration === null) return true;
      const { device, epoch } = registration.confirmed;
      await writeDevice(tx, registration.device);
      await tx`
        UPDATE enrolment SET kind = 'confirmed', code = NULL, device_id = ${device}, epoch = ${epoch}
        WHERE site_id = ${site} AND id = ${id}`;
      return true;
    }),
  remove: (site, id) =>
    pool.use(async (sql) => {
      const rows = await sql`
        DELETE FROM enrolment WHERE site_id = ${site} AND id = ${id} AND kind <> 'confirmed' RETURNING id`;
      return rows.length === 1;
    }),
  sweep: (nowSeconds) =>
    pool.use(async (sql) => {
      await sql`DELETE FROM enrolment WHERE expires_at < to_timestamp(${nowSeconds - KEPT_SECONDS})`;
      await sql`
        DELETE FROM enrolment WHERE is_open AND kind <> 'confirmed' AND (site_id, id) NOT IN (
          SELECT site_id, id FROM enrolment WHERE is_open AND kind <> 'confirmed'
          ORDER BY expires_at DESC LIMIT ${MOST_OPEN})`;
    }),
});

interface Row {
  readonly site_id: string;
  readonly id: string;
  readonly gate: string;
  readonly kind: Enrolment['kind'];
  readonly code: Uint8Array | null;
  readonly expires_at: Date;
  readonly is_open: boolean;
  readonly tablet_key: Uint8Array | null;
  readonly proof: Uint8Array | null;
  readonly digits: string | null;
  readonly device_id: string | null;
  readonly epoch: number | null;
}

/** The tablet may have begun epochs by itself, which only its log knows. */
async function readBefore(tx: Sql, site: string, keyId: string): Promise<StoredDevice | null> {
  const id = await findDeviceId(tx, site, keyId);
  if (id === null || !(await lockDevice(tx, site, id))) return null;
  const device = await readDevice(tx, site, id);
  const [head] = await tx<{ epoch: number | null }[]>`
    SELECT max(epoch) AS epoch FROM device_head WHERE site_id = ${site} AND device_id = ${id}`;
  return device === null ? null : { ...device, epoch: Math.max(device.epoch, head?.epoch ?? 0) };
}

function storedOf(row: Row): StoredEnrolment {
  const proof = row.proof === null ? null : new Uint8Array(row.proof);
  return { enrolment: enrolmentOf(row), isOpen: row.is_open, proof };
}

function enrolmentOf(row: Row): Enrolment {
  const { site_id: site, id, gate, kind, digits, device_id: device, epoch } = row;
  const offer = { site, id, gate, expiresSeconds: Math.floor(row.expires_at.getTime() / 1000) };
  const tablet = row.tablet_key === null ? null : parseDeviceKey(row.tablet_key);
  const key = tablet?.ok === true ? tablet.value : null;
  if (kind === 'confirmed' && key !== null && device !== null && epoch !== null)
    return { ...offer, kind, tablet: key, device, epoch };
  const code = row.code === null ? null : new Uint8Array(row.code);
  if (kind === 'offered' && code !== null) return { ...offer, kind, code };
  if (kind === 'claimed' && code !== null && key !== null && digits !== null)
    return { ...offer, kind, code, tablet: key, digits };
  throw new Error(`an enrolment that is not whole: ${site} ${id}`);
}
