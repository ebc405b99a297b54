// The tablet's database: the only file that opens IndexedDB. Every append is one strict transaction; nothing but
// IndexedDB is awaited inside one.

import { type DBSchema, type IDBPDatabase, openDB, type StoreNames } from 'idb';
import type { Bytes } from '../core/bytes/bytes.ts';
import type { LogIdentity } from '../core/log/envelope.ts';
import type { SealKey } from '../core/log/sealed/day-keys.ts';
import type { HeldTrust } from '../core/trust/held/held-trust.ts';
import type { HeldStatusList } from '../core/trust/status/status-token.ts';
import type { Direction } from '../core/trust/trust.ts';
import type { StoredName } from '../core/trust/tuf/ports.ts';
import type { ClockFloor } from '../core/verdict/clock.ts';
import type { LogPosition } from '../sync/ports.ts';
import type { StoredEnrolment, StoredIdentity, StoredPin } from './identity/stored-identity.ts';

const NAME = 'gatelight';
const VERSION = 3;

export interface StoredRecord extends LogIdentity {
  readonly seq: number;
  readonly envelope: Bytes;
}

export interface StoredSighting {
  readonly day: string;
  readonly pseudonym: string;
  readonly minute: number;
  readonly gate: string;
  readonly direction: Direction;
}

/** The key behind a day's pseudonyms: the site's, or where that did not come in time the tablet's own. */
export interface StoredDayKey {
  readonly day: string;
  readonly kind: 'site' | 'own';
  /** HMAC-SHA-256, not extractable. */
  readonly key: CryptoKey;
}

/** Single values by name. */
export interface Facts {
  readonly identity: StoredIdentity;
  readonly enrolment: StoredEnrolment;
  readonly pin: StoredPin;
  readonly position: LogPosition;
  readonly trust: HeldTrust;
  readonly clockFloor: ClockFloor;
}

interface Schema extends DBSchema {
  records: { key: [string, string, number, number]; value: StoredRecord };
  sightings: { key: [string, string, Direction]; value: StoredSighting };
  dayKeys: { key: [string, StoredDayKey['kind']]; value: StoredDayKey };
  /** The public halves that records are sealed to. */
  sealKeys: { key: [string, string]; value: SealKey };
  receipts: { key: [string, string, number]; value: LogIdentity & { readonly receipt: Bytes } };
  facts: { key: keyof Facts; value: Facts[keyof Facts] };
  /** Blocks that hold room on the disk. */
  reserve: { key: number; value: Uint8Array };
  /** The files of the trust repository, as they came. */
  repository: { key: StoredName; value: Bytes };
  /** By their address. */
  statusLists: { key: string; value: HeldStatusList };
}

export type Database = IDBPDatabase<Schema>;

export interface DatabaseEvents {
  /** An older version is open in another tab; opening goes on when that closes. */
  readonly onBlocked: () => void;
  /** A newer version wants in: this connection was closed for it. */
  readonly onSuperseded: () => void;
  /** The browser closed the database under us: deleted, or the disk is broken. */
  readonly onVanished: () => void;
}

export async function openDatabase(events: DatabaseEvents): Promise<Database> {
  const database: Database = await openDB<Schema>(NAME, VERSION, {
    upgrade(older, from, _to, change) {
      if (from < 1) {
        older.createObjectStore('records', { keyPath: ['site', 'device', 'epoch', 'seq'] });
        older.createObjectStore('sightings', { keyPath: ['day', 'pseudonym', 'direction'] });
        older.createObjectStore('receipts', { keyPath: ['site', 'device', 'epoch'] });
        older.createObjectStore('facts');
        older.createObjectStore('reserve');
      }
      if (from < 2) {
        older.createObjectStore('repository');
        older.createObjectStore('statusLists', { keyPath: 'uri' });
        // Trust of another form, and a floor that says nothing of the keys behind it.
        const facts = change.objectStore('facts');
        for (const ended of ['trust', 'clockFloorMs']) void facts.delete(IDBKeyRange.only(ended));
      }
      if (from < 3) {
        if (older.objectStoreNames.contains('dayKeys')) older.deleteObjectStore('dayKeys');
        older.createObjectStore('dayKeys', { keyPath: ['day', 'kind'] });
        older.createObjectStore('sealKeys', { keyPath: ['site', 'day'] });
        // They lay in clear, and nothing takes such records any more.
        for (const ended of ['records', 'receipts', 'sightings'] as const)
          void change.objectStore(ended).clear();
      }
    },
    blocked: events.onBlocked,
    blocking() {
      database.close();
      events.onSuperseded();
    },
    terminated: events.onVanished,
  });
  return database;
}

type StoreName = StoreNames<Schema>;

/** A transaction that has reached the disk when it is done, as far as the browser can say. */
export const strictTransaction = <Names extends StoreName[]>(database: Database, stores: [...Names]) =>
  database.transaction(stores, 'readwrite', { durability: 'strict' });

/** Waits for the writes and the commit. The error is the transaction's own (a full disk, say), not the echo that each write gets. */
export async function committed(
  transaction: { readonly done: Promise<void> },
  writes: readonly Promise<unknown>[],
): Promise<void> {
  await Promise.allSettled([...writes, transaction.done]);
  await transaction.done;
}

export async function readFact<K extends keyof Facts>(
  database: Database,
  name: K,
): Promise<Facts[K] | undefined> {
  return (await database.get('facts', name)) as Facts[K] | undefined;
}

export async function writeFact<K extends keyof Facts>(
  database: Database,
  name: K,
  fact: Facts[K],
): Promise<void> {
  const transaction = strictTransaction(database, ['facts']);
  await committed(transaction, [transaction.objectStore('facts').put(fact, name)]);
}
