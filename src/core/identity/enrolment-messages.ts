// What travels while a tablet enrols, before it can sign requests that anybody knows. claim = CBOR [ tablet's key, proof,
// site / null ], answer = CBOR [ server's key, hash of the TUF root, proof ]. Read strictly: one form, exact lengths.

import type { Bytes } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, parseCbor } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { isId } from '../trust/ids.ts';
import { parseDeviceKey } from './device-key.ts';
import type { ClaimAnswer, EnrolmentClaim } from './enrolment-offer.ts';

export const MAX_CLAIM_BYTES = 256;
const HASH_BYTES = 32;

export const encodeClaim = ({ tablet, proof, boundTo }: EnrolmentClaim): Bytes =>
  encodeCbor([tablet.bytes, proof, boundTo]);

export function parseClaim(bytes: Uint8Array): Result<EnrolmentClaim, 'claim-malformed'> {
  const [keyBytes, proof, boundTo] = parseThree(bytes) ?? [];
  const tablet = parseDeviceKey(isCborBytes(keyBytes) ? keyBytes : new Uint8Array(0));
  if (!tablet.ok || !isHash(proof)) return refused('claim-malformed');
  if (boundTo !== null && !isId(boundTo)) return refused('claim-malformed');
  return ok({ tablet: tablet.value, proof, boundTo });
}

export const encodeClaimAnswer = ({ server, proof }: ClaimAnswer): Bytes =>
  encodeCbor([server.key, server.rootHash, proof]);

export function parseClaimAnswer(bytes: Uint8Array): Result<ClaimAnswer, 'claim-answer-malformed'> {
  const [key, rootHash, proof] = parseThree(bytes) ?? [];
  if (!isHash(key) || !isHash(rootHash) || !isHash(proof)) return refused('claim-answer-malformed');
  return ok({ server: { key, rootHash }, proof });
}

function parseThree(bytes: Uint8Array): readonly CborValue[] | null {
  const parsed = bytes.length <= MAX_CLAIM_BYTES ? parseCbor(bytes, { maxDepth: 1 }) : null;
  if (parsed === null || !parsed.ok) return null;
  return isCborArray(parsed.value) && parsed.value.length === 3 ? parsed.value : null;
}

const isHash = (value: CborValue | undefined): value is Bytes =>
  isCborBytes(value) && value.length === HASH_BYTES;
