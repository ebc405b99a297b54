// What the other gates of this site saw, as the server tells it: pseudonyms of days whose keys are still held, in this tablet's
// own store, so that "seen 4 min ago at Gate 2" needs no network when a pass is scanned. CBOR [ cursor, [ [ day,
// pseudonym, minute, gate, direction ] ... ] ], direction 0 in, 1 out.

import type { Bytes } from '../core/bytes/bytes.ts';
import { type CborValue, isCborArray, isCborBytes, isCborUint, parseCbor } from '../core/bytes/cbor.ts';
import { encodeHex } from '../core/bytes/hex.ts';
import { PSEUDONYM_BYTES } from '../core/log/pseudonym.ts';
import { isId } from '../core/trust/ids.ts';
import { isSiteDay } from '../core/trust/site-day.ts';
import type { Direction } from '../core/trust/trust.ts';
import { committed, type Database, type StoredSighting, strictTransaction } from './database.ts';
import { NO_BODY } from './identity/signed-net.ts';
import { type ServerLine, siteAddress } from './server-line.ts';

/** So many answers at once: the rest comes the next time. */
const MAX_ANSWERS = 20;
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface SightingsPage {
  readonly cursor: string;
  readonly sightings: readonly StoredSighting[];
}

/** Asks for what came after `cursor` ('' for all); gives where to go on from. What is no good answer changes nothing. */
export async function fetchSightings(
  database: Database,
  { identity, net }: ServerLine,
  cursor: string,
): Promise<string> {
  let after = cursor;
  for (let answers = 0; answers < MAX_ANSWERS; answers++) {
    const target = `${siteAddress(identity.site)}/sightings${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`;
    const answer = await net.send({
      method: 'GET',
      target,
      body: NO_BODY,
      type: null,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    const page = answer.kind === 'answer' && answer.status === 200 ? parseSightings(answer.body) : null;
    if (page === null) return after;
    await keepSightings(database, page.sightings);
    if (page.sightings.length === 0 || page.cursor === after) return page.cursor;
    after = page.cursor;
  }
  return after;
}

/** Null for anything but an answer of that form. */
export function parseSightings(body: Bytes): SightingsPage | null {
  const cbor = parseCbor(body, { maxDepth: 3 });
  if (!cbor.ok || !isCborArray(cbor.value) || cbor.value.length !== 2) return null;
  const [cursor, rows] = cbor.value;
  if (typeof cursor !== 'string' || !isCborArray(rows)) return null;
  const sightings = rows.map(parseRow);
  return sightings.every((sighting) => sighting !== null) ? { cursor, sightings } : null;
}

const DIRECTIONS: readonly Direction[] = ['in', 'out'];

function parseRow(row: CborValue): StoredSighting | null {
  if (!isCborArray(row) || row.length !== 5) return null;
  const [day, pseudonym, minute, gate, directionAt] = row;
  const direction = isCborUint(directionAt) ? DIRECTIONS[directionAt] : undefined;
  if (!isSiteDay(day) || !isCborBytes(pseudonym) || pseudonym.length !== PSEUDONYM_BYTES) return null;
  if (!isCborUint(minute) || !isId(gate) || direction === undefined) return null;
  return { day, pseudonym: encodeHex(pseudonym), minute, gate, direction };
}

/** The later of two stays. Days without a key here are over, or not yet of any use. */
async function keepSightings(database: Database, sightings: readonly StoredSighting[]): Promise<void> {
  const transaction = strictTransaction(database, ['dayKeys', 'sightings']);
  const days = new Set((await transaction.objectStore('dayKeys').getAllKeys()).map(([day]) => day));
  const store = transaction.objectStore('sightings');
  const wanted = sightings.filter(({ day }) => days.has(day));
  const held = await Promise.all(
    wanted.map(({ day, pseudonym, direction }) => store.get([day, pseudonym, direction])),
  );
  const later = wanted.filter(({ minute }, at) => minute > (held[at]?.minute ?? -1));
  await committed(
    transaction,
    later.map((sighting) => store.put(sighting)),
  );
}
