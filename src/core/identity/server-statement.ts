// What a server says to one tablet, signed: COSE_Sign1 (RFC 9052, section 4.2) over a CBOR array, each kind under an
// external_aad of its own, so that none can pass for another.

import { type Bytes, utf8ToBytes } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, parseCbor } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { parseCoseSign1, signCoseSign1 } from '../signature/cose-sign1.ts';
import { type Ed25519Engine, isSignedByOne } from '../signature/engine.ts';
import type { Signer } from '../signature/signer.ts';

export type StatementKind = 'enrolled' | 'wipe' | 'pin-reset' | 'key-taken';

export const STATEMENT_REFUSALS = ['statement-cose', 'statement-signature', 'statement-shape'] as const;
export type StatementRefusal = (typeof STATEMENT_REFUSALS)[number];

export const MAX_STATEMENT_BYTES = 1024;

export const signServerStatement = (
  kind: StatementKind,
  parts: readonly CborValue[],
  signer: Signer,
): Promise<Bytes> => signCoseSign1(encodeCbor(parts), aadOf(kind), signer);

/** The parts, once one of the keys proves to have signed them as that kind. */
export async function openServerStatement(
  kind: StatementKind,
  bytes: Bytes,
  keys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<readonly CborValue[], StatementRefusal>> {
  const cose = bytes.length <= MAX_STATEMENT_BYTES ? parseCoseSign1(bytes, aadOf(kind)) : null;
  if (cose === null || !cose.ok) return refused('statement-cose');
  const { payload, signature, signedBytes } = cose.value;
  if (!(await isSignedByOne(keys, signature, signedBytes, engine))) return refused('statement-signature');
  const parsed = parseCbor(payload, { maxDepth: 1 });
  return parsed.ok && isCborArray(parsed.value) ? ok(parsed.value) : refused('statement-shape');
}

const aadOf = (kind: StatementKind): Bytes => utf8ToBytes(`gatelight-${kind}-1`);
