// What the other gates of this site saw, kept in this tablet's own store, so that "seen 4 min ago at Gate 2" needs no network
// when a pass is held up.

import { encodeHex } from '../core/bytes/hex.ts';
import {
  MAX_SIGHTINGS_BYTES,
  parseSightings,
  type SharedSighting,
} from '../core/log/sealed/sightings-message.ts';
import { committed, type Database, type StoredSighting, strictTransaction } from './database.ts';
import { NO_BODY } from './identity/net-answer.ts';
import { type ServerLine, siteAddress } from './server-line.ts';

/** So many answers at once: the rest comes the next time. */
const MAX_ANSWERS = 20;

/** Asks for what came after `cursor` ('' for all); gives where to go on from. What is no good answer changes nothing. */
export async function fetchSightings(
  database: Database,
  { identity, net }: ServerLine,
  cursor: string,
): Promise<string> {
  // What comes before the day's key cannot be kept, and would not be told again.
  const held = await database.getAllKeys('dayKeys');
  if (!held.some(([, kind]) => kind === 'site')) return cursor;
  let after = cursor;
  for (let answers = 0; answers < MAX_ANSWERS; answers++) {
    const answer = await net.send({
      method: 'GET',
      target: `${siteAddress(identity.site)}/sightings${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`,
      body: NO_BODY,
      type: null,
      maxAnswerBytes: MAX_SIGHTINGS_BYTES,
    });
    const page = answer.kind === 'answer' && answer.status === 200 ? parseSightings(answer.body) : null;
    if (page === null || !page.ok) return after;
    const isEnd = page.value.sightings.length === 0 || page.value.cursor === after;
    await keepSightings(database, page.value.sightings.map(storedOf));
    after = page.value.cursor;
    if (isEnd) break;
  }
  return after;
}

const storedOf = ({ pseudonym, ...sighting }: SharedSighting): StoredSighting => ({
  ...sighting,
  pseudonym: encodeHex(pseudonym),
});

/** The later of two stays. Days without a key here are over, or not yet of any use. */
async function keepSightings(database: Database, sightings: readonly StoredSighting[]): Promise<void> {
  if (sightings.length === 0) return;
  const transaction = strictTransaction(database, ['dayKeys', 'sightings']);
  const days = new Set((await transaction.objectStore('dayKeys').getAllKeys()).map(([day]) => day));
  const store = transaction.objectStore('sightings');
  const latestByKey = new Map<string, StoredSighting>();
  for (const sighting of sightings.filter(({ day }) => days.has(day))) {
    const key = `${sighting.day} ${sighting.pseudonym} ${sighting.direction}`;
    if (sighting.minute > (latestByKey.get(key)?.minute ?? -1)) latestByKey.set(key, sighting);
  }
  const latest = [...latestByKey.values()];
  const held = await Promise.all(
    latest.map(({ day, pseudonym, direction }) => store.get([day, pseudonym, direction])),
  );
  await committed(
    transaction,
    latest
      .filter(({ minute }, at) => minute > (held[at]?.minute ?? -1))
      .map((sighting) => store.put(sighting)),
  );
}
