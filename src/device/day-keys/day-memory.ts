// What this tablet knows of passes seen today, under whichever keys it holds: the site's, and a random one of its own for the
// hours in which the site's had not come. A key of the day before counts as long as the seen-before window runs.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { encodeHex } from '../../core/bytes/hex.ts';
import { type DayMac, pseudonymOf } from '../../core/log/pseudonym.ts';
import type { PassId } from '../../core/pass/pass.ts';
import type { Direction } from '../../core/trust/trust.ts';
import type { Sighting } from '../../core/verdict/verdict.ts';
import { committed, type Database, type StoredDayKey, strictTransaction } from '../database.ts';

const OWN_KEY = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const;

export interface Recalled {
  /** Under the key that today's records are written with. */
  readonly pseudonym: Bytes;
  readonly isOwnKey: boolean;
  readonly lastSeen: Sighting | null;
}

export interface DayMemory {
  readonly day: string;
  recall(issuer: string, id: PassId, direction: Direction): Promise<Recalled>;
}

interface OpenKey extends Pick<StoredDayKey, 'day' | 'kind'> {
  readonly mac: DayMac;
}

/** Opens the day with all keys held for it; one of the tablet's own is made where there is none. */
export async function openDay(database: Database, day: string): Promise<DayMemory> {
  const held = await keysUpTo(database, day);
  const keys = held.some((key) => key.day === day) ? held : [...held, await makeOwnKey(database, day)];
  const open = keys.map(openKey);
  const written = open.find((key) => isOf(key, day, 'site')) ?? open.find((key) => isOf(key, day, 'own'));
  if (written === undefined) throw new Error(`no key for ${day}`);
  return {
    day,
    async recall(issuer, id, direction) {
      const seen = await Promise.all(
        open.map(async (key) => {
          const pseudonym = await pseudonymOf(issuer, id, key.mac);
          return { key, pseudonym, sighting: await readSighting(database, key.day, pseudonym, direction) };
        }),
      );
      const today = seen.find(({ key }) => key === written);
      if (today === undefined) throw new Error('the key written with is not among those held');
      const lastSeen = seen.reduce<Sighting | null>((last, { sighting }) => laterOf(last, sighting), null);
      return { pseudonym: today.pseudonym, isOwnKey: written.kind === 'own', lastSeen };
    },
  };
}

const keysUpTo = (database: Database, day: string): Promise<readonly StoredDayKey[]> =>
  database.getAll('dayKeys', IDBKeyRange.upperBound([day, AFTER_EVERY_KIND]));

const AFTER_EVERY_KIND = '\uffff';

const isOf = (key: OpenKey, day: string, kind: StoredDayKey['kind']): boolean =>
  key.day === day && key.kind === kind;

/** Another tab may have made it just now: the one that is there stays. */
async function makeOwnKey(database: Database, day: string): Promise<StoredDayKey> {
  const fresh = await crypto.subtle.generateKey(OWN_KEY, false, ['sign']);
  const transaction = strictTransaction(database, ['dayKeys']);
  const keys = transaction.objectStore('dayKeys');
  const held = await keys.get([day, 'own']);
  const own: StoredDayKey = held ?? { day, kind: 'own', key: fresh };
  await committed(transaction, held === undefined ? [keys.put(own)] : []);
  return own;
}

const openKey = ({ day, kind, key }: StoredDayKey): OpenKey => ({
  day,
  kind,
  mac: async (message) => new Uint8Array(await crypto.subtle.sign('HMAC', key, message)),
});

async function readSighting(
  database: Database,
  day: string,
  pseudonym: Bytes,
  direction: Direction,
): Promise<Sighting | null> {
  const found = await database.get('sightings', [day, encodeHex(pseudonym), direction]);
  return found === undefined ? null : { minute: found.minute, gate: found.gate, direction: found.direction };
}

const laterOf = (a: Sighting | null, b: Sighting | null): Sighting | null =>
  a === null || (b !== null && b.minute > a.minute) ? b : a;
