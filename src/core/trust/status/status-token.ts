// A status list token: a CWT in a tagged COSE_Sign1 with typ "application/statuslist+cwt", signed with Ed25519 (Token
// Status List, draft-ietf-oauth-status-list-20, sections 5.2 and 8.3; RFC 9052, RFC 9596). Verified in the standard's
// order; what we ask beyond it, that no list be older than the one held, comes last.

import { type Bytes, concatBytes, isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import {
  COSE_REFUSALS,
  type CoseRefusal,
  type CoseSign1,
  keyHintOf,
  parseCoseSign1,
  signCoseSign1,
} from '../../signature/cose-sign1.ts';
import type { Ed25519Engine } from '../../signature/engine.ts';
import type { Signer } from '../../signature/signer.ts';
import { inflateZlib, ZLIB_REFUSALS, type ZlibRefusal } from './inflate-zlib.ts';
import {
  encodeStatusClaims,
  parseStatusClaims,
  STATUS_CLAIMS_REFUSALS,
  type StatusClaims,
  type StatusClaimsRefusal,
  type StatusFacts,
} from './status-claims.ts';
import { hasOnlyKnownValues, MAX_INDICES, packedBytesFor, type StatusList } from './status-list.ts';

const OWN_REFUSALS = [
  'status-too-large',
  'status-wrong-type',
  'status-unknown-key',
  'status-bad-signature',
  'status-other-uri',
  'status-issued-in-future',
  'status-expired',
  'status-rollback',
  'status-fork',
  'status-empty',
  'status-unknown-value',
] as const;

export type StatusRefusal = (typeof OWN_REFUSALS)[number] | CoseRefusal | StatusClaimsRefusal | ZlibRefusal;

export const STATUS_REFUSALS: readonly StatusRefusal[] = [
  ...new Set<StatusRefusal>([...OWN_REFUSALS, ...COSE_REFUSALS, ...STATUS_CLAIMS_REFUSALS, ...ZLIB_REFUSALS]),
];

/** A list that was verified: plain values and one byte string of its own, so it crosses workers and IndexedDB. */
export interface HeldStatusList extends StatusFacts {
  readonly list: StatusList;
}

export interface ExpectedStatusList {
  readonly uri: string;
  /** Ed25519 public keys, each of which may sign this list. */
  readonly keys: readonly Bytes[];
  /** The list of that URI that is in use, if any. */
  readonly held: Pick<HeldStatusList, 'issuedAt' | 'list'> | null;
  /** The later of the wall clock and the time that trust proves. */
  readonly nowSeconds: number;
}

export const STATUS_MEDIA_TYPE = 'application/statuslist+cwt';
/** A list of 2^20 two-bit values that does not compress at all, and what stands around it. */
export const MAX_TOKEN_BYTES = 260 * 1024;
/** The proven time may lag an hour behind the true one, and the wall clock with it. */
export const MAX_ISSUED_AHEAD_SECONDS = 2 * 3600;

const COSE_SIGN1_TAG = 0xd2;
const NO_AAD: Bytes = new Uint8Array(0);

/** Refuses whatever is not a good list of that name that is as new as the one held. Never throws on hostile bytes. */
export async function verifyStatusToken(
  token: Uint8Array,
  expected: ExpectedStatusList,
  engine: Ed25519Engine,
): Promise<Result<HeldStatusList, StatusRefusal>> {
  const cose = parseToken(token);
  if (!cose.ok) return cose;
  const unsigned = await findSignatureFault(cose.value, expected.keys, engine);
  if (unsigned !== null) return refused(unsigned);
  const claims = parseStatusClaims(cose.value.payload, expected.nowSeconds);
  if (!claims.ok) return claims;
  const outOfPlace = findFactFault(claims.value, expected);
  if (outOfPlace !== null) return refused(outOfPlace);
  const list = inflateList(claims.value);
  if (!list.ok) return list;
  if (isFork(claims.value.issuedAt, list.value, expected.held)) return refused('status-fork');

  const { bits: _bits, compressed: _compressed, ...facts } = claims.value;
  return ok({ ...facts, list: list.value });
}

/**
 * What a token says of itself, whoever signed it and whether or not it has ended: for those who kept it after it was
 * verified. Null for what is no token, and for times that lie too far ahead of `nowSeconds`.
 */
export function readStatusFacts(token: Uint8Array, nowSeconds: number): StatusFacts | null {
  const cose = parseToken(token);
  const claims = cose.ok ? parseStatusClaims(cose.value.payload, nowSeconds) : null;
  return claims?.ok === true ? claims.value : null;
}

/** zlib (RFC 1950) at the highest level there is. Any compressor of that form will do: the result is read back here. */
export type CompressZlib = (bytes: Bytes) => Uint8Array;

/** Throws on a list that verifyStatusToken would refuse. */
export async function signStatusToken(
  { list, ...facts }: HeldStatusList,
  signer: Signer,
  compress: CompressZlib,
): Promise<Bytes> {
  const claims = { ...facts, bits: list.bits, compressed: new Uint8Array(compress(list.packed)) };
  const readBack = inflateList(claims);
  if (!readBack.ok) throw new Error(`no tablet would take this status list: ${readBack.error}`);
  if (!isSameBytes(readBack.value.packed, list.packed)) throw new Error('the compressor changed the list');
  const cose = await signCoseSign1(encodeStatusClaims(claims), NO_AAD, signer, STATUS_MEDIA_TYPE);
  const token = concatBytes(Uint8Array.of(COSE_SIGN1_TAG), cose);
  if (token.length > MAX_TOKEN_BYTES)
    throw new Error(`a status list token of ${token.length} bytes is too large`);
  return token;
}

/** Checks size, form and type. The tag is required of who writes, and tells a reader nothing: it may be missing. */
function parseToken(token: Uint8Array): Result<CoseSign1, StatusRefusal> {
  if (token.length > MAX_TOKEN_BYTES) return refused('status-too-large');
  const cose = parseCoseSign1(token[0] === COSE_SIGN1_TAG ? token.subarray(1) : token, NO_AAD, 'typed');
  if (!cose.ok) return cose;
  return cose.value.type === STATUS_MEDIA_TYPE ? cose : refused('status-wrong-type');
}

/** Checks that one of the keys with the token's hint signed it. */
async function findSignatureFault(
  { keyHint, signature, signedBytes }: CoseSign1,
  keys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<StatusRefusal | null> {
  let fault: StatusRefusal = 'status-unknown-key';
  for (const key of keys) {
    if (!isSameBytes(await keyHintOf(key), keyHint)) continue;
    if (await engine.verify(key, signature, signedBytes)) return null;
    fault = 'status-bad-signature';
  }
  return fault;
}

/** Checks that it is the list that was asked for, of a time in which it may be put to use. */
function findFactFault(facts: StatusFacts, expected: ExpectedStatusList): StatusRefusal | null {
  const { uri, held, nowSeconds } = expected;
  if (facts.uri !== uri) return 'status-other-uri';
  if (facts.issuedAt > nowSeconds + MAX_ISSUED_AHEAD_SECONDS) return 'status-issued-in-future';
  if (facts.expiresAt !== undefined && facts.expiresAt <= nowSeconds) return 'status-expired';
  if (held !== null && facts.issuedAt < held.issuedAt) return 'status-rollback';
  return null;
}

function inflateList({ bits, compressed }: StatusClaims): Result<StatusList, StatusRefusal> {
  const packed = inflateZlib(compressed, packedBytesFor(MAX_INDICES, bits));
  if (!packed.ok) return packed;
  if (packed.value.length === 0) return refused('status-empty');
  const list: StatusList = { bits, packed: packed.value };
  return hasOnlyKnownValues(list) ? ok(list) : refused('status-unknown-value');
}

/** Two lists of one second: which is the later one, nobody can say. */
function isFork(issuedAt: number, { bits, packed }: StatusList, held: ExpectedStatusList['held']): boolean {
  if (held === null || issuedAt !== held.issuedAt) return false;
  return bits !== held.list.bits || !isSameBytes(packed, held.list.packed);
}
