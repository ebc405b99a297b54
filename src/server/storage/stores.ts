// All that the server keeps in SQL, over one pool: a store in a file of its own for each matter.

import { type AccessStore, openAccessStore } from './access-store.ts';
import { type DeviceStore, openDeviceStore } from './device-store.ts';
import { type EnrolmentStore, openEnrolmentStore } from './enrolment-store.ts';
import { type ManagerStore, openManagerStore } from './manager-store.ts';
import { migrate } from './migrations.ts';
import { type NonceStore, openNonceStore } from './nonce-store.ts';
import type { Storage } from './port.ts';
import { openPostgresStorage } from './postgres-storage.ts';
import { openSessionStore, type SessionStore } from './session-store.ts';
import { openSiteStore, type SiteStore } from './site-store.ts';
import type { SqlTarget } from './sql.ts';
import { openSqlPool } from './sql-pool.ts';

export interface Stores {
  readonly log: Storage;
  readonly devices: DeviceStore;
  readonly enrolments: EnrolmentStore;
  readonly nonces: NonceStore;
  readonly managers: ManagerStore;
  readonly sessions: SessionStore;
  readonly accessLog: AccessStore;
  readonly sites: SiteStore;
  /** Brings the tables of all of them up to date. Safe to run twice, and by two programs at once. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

export function openStores(target: SqlTarget): Stores {
  const pool = openSqlPool(target);
  return {
    log: openPostgresStorage(pool),
    devices: openDeviceStore(pool),
    enrolments: openEnrolmentStore(pool),
    nonces: openNonceStore(pool),
    managers: openManagerStore(pool),
    sessions: openSessionStore(pool),
    accessLog: openAccessStore(pool),
    sites: openSiteStore(pool),
    migrate: () => migrate(pool),
    close: () => pool.close(),
  };
}
