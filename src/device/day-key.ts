// The key behind today's pseudonyms: random, of this tablet alone, never extractable, and destroyed with its day.

import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex } from '../core/bytes/hex.ts';
import type { DayMac } from '../core/log/pseudonym.ts';
import type { Direction } from '../core/trust/trust.ts';
import type { Sighting } from '../core/verdict/verdict.ts';
import { committed, type Database, strictTransaction } from './database.ts';

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const;

export interface DayMemory {
  readonly day: string;
  readonly mac: DayMac;
  lastSeen(pseudonym: Bytes, direction: Direction): Promise<Sighting | null>;
}

/** Opens the day's key, making it if this is the first scan of the day, and destroys what other days left. */
export async function openDay(database: Database, day: string): Promise<DayMemory> {
  const fresh = await crypto.subtle.generateKey(ALGORITHM, false, ['sign']);
  const transaction = strictTransaction(database, ['dayKeys', 'sightings']);
  const [keys, sightings] = [transaction.objectStore('dayKeys'), transaction.objectStore('sightings')];
  const held = await keys.get([day, 'own']);
  const writes: Promise<unknown>[] = [];
  if (held === undefined) writes.push(keys.put({ day, kind: 'own', key: fresh }));
  for (const range of [IDBKeyRange.upperBound([day], true), IDBKeyRange.lowerBound([`${day}\uffff`], true)]) {
    writes.push(keys.delete(range));
  }
  writes.push(sightings.delete(IDBKeyRange.upperBound([day], true)));
  writes.push(sightings.delete(IDBKeyRange.lowerBound([`${day}\uffff`], true)));
  await committed(transaction, writes);
  const key = held?.key ?? fresh;
  return {
    day,
    mac: async (message) => new Uint8Array(await crypto.subtle.sign('HMAC', key, message)),
    async lastSeen(pseudonym, direction) {
      const found = await database.get('sightings', [day, encodeHex(pseudonym), direction]);
      return found === undefined
        ? null
        : { minute: found.minute, gate: found.gate, direction: found.direction };
    },
  };
}
