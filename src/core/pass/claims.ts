// The claims of a GL1 pass (CWT, RFC 8392) <-> CBOR. Unknown claims are refused: what a pass says is what was published.
// Reads times within 2020 and ten years from now, every number and text within its bounds.

import type { Bytes } from '../bytes/bytes.ts';
import {
  CBOR_REFUSALS,
  type CborKey,
  type CborMap,
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborMap,
  isCborUint,
  parseCbor,
} from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Colour, PassClaims, PassId } from './pass.ts';
import { encodePrinted, parsePrinted } from './printed.ts';

export const CLAIMS_REFUSALS = [
  ...CBOR_REFUSALS,
  'claims-not-a-map',
  'claims-unknown-claim',
  'claims-bad-expiry',
  'claims-bad-issue-time',
  'claims-bad-not-before',
  'claims-expiry-not-after-issue',
  'claims-not-before-outside',
  'claims-bad-id',
  'claims-bad-holder-key',
  'claims-bad-statement',
  'claims-unknown-colour',
  'claims-bad-ruleset',
  'claims-bad-reason',
  'claims-bad-printed',
  'claims-bad-name',
  'claims-bad-birth-year',
] as const;
export type ClaimsRefusal = (typeof CLAIMS_REFUSALS)[number];

/** 2020-01-01T00:00:00Z: no pass is older than the idea. */
export const EARLIEST_SECONDS = 1_577_836_800;
/** Ten years of 365.25 days. */
export const MAX_AHEAD_SECONDS = 315_576_000;
export const MAX_RULE_NUMBER = 0xffff;
export const MAX_HOLDER_KEY_BYTES = 128;

const EXP = 4;
const NBF = 5;
const IAT = 6;
const CTI = 7;
const CNF = 8;
const STATEMENT = -65537;
const PRINTED = -65538;
const KNOWN_CLAIMS: ReadonlySet<CborKey> = new Set([EXP, NBF, IAT, CTI, CNF, STATEMENT, PRINTED]);
/** The only member of a `cnf` claim we know: COSE_Key (RFC 8747, section 3.1). */
const CNF_COSE_KEY = 1;
const MAX_DEPTH = 4;
const COLOURS: readonly Colour[] = ['green', 'yellow', 'red'];

/** Throws on claims that parseClaims would refuse whatever the time: an issuer signs nothing that nobody can read. */
export function encodeClaims(claims: PassClaims): Bytes {
  const map = new Map<CborKey, CborValue>([
    [EXP, claims.expiresAt],
    [IAT, claims.issuedAt],
    [CTI, encodeId(claims.id)],
    [STATEMENT, [COLOURS.indexOf(claims.colour), claims.ruleset, claims.reason]],
  ]);
  if (claims.notBefore !== undefined) map.set(NBF, claims.notBefore);
  if (claims.holderKey !== undefined) map.set(CNF, new Map([[CNF_COSE_KEY, cborOf(claims.holderKey)]]));
  if (claims.printed !== undefined) map.set(PRINTED, encodePrinted(claims.printed));
  const bytes = encodeCbor(map);
  const readBack = parseClaims(bytes, claims.expiresAt);
  if (!readBack.ok) throw new Error(`these claims make no pass: ${readBack.error}`);
  return bytes;
}

/** `nowSeconds`: the later of the wall clock and the time that trust proves, or a clock set back refuses good passes. */
export function parseClaims(payload: Uint8Array, nowSeconds: number): Result<PassClaims, ClaimsRefusal> {
  const parsed = parseCbor(payload, { maxDepth: MAX_DEPTH });
  if (!parsed.ok) return parsed;
  const map = parsed.value;
  if (!isCborMap(map)) return refused('claims-not-a-map');
  for (const key of map.keys()) if (!KNOWN_CLAIMS.has(key)) return refused('claims-unknown-claim');

  const times = parseTimes(map, nowSeconds);
  if (!times.ok) return times;
  const id = parseId(map.get(CTI));
  if (!id.ok) return id;
  const statement = parseStatement(map.get(STATEMENT));
  if (!statement.ok) return statement;
  const holderKey = parseHolderKey(map.get(CNF));
  if (!holderKey.ok) return holderKey;
  const printed = parsePrinted(map.get(PRINTED), times.value.issuedAt);
  if (!printed.ok) return printed;
  return ok({ ...times.value, id: id.value, ...statement.value, ...holderKey.value, ...printed.value });
}

