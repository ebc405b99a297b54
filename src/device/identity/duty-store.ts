// The steps of a tablet's duties in its database, and the end of all that it keeps.

import { KEYS_BEFORE } from '../../core/identity/key-rotation.ts';
import { committed, type Database, readFact, strictTransaction } from '../database.ts';
import { withLogLock } from '../locks.ts';
import { tellNews } from '../news.ts';
import { makeDeviceKey } from './device-keys.ts';
import type { DutyStore } from './duties.ts';
import type { StoredIdentity, StoredKey } from './stored-identity.ts';
import { changeIdentity } from './tablet-identity.ts';

const ALL = [
  'records',
  'sightings',
  'dayKeys',
  'sealKeys',
  'receipts',
  'facts',
  'reserve',
  'repository',
  'statusLists',
] as const;

export const openDutyStore = (database: Database): DutyStore => ({
  isPinResetToTell: async () => (await readFact(database, 'identity'))?.isPinResetToTell === true,
  async forgetPin() {
    const transaction = strictTransaction(database, ['facts']);
    const facts = transaction.objectStore('facts');
    const identity = (await facts.get('identity')) as StoredIdentity | undefined;
    const told =
      identity === undefined ? [] : [facts.put({ ...identity, isPinResetToTell: true }, 'identity')];
    await committed(transaction, [facts.delete(IDBKeyRange.only('pin')), ...told]);
    tellNews('pin');
  },
  async notePinResetTold() {
    await changeIdentity(database, (now) => ({ ...now, isPinResetToTell: false }));
  },
  beginWipe: () => withLogLock(() => beginWipe(database)),
  finishWipe: () => withLogLock(() => finishWipe(database)),
  async nextKey(nowSeconds) {
    const fresh = await makeDeviceKey(nowSeconds);
    const kept = await changeIdentity(database, (now) =>
      now.nextKey === null ? { ...now, nextKey: fresh } : now,
    );
    return kept?.nextKey ?? fresh;
  },
  async dropNextKey() {
    await changeIdentity(database, (now) => ({ ...now, nextKey: null }));
  },
  async useNextKey(nowSeconds) {
    await changeIdentity(database, (now) =>
      now.nextKey === null
        ? null
        : {
            ...now,
            key: sinceNow(now.nextKey, nowSeconds),
            nextKey: null,
            keysBefore: [now.key, ...(now.keysBefore ?? [])].slice(0, KEYS_BEFORE),
          },
    );
  },
});

const sinceNow = (key: StoredKey, nowSeconds: number): StoredKey => ({
  ...key,
  sinceSeconds: Math.floor(nowSeconds),
});

async function beginWipe(database: Database): Promise<boolean> {
  const transaction = strictTransaction(database, [...ALL]);
  const facts = transaction.objectStore('facts');
  const identity = (await facts.get('identity')) as StoredIdentity | undefined;
  if (identity === undefined || (await transaction.objectStore('records').count()) > 0) {
    await transaction.done;
    return false;
  }
  const writes: Promise<unknown>[] = ALL.map((store) => transaction.objectStore(store).clear());
  writes.push(facts.put({ ...identity, nextKey: null, keysBefore: [], isWiping: true }, 'identity'));
  await committed(transaction, writes);
  forgetOutside();
  tellNews('identity');
  return true;
}

async function finishWipe(database: Database): Promise<void> {
  const transaction = strictTransaction(database, [...ALL]);
  await committed(
    transaction,
    ALL.map((store) => transaction.objectStore(store).clear()),
  );
  forgetOutside();
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  // Not waited for: other tabs may hold it open, and it is empty.
  database.close();
  indexedDB.deleteDatabase(database.name);
}

/** The log's mark, the gate, the direction, the camera: whatever this page remembers outside its database. */
function forgetOutside(): void {
  try {
    localStorage.clear();
  } catch {
    // A browser that refuses localStorage has kept nothing there.
  }
}
