// A server's word that it dropped records because their day was over: COSE_Sign1 (RFC 9052, section 4.2) by its receipt key
// over CBOR [ site, device, epoch, day, from, to, prev, head ], external_aad 'gatelight-dropped-1'. So that a log can be
// audited whose beginning has ended, and nobody else can pass a cut off for an end.

import { type Bytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, parseCbor } from '../../bytes/cbor.ts';
import { ok, type Result, refused } from '../../result.ts';
import { parseCoseSign1, signCoseSign1 } from '../../signature/cose-sign1.ts';
import { type Ed25519Engine, isSignedByOne } from '../../signature/engine.ts';
import type { Signer } from '../../signature/signer.ts';
import { isId } from '../../trust/ids.ts';
import { isSiteDay } from '../../trust/site-day.ts';
import type { LogIdentity } from '../envelope.ts';
import { isDeviceId, isPositive } from '../identity.ts';
import { HASH_BYTES } from './envelope.ts';

const EXTERNAL_AAD = utf8ToBytes('gatelight-dropped-1');

/** Numbers from `from` to `to`, without a hole. */
export interface DroppedRun extends LogIdentity {
  /** 'YYYY-MM-DD', the site's. */
  readonly day: string;
  readonly from: number;
  readonly to: number;
  /** What number `from` named as the one before. */
  readonly prev: Bytes;
  /** SHA-256 of number `to`. */
  readonly head: Bytes;
}

export const DROPPED_REFUSALS = ['dropped-cose', 'dropped-signature', 'dropped-shape'] as const;
export type DroppedRefusal = (typeof DROPPED_REFUSALS)[number];

export const signDroppedRun = (run: DroppedRun, signer: Signer): Promise<Bytes> => {
  const { site, device, epoch, day, from, to, prev, head } = run;
  return signCoseSign1(encodeCbor([site, device, epoch, day, from, to, prev, head]), EXTERNAL_AAD, signer);
};

export async function verifyDroppedRun(
  bytes: Bytes,
  receiptKeys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<DroppedRun, DroppedRefusal>> {
  const cose = parseCoseSign1(bytes, EXTERNAL_AAD);
  if (!cose.ok) return refused('dropped-cose');
  const { payload, signature, signedBytes } = cose.value;
  if (!(await isSignedByOne(receiptKeys, signature, signedBytes, engine)))
    return refused('dropped-signature');
  const parsed = parseCbor(payload, { maxDepth: 1 });
  if (!parsed.ok || !isCborArray(parsed.value) || parsed.value.length !== 8) return refused('dropped-shape');
  const [site, device, epoch, day, from, to, prev, head] = parsed.value;
  if (!isId(site) || !isDeviceId(device) || !isPositive(epoch) || !isSiteDay(day))
    return refused('dropped-shape');
  if (!isPositive(from) || !isPositive(to) || to < from || !isHash(prev) || !isHash(head))
    return refused('dropped-shape');
  return ok({ site, device, epoch, day, from, to, prev, head });
}

const isHash = (value: CborValue | undefined): value is Bytes =>
  isCborBytes(value) && value.length === HASH_BYTES;