type Times = Pick<PassClaims, 'expiresAt' | 'issuedAt' | 'notBefore'>;

function parseTimes(map: CborMap, nowSeconds: number): Result<Times, ClaimsRefusal> {
  const latest = nowSeconds + MAX_AHEAD_SECONDS;
  const isTime = (value: CborValue | undefined): value is number =>
    isCborUint(value, latest) && value >= EARLIEST_SECONDS;
  const expiresAt = map.get(EXP);
  if (!isTime(expiresAt)) return refused('claims-bad-expiry');
  const issuedAt = map.get(IAT);
  if (!isTime(issuedAt)) return refused('claims-bad-issue-time');
  if (expiresAt <= issuedAt) return refused('claims-expiry-not-after-issue');
  const notBefore = map.get(NBF);
  if (notBefore === undefined) return ok({ expiresAt, issuedAt });
  if (!isTime(notBefore)) return refused('claims-bad-not-before');
  if (notBefore < issuedAt || notBefore >= expiresAt) return refused('claims-not-before-outside');
  return ok({ expiresAt, issuedAt, notBefore });
}

/** list uint16 || index uint24, big-endian. */
function parseId(value: CborValue | undefined): Result<PassId, ClaimsRefusal> {
  if (!isCborBytes(value) || value.length !== 5) return refused('claims-bad-id');
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return ok({ list: view.getUint16(0), index: view.getUint8(2) * 0x10000 + view.getUint16(3) });
}

function encodeId(id: PassId): Bytes {
  if (!isCborUint(id.list, 0xffff)) throw new Error(`not the number of a status list: ${id.list}`);
  if (!isCborUint(id.index, 0xffffff)) throw new Error(`not a place in a status list: ${id.index}`);
  const bytes = new Uint8Array(5);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id.list);
  view.setUint8(2, id.index >> 16);
  view.setUint16(3, id.index & 0xffff);
  return bytes;
}

type Statement = Pick<PassClaims, 'colour' | 'ruleset' | 'reason'>;

function parseStatement(value: CborValue | undefined): Result<Statement, ClaimsRefusal> {
  if (!isCborArray(value) || value.length !== 3) return refused('claims-bad-statement');
  const [colourNumber, ruleset, reason] = value;
  const colour = isCborUint(colourNumber) ? COLOURS[colourNumber] : undefined;
  if (colour === undefined) return refused('claims-unknown-colour');
  if (!isCborUint(ruleset, MAX_RULE_NUMBER)) return refused('claims-bad-ruleset');
  if (!isCborUint(reason, MAX_RULE_NUMBER)) return refused('claims-bad-reason');
  return ok({ colour, ruleset, reason });
}

/** The key itself is not judged here, only that it is one COSE_Key map of bounded size. */
function parseHolderKey(value: CborValue | undefined): Result<Pick<PassClaims, 'holderKey'>, ClaimsRefusal> {
  if (value === undefined) return ok({});
  const key = isCborMap(value) && value.size === 1 ? value.get(CNF_COSE_KEY) : undefined;
  if (!isCborMap(key) || key.size === 0) return refused('claims-bad-holder-key');
  const holderKey = encodeCbor(key);
  return holderKey.length <= MAX_HOLDER_KEY_BYTES ? ok({ holderKey }) : refused('claims-bad-holder-key');
}

function cborOf(holderKey: Bytes): CborValue {
  const parsed = parseCbor(holderKey, { maxDepth: MAX_DEPTH - 2 });
  if (!parsed.ok) throw new Error(`the holder's key is not CBOR: ${parsed.error}`);
  return parsed.value;
}
