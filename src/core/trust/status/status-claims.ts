// The claims of a status list token (CWT, RFC 8392) <-> CBOR: sub, iat, exp, ttl and the list, still compressed.
// Token Status List, draft-ietf-oauth-status-list-20, sections 4.3 and 5.2. Narrower than the draft: deterministic CBOR,
// one or two bits, no other claim, no aggregation_uri. Reads times within 2020 and ten years from now.

import type { Bytes } from '../../bytes/bytes.ts';
import {
  CBOR_REFUSALS,
  type CborKey,
  type CborMap,
  type CborValue,
  encodeCbor,
  isCborBytes,
  isCborMap,
  isCborUint,
  parseCbor,
} from '../../bytes/cbor.ts';
import { EARLIEST_SECONDS, MAX_AHEAD_SECONDS } from '../../pass/claims.ts';
import { ok, type Result, refused } from '../../result.ts';
import type { StatusBits } from './status-list.ts';

export const STATUS_CLAIMS_REFUSALS = [
  ...CBOR_REFUSALS,
  'status-claims-not-a-map',
  'status-unknown-claim',
  'status-bad-uri',
  'status-bad-issue-time',
  'status-bad-expiry',
  'status-expiry-not-after-issue',
  'status-bad-ttl',
  'status-bad-list',
  'status-unknown-list-field',
  'status-bad-bits',
  'status-unread-bits',
  'status-bad-lst',
] as const;
export type StatusClaimsRefusal = (typeof STATUS_CLAIMS_REFUSALS)[number];

/** What a token says of its list. Times are whole seconds since 1970. */
export interface StatusFacts {
  /** Where the list is published, and its name. */
  readonly uri: string;
  readonly issuedAt: number;
  readonly expiresAt?: number;
  /** For how long a copy need not be fetched again. */
  readonly ttlSeconds?: number;
}

export interface StatusClaims extends StatusFacts {
  readonly bits: StatusBits;
  /** zlib (RFC 1950). */
  readonly compressed: Bytes;
}

export const MAX_URI_BYTES = 512;
/** One year of 365 days. */
export const MAX_TTL_SECONDS = 31_536_000;

const SUB = 2;
const EXP = 4;
const IAT = 6;
const STATUS_LIST = 65533;
const TTL = 65534;
const KNOWN_CLAIMS: ReadonlySet<CborKey> = new Set([SUB, EXP, IAT, STATUS_LIST, TTL]);
const BITS = 'bits';
const LST = 'lst';
const MAX_DEPTH = 2;

/** Throws on claims that parseStatusClaims would refuse whatever the time. */
export function encodeStatusClaims(claims: StatusClaims): Bytes {
  const { uri, issuedAt, expiresAt, ttlSeconds, bits, compressed } = claims;
  const map = new Map<CborKey, CborValue>([
    [SUB, uri],
    [IAT, issuedAt],
    [
      STATUS_LIST,
      new Map<CborKey, CborValue>([
        [BITS, bits],
        [LST, compressed],
      ]),
    ],
  ]);
  if (expiresAt !== undefined) map.set(EXP, expiresAt);
  if (ttlSeconds !== undefined) map.set(TTL, ttlSeconds);
  const bytes = encodeCbor(map);
  const readBack = parseStatusClaims(bytes, expiresAt ?? issuedAt);
  if (!readBack.ok) throw new Error(`these claims make no status list: ${readBack.error}`);
  return bytes;
}

/** `nowSeconds` only bounds the times a list may name; whether it may be used is asked afterwards. */
export function parseStatusClaims(
  payload: Uint8Array,
  nowSeconds: number,
): Result<StatusClaims, StatusClaimsRefusal> {
  const parsed = parseCbor(payload, { maxDepth: MAX_DEPTH });
  if (!parsed.ok) return parsed;
  const map = parsed.value;
  if (!isCborMap(map)) return refused('status-claims-not-a-map');
  for (const key of map.keys()) if (!KNOWN_CLAIMS.has(key)) return refused('status-unknown-claim');

  const uri = map.get(SUB);
  if (!isUri(uri)) return refused('status-bad-uri');
  const times = parseTimes(map, nowSeconds);
  if (!times.ok) return times;
  const list = parseList(map.get(STATUS_LIST));
  if (!list.ok) return list;
  return ok({ uri, ...times.value, ...list.value });
}

/** Compared with the expected one as it stands, so its form is the business of who names it. */
const isUri = (value: CborValue | undefined): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= MAX_URI_BYTES &&
  /^[\x21-\x7e]+$/.test(value);

type Times = Pick<StatusClaims, 'issuedAt' | 'expiresAt' | 'ttlSeconds'>;

function parseTimes(map: CborMap, nowSeconds: number): Result<Times, StatusClaimsRefusal> {
  const latest = nowSeconds + MAX_AHEAD_SECONDS;
  const isTime = (value: CborValue | undefined): value is number =>
    isCborUint(value, latest) && value >= EARLIEST_SECONDS;
  const issuedAt = map.get(IAT);
  if (!isTime(issuedAt)) return refused('status-bad-issue-time');
  const expiresAt = map.get(EXP);
  if (expiresAt !== undefined && !isTime(expiresAt)) return refused('status-bad-expiry');
  if (expiresAt !== undefined && expiresAt <= issuedAt) return refused('status-expiry-not-after-issue');
  const ttlSeconds = map.get(TTL);
  if (ttlSeconds !== undefined && (!isCborUint(ttlSeconds, MAX_TTL_SECONDS) || ttlSeconds === 0))
    return refused('status-bad-ttl');
  return ok({
    issuedAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  });
}

type PackedList = Pick<StatusClaims, 'bits' | 'compressed'>;

function parseList(value: CborValue | undefined): Result<PackedList, StatusClaimsRefusal> {
  if (!isCborMap(value)) return refused('status-bad-list');
  for (const key of value.keys())
    if (key !== BITS && key !== LST) return refused('status-unknown-list-field');
  const bits = value.get(BITS);
  if (bits === 4 || bits === 8) return refused('status-unread-bits');
  if (bits !== 1 && bits !== 2) return refused('status-bad-bits');
  const compressed = value.get(LST);
  if (!isCborBytes(compressed)) return refused('status-bad-lst');
  return ok({ bits, compressed });
}
