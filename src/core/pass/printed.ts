// What a pass may say about its holder because the guard can compare it with print: name and year of birth, no more.
// Refuses names that could draw over the screen around them: control characters, and marks that turn text about.

import { utf8ToBytes } from '../bytes/bytes.ts';
import { type CborKey, type CborMap, type CborValue, isCborMap, isCborUint } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import type { PassClaims, PrintedFacts } from './pass.ts';

export type PrintedRefusal = 'claims-bad-printed' | 'claims-bad-name' | 'claims-bad-birth-year';

/** Names of the world are long: 80 bytes are 80 Latin letters, 40 Arabic ones or 26 Chinese ones. */
export const MAX_NAME_BYTES = 80;
export const EARLIEST_BIRTH_YEAR = 1880;

const NAME = 1;
const BIRTH_YEAR = 2;
/** Control characters, line and paragraph separators, and the explicit directional marks of UAX #9, section 2. */
const UNSAFE_IN_NAME = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

export function encodePrinted(printed: PrintedFacts): CborMap {
  const map = new Map<CborKey, CborValue>();
  if (printed.name !== undefined) map.set(NAME, printed.name);
  if (printed.birthYear !== undefined) map.set(BIRTH_YEAR, printed.birthYear);
  return map;
}

/** Nobody is born after their pass was issued. */
export function parsePrinted(
  value: CborValue | undefined,
  issuedAt: number,
): Result<Pick<PassClaims, 'printed'>, PrintedRefusal> {
  if (value === undefined) return ok({});
  if (!isCborMap(value) || value.size === 0) return refused('claims-bad-printed');
  for (const key of value.keys())
    if (key !== NAME && key !== BIRTH_YEAR) return refused('claims-bad-printed');
  const name = value.get(NAME);
  if (name !== undefined && !isName(name)) return refused('claims-bad-name');
  const birthYear = value.get(BIRTH_YEAR);
  if (birthYear !== undefined && !isBirthYear(birthYear, issuedAt)) return refused('claims-bad-birth-year');
  return ok({
    printed: { ...(name !== undefined && { name }), ...(birthYear !== undefined && { birthYear }) },
  });
}

function isName(value: CborValue): value is string {
  if (typeof value !== 'string' || value.trim() === '' || UNSAFE_IN_NAME.test(value)) return false;
  return utf8ToBytes(value).length <= MAX_NAME_BYTES;
}

const isBirthYear = (value: CborValue, issuedAt: number): value is number =>
  isCborUint(value, new Date(issuedAt * 1000).getUTCFullYear()) && value >= EARLIEST_BIRTH_YEAR;
