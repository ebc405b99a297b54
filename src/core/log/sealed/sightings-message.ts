// What the gates of a site tell each other through their server: CBOR [ cursor, [ [ day, pseudonym, minute, gate, direction ] ... ] ],
// direction 0 in and 1 out, as in a record. The cursor is the server's own text: a tablet hands it back to ask for what came later.

import type { Bytes } from '../../bytes/bytes.ts';
import {
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborUint,
  parseCbor,
} from '../../bytes/cbor.ts';
import { ok, type Result, refused } from '../../result.ts';
import { isId } from '../../trust/ids.ts';
import { isSiteDay } from '../../trust/site-day.ts';
import type { Direction } from '../../trust/trust.ts';
import { PSEUDONYM_BYTES } from '../pseudonym.ts';
import { MAX_RECORD_NUMBER } from './encode-record.ts';

/** Of one message; whoever has more sends the rest as the next. */
export const MAX_SIGHTINGS = 5000;
export const MAX_SIGHTINGS_BYTES = 512 * 1024;
const MAX_CURSOR_LENGTH = 200;

export interface SharedSighting {
  /** 'YYYY-MM-DD', the site's. */
  readonly day: string;
  readonly pseudonym: Bytes;
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly gate: string;
  readonly direction: Direction;
}

export interface Sightings {
  readonly cursor: string;
  readonly sightings: readonly SharedSighting[];
}

export const SIGHTINGS_REFUSALS = [
  'sightings-too-large',
  'sightings-cbor',
  'sightings-shape',
  'sightings-cursor',
  'sightings-row',
] as const;
export type SightingsRefusal = (typeof SIGHTINGS_REFUSALS)[number];

const DIRECTIONS: readonly Direction[] = ['in', 'out'];

export const encodeSightings = ({ cursor, sightings }: Sightings): Bytes =>
  encodeCbor([
    cursor,
    sightings.map(({ day, pseudonym, minute, gate, direction }) => [
      day,
      pseudonym,
      minute,
      gate,
      DIRECTIONS.indexOf(direction),
    ]),
  ]);

export function parseSightings(bytes: Bytes): Result<Sightings, SightingsRefusal> {
  if (bytes.length > MAX_SIGHTINGS_BYTES) return refused('sightings-too-large');
  const cbor = parseCbor(bytes, { maxDepth: 3 });
  if (!cbor.ok) return refused('sightings-cbor');
  if (!isCborArray(cbor.value) || cbor.value.length !== 2) return refused('sightings-shape');
  const [cursor, rows] = cbor.value;
  if (typeof cursor !== 'string' || cursor.length > MAX_CURSOR_LENGTH) return refused('sightings-cursor');
  if (!isCborArray(rows) || rows.length > MAX_SIGHTINGS) return refused('sightings-shape');
  const sightings = rows.map(parseRow);
  return sightings.every((sighting) => sighting !== null)
    ? ok({ cursor, sightings })
    : refused('sightings-row');
}

function parseRow(row: CborValue): SharedSighting | null {
  if (!isCborArray(row) || row.length !== 5) return null;
  const [day, pseudonym, minute, gate, directionAt] = row;
  const direction = typeof directionAt === 'number' ? DIRECTIONS[directionAt] : undefined;
  if (!isSiteDay(day) || !isCborBytes(pseudonym) || pseudonym.length !== PSEUDONYM_BYTES) return null;
  if (!isCborUint(minute, MAX_RECORD_NUMBER) || !isId(gate) || direction === undefined) return null;
  return { day, pseudonym, minute, gate, direction };
}
