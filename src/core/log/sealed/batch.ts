// A batch of sealed envelopes, signed by the tablet: CBOR [ signed, [ envelope bytes ... ], last receipt / null ].
// `signed` is a COSE_Sign1 by the tablet's key (identity/device-cose.ts) over CBOR [ site, device, epoch, from, to, head, envelopes ], where the
// envelopes stand as the SHA-256 of their hashes, external_aad 'gatelight-batch-1': short enough for a server to keep with
// its receipt, and it vouches for every byte. Envelopes stay byte strings: a broken one must not hide the others.

import { type Bytes, isSameBytes, joinBytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, parseCbor } from '../../bytes/cbor.ts';
import { sha256 } from '../../bytes/sha256.ts';
import {
  type DeviceCose,
  parseDeviceCose,
  signByDevice,
  verifyDeviceCose,
} from '../../identity/device-cose.ts';
import type { DevicePublicKey, DeviceSigner, VerifyDeviceSignature } from '../../identity/device-key.ts';
import { ok, type Result, refused } from '../../result.ts';
import { isId } from '../../trust/ids.ts';
import { type LogIdentity, MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '../envelope.ts';
import { isDeviceId, isPositive } from '../identity.ts';
import { HASH_BYTES } from './envelope.ts';

const EXTERNAL_AAD = utf8ToBytes('gatelight-batch-1');
const MAX_RECEIPT_BYTES = 64 * 1024;

/** What a tablet signs of a batch. */
export interface BatchHead extends LogIdentity {
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the last envelope. */
  readonly head: Bytes;
  /** SHA-256 of the SHA-256s of all envelopes, one after another. */
  readonly envelopesHash: Bytes;
}

export interface SealedBatch {
  readonly head: BatchHead;
  /** The COSE_Sign1 around the head, as it came. */
  readonly signed: Bytes;
  readonly envelopes: readonly Bytes[];
  /** The last receipt this tablet was given, as it came: lets a restored server take a gap. */
  readonly lastReceipt: Bytes | null;
}

export const BATCH_HEAD_REFUSALS = [
  'batch-cose',
  'batch-head-shape',
  'batch-identity',
  'batch-range',
  'batch-hash',
] as const;
export type BatchHeadRefusal = (typeof BATCH_HEAD_REFUSALS)[number];

export const SEALED_BATCH_REFUSALS = [
  'batch-too-large',
  'batch-cbor',
  'batch-shape',
  ...BATCH_HEAD_REFUSALS,
  'batch-envelopes',
  'batch-receipt',
] as const;
export type SealedBatchRefusal = (typeof SEALED_BATCH_REFUSALS)[number];

/** Envelopes from number `from` on, in order; between 1 and 500 of them. */
export async function signBatch(
  identity: LogIdentity,
  from: number,
  envelopes: readonly Bytes[],
  lastReceipt: Bytes | null,
  signer: DeviceSigner,
): Promise<Bytes> {
  const hashes = await Promise.all(envelopes.map(sha256));
  const head = hashes.at(-1);
  if (head === undefined || envelopes.length > MAX_BATCH_RECORDS)
    throw new Error(`a batch of ${envelopes.length} envelopes`);
  const { site, device, epoch } = identity;
  const to = from + envelopes.length - 1;
  const payload = encodeCbor([site, device, epoch, from, to, head, await sha256(joinBytes(hashes))]);
  const signed = await signByDevice(payload, EXTERNAL_AAD, signer);
  return encodeCbor([signed, envelopes, lastReceipt]);
}

/** Says nothing about the signature yet, nor whether the envelopes are those that were signed. */
export function parseSealedBatch(bytes: Bytes): Result<SealedBatch, SealedBatchRefusal> {
  if (bytes.length > MAX_BATCH_BYTES) return refused('batch-too-large');
  const cbor = parseCbor(bytes, { maxDepth: 2 });
  if (!cbor.ok) return refused('batch-cbor');
  if (!isCborArray(cbor.value) || cbor.value.length !== 3) return refused('batch-shape');
  const [signed, envelopes, lastReceipt] = cbor.value;
  if (!isCborBytes(signed)) return refused('batch-cose');
  const parsed = parseBatchHead(signed);
  if (!parsed.ok) return parsed;
  const { head } = parsed.value;
  if (!isCborArray(envelopes) || envelopes.length !== head.to - head.from + 1)
    return refused('batch-envelopes');
  if (!envelopes.every((envelope): envelope is Bytes => isCborBytes(envelope)))
    return refused('batch-envelopes');
  if (lastReceipt !== null && !(isCborBytes(lastReceipt) && lastReceipt.length <= MAX_RECEIPT_BYTES))
    return refused('batch-receipt');
  return ok({ head, signed, envelopes, lastReceipt });
}

/** Checks that this tablet signed this head under one of its keys, and that these envelopes are the ones it signed. */
export async function verifySealedBatch(
  { signed, envelopes }: Pick<SealedBatch, 'signed' | 'envelopes'>,
  keys: readonly DevicePublicKey[],
  verify: VerifyDeviceSignature,
): Promise<Result<BatchHead, BatchHeadRefusal | 'batch-signature' | 'batch-other-envelopes'>> {
  const verified = await verifyBatchHead(signed, keys, verify);
  if (!verified.ok) return verified;
  const { from, to, head, envelopesHash } = verified.value;
  const hashes = await Promise.all(envelopes.map(sha256));
  const last = hashes.at(-1);
  const isSigned =
    hashes.length === to - from + 1 &&
    last !== undefined &&
    isSameBytes(last, head) &&
    isSameBytes(await sha256(joinBytes(hashes)), envelopesHash);
  return isSigned ? verified : refused('batch-other-envelopes');
}

/** Checks that this tablet signed what a server kept of a batch. */
export async function verifyBatchHead(
  signed: Bytes,
  keys: readonly DevicePublicKey[],
  verify: VerifyDeviceSignature,
): Promise<Result<BatchHead, BatchHeadRefusal | 'batch-signature'>> {
  const parsed = parseBatchHead(signed);
  if (!parsed.ok) return parsed;
  const { head, cose } = parsed.value;
  return (await verifyDeviceCose(cose, keys, verify)).ok ? ok(head) : refused('batch-signature');
}

/** The head as it stands, whoever signed it: it says which tablet's key to try. */
export function parseBatchHead(
  signed: Bytes,
): Result<{ readonly head: BatchHead; readonly cose: DeviceCose }, BatchHeadRefusal> {
  const cose = parseDeviceCose(signed, EXTERNAL_AAD);
  if (!cose.ok) return refused('batch-cose');
  const payload = parseCbor(cose.value.payload, { maxDepth: 1 });
  if (!payload.ok || !isCborArray(payload.value) || payload.value.length !== 7)
    return refused('batch-head-shape');
  const [site, device, epoch, from, to, head, envelopesHash] = payload.value;
  if (!isId(site) || !isDeviceId(device) || !isPositive(epoch)) return refused('batch-identity');
  if (!isPositive(from) || !isPositive(to) || to < from || to - from >= MAX_BATCH_RECORDS)
    return refused('batch-range');
  if (!isHash(head) || !isHash(envelopesHash)) return refused('batch-hash');
  return ok({ head: { site, device, epoch, from, to, head, envelopesHash }, cose: cose.value });
}

const isHash = (value: CborValue | undefined): value is Bytes =>
  isCborBytes(value) && value.length === HASH_BYTES;
