// What a status list token says of itself, for those who kept it after it was verified.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { parseCoseSign1 } from '../../core/signature/cose-sign1.ts';
import { parseStatusClaims, type StatusFacts } from '../../core/trust/status/status-claims.ts';

const COSE_SIGN1_TAG = 0xd2;

/** Whoever signed it, and whether it has ended; null for what is no token. */
export function tokenFacts(token: Bytes, nowSeconds: number): StatusFacts | null {
  const untagged = token[0] === COSE_SIGN1_TAG ? token.subarray(1) : token;
  const cose = parseCoseSign1(untagged, new Uint8Array(0), 'typed');
  const claims = cose.ok ? parseStatusClaims(cose.value.payload, nowSeconds) : null;
  return claims?.ok === true ? claims.value : null;
}
