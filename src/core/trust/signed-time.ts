// The time, signed by a server just now: a COSE_Sign1 (RFC 9052, section 4.2) over CBOR [ nonce, time ], external_aad
// 'gatelight-time-1'. The nonce is the asker's own, so no old answer can be played again. Time: whole seconds since 1970.

import { type Bytes, isSameBytes, utf8ToBytes } from '../bytes/bytes.ts';
import { encodeCbor, isCborArray, isCborBytes, isCborUint, parseCbor } from '../bytes/cbor.ts';
import { EARLIEST_SECONDS } from '../pass/claims.ts';
import { ok, type Result, refused } from '../result.ts';
import { parseCoseSign1, signCoseSign1 } from '../signature/cose-sign1.ts';
import { type Ed25519Engine, isSignedByOne } from '../signature/engine.ts';
import type { Signer } from '../signature/signer.ts';

const EXTERNAL_AAD = utf8ToBytes('gatelight-time-1');
export const TIME_NONCE_BYTES = 16;
/** Far more than such an answer has. */
export const MAX_TIME_BYTES = 512;

/** The last second of the last year of four digits: no calendar goes wrong up to there. */
export const LATEST_TIME_SECONDS = 253_402_300_799;

export const TIME_REFUSALS = ['time-cose', 'time-shape', 'time-other-nonce', 'time-signature'] as const;
export type TimeRefusal = (typeof TIME_REFUSALS)[number];

export const signTime = (nonce: Bytes, seconds: number, signer: Signer): Promise<Bytes> =>
  signCoseSign1(encodeCbor([nonce, seconds]), EXTERNAL_AAD, signer);

export async function verifyTime(
  bytes: Bytes,
  nonce: Bytes,
  keys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<number, TimeRefusal>> {
  const cose = parseCoseSign1(bytes, EXTERNAL_AAD);
  if (!cose.ok) return refused('time-cose');
  const { payload, signature, signedBytes } = cose.value;
  const parsed = parseCbor(payload, { maxDepth: 1 });
  if (!parsed.ok || !isCborArray(parsed.value) || parsed.value.length !== 2) return refused('time-shape');
  const [echo, seconds] = parsed.value;
  if (!isCborBytes(echo) || !isCborUint(seconds, LATEST_TIME_SECONDS)) return refused('time-shape');
  if (seconds < EARLIEST_SECONDS) return refused('time-shape');
  if (!isSameBytes(echo, nonce)) return refused('time-other-nonce');
  return (await isSignedByOne(keys, signature, signedBytes, engine))
    ? ok(seconds)
    : refused('time-signature');
}
