// The day keys on the tablet's disk. Public halves to seal to come 35 days ahead and are no secret; pseudonym keys come 3 days
// ahead, no script reads them back, and they are destroyed with the day's sightings at their end.

import type { DayKeys } from '../../core/log/sealed/day-key-message.ts';
import { keyNameOf, PSEUDONYM_KEY_BYTES, type SealKey } from '../../core/log/sealed/day-keys.ts';
import { isPseudonymKeyOver } from '../../core/log/sealed/key-ends.ts';
import { type DayRule, siteDayAt } from '../../core/trust/site-day.ts';
import { committed, type Database, type StoredDayKey, strictTransaction } from '../database.ts';

export const readSealKey = async (database: Database, site: string, day: string): Promise<SealKey | null> =>
  (await database.get('sealKeys', [site, day])) ?? null;

/** Puts what the server gave in the place of all it gave before; its bytes of secret keys are overwritten. */
export async function keepDayKeys(database: Database, site: string, given: DayKeys): Promise<void> {
  const sealKeys = await Promise.all(
    given.sealKeys.map(
      async ({ day, publicKey }): Promise<SealKey> => ({
        site,
        day,
        publicKey,
        name: await keyNameOf(publicKey),
      }),
    ),
  );
  const siteKeys = await Promise.all(given.pseudonymKeys.map(holdKey));
  const transaction = strictTransaction(database, ['sealKeys', 'dayKeys']);
  const [seals, days] = [transaction.objectStore('sealKeys'), transaction.objectStore('dayKeys')];
  const held = await days.getAllKeys();
  await committed(transaction, [
    seals.clear(),
    ...sealKeys.map((key) => seals.put(key)),
    ...held.filter(([, kind]) => kind === 'site').map((key) => days.delete(key)),
    ...siteKeys.map((key) => days.put(key)),
  ]);
}

async function holdKey({ day, key }: DayKeys['pseudonymKeys'][number]): Promise<StoredDayKey> {
  if (key.length !== PSEUDONYM_KEY_BYTES) throw new Error(`a pseudonym key of ${key.length} bytes`);
  const held = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  key.fill(0);
  return { day, kind: 'site', key: held };
}

/** Ask with a time that is believed. True where something was destroyed: what is open of those days must be forgotten too. */
export async function destroyEnded(
  database: Database,
  nowMs: number,
  site: DayRule,
  seenBeforeWindowSeconds: number,
): Promise<boolean> {
  const today = siteDayAt(nowMs, site);
  const isEnded = ([day, kind]: readonly [string, string]): boolean =>
    isPseudonymKeyOver(day, nowMs, site, seenBeforeWindowSeconds) || (kind === 'own' && day > today);
  if (!(await database.getAllKeys('dayKeys')).some(isEnded)) return false;
  const transaction = strictTransaction(database, ['dayKeys', 'sightings']);
  const [keys, sightings] = [transaction.objectStore('dayKeys'), transaction.objectStore('sightings')];
  const held = await keys.getAllKeys();
  const ended = held.filter(isEnded);
  const [first, last] = [held.find((key) => !isEnded(key)), held.findLast((key) => !isEnded(key))];
  await committed(transaction, [
    ...ended.map((key) => keys.delete(key)),
    ...(first === undefined || last === undefined
      ? [sightings.clear()]
      : [
          sightings.delete(IDBKeyRange.upperBound([first[0]], true)),
          sightings.delete(IDBKeyRange.lowerBound([`${last[0]}\uffff`], true)),
        ]),
  ]);
  return true;
}
