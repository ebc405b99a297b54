// A receipt as bytes: a COSE_Sign1 (RFC 9052, section 4.2) by the server's receipt key over
// CBOR [ site, device, epoch, upTo, head, [ [ seq, hash ] ... ], serverTime ], external_aad 'gatelight-receipt-1'.

import { type Bytes, isSameBytes, utf8ToBytes } from '../bytes/bytes.ts';
import {
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborUint,
  parseCbor,
} from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { parseCoseSign1, signCoseSign1 } from '../signature/cose-sign1.ts';
import { type Ed25519Engine, isSignedByOne } from '../signature/engine.ts';
import type { Signer } from '../signature/signer.ts';
import { isId } from '../trust/ids.ts';
import type { LogIdentity, Receipt } from './envelope.ts';
import { isDeviceId, isPositive } from './identity.ts';

const EXTERNAL_AAD = utf8ToBytes('gatelight-receipt-1');
const HASH_BYTES = 32;
/** The last second of year 9999. */
const MAX_SECONDS = 253_402_300_799;

export const RECEIPT_REFUSALS = ['receipt-cose', 'receipt-signature', 'receipt-shape'] as const;
export type ReceiptRefusal = (typeof RECEIPT_REFUSALS)[number];

export function signReceipt(receipt: Receipt, signer: Signer): Promise<Bytes> {
  const { site, device, epoch, upTo, head, serverTime } = receipt;
  const quarantined = receipt.quarantined.map(({ seq, hash }) => [seq, hash]);
  return signCoseSign1(
    encodeCbor([site, device, epoch, upTo, head, quarantined, serverTime]),
    EXTERNAL_AAD,
    signer,
  );
}

/** Checks that these bytes are a receipt and that one of these keys signed it. */
export async function verifyReceipt(
  bytes: Bytes,
  receiptKeys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<Receipt, ReceiptRefusal>> {
  const cose = parseCoseSign1(bytes, EXTERNAL_AAD);
  if (!cose.ok) return refused('receipt-cose');
  const { payload, signature, signedBytes } = cose.value;
  if (!(await isSignedByOne(receiptKeys, signature, signedBytes, engine)))
    return refused('receipt-signature');
  return parsePayload(payload);
}

/** As it stands, whoever signed it: for receipts of one's own keeping. */
export function parseReceipt(bytes: Bytes): Result<Receipt, 'receipt-cose' | 'receipt-shape'> {
  const cose = parseCoseSign1(bytes, EXTERNAL_AAD);
  return cose.ok ? parsePayload(cose.value.payload) : refused('receipt-cose');
}

/** Which of these records the receipt covers: see "The log" in docs/ARCHITECTURE.md. */
export function coveredSeqs(
  receipt: Receipt,
  identity: LogIdentity,
  records: readonly { readonly seq: number; readonly hash: Bytes }[],
): readonly number[] {
  const isOurs =
    receipt.site === identity.site && receipt.device === identity.device && receipt.epoch === identity.epoch;
  if (!isOurs) return [];
  const hashesBySeq = new Map<number, Bytes[]>();
  for (const { seq, hash } of receipt.quarantined)
    hashesBySeq.set(seq, [...(hashesBySeq.get(seq) ?? []), hash]);
  const isListed = (seq: number, own: Bytes) =>
    (hashesBySeq.get(seq) ?? []).some((hash) => isSameBytes(hash, own));

  const atHead = records.find(({ seq }) => seq === receipt.upTo);
  const isSameHead = atHead !== undefined && isSameBytes(atHead.hash, receipt.head);
  return records
    .filter(({ seq, hash }) => (isSameHead && seq <= receipt.upTo) || isListed(seq, hash))
    .map(({ seq }) => seq);
}

function parsePayload(payload: Bytes): Result<Receipt, 'receipt-shape'> {
  const cbor = parseCbor(payload, { maxDepth: 4 });
  if (!cbor.ok || !isCborArray(cbor.value) || cbor.value.length !== 7) return refused('receipt-shape');
  const [site, device, epoch, upTo, head, listed, serverTime] = cbor.value;
  if (!isId(site) || !isDeviceId(device) || !isPositive(epoch) || !isPositive(upTo))
    return refused('receipt-shape');
  if (!isHash(head) || !isCborArray(listed) || !isCborUint(serverTime, MAX_SECONDS))
    return refused('receipt-shape');
  const quarantined = listed.map(parseListed);
  if (!quarantined.every((item) => item !== null)) return refused('receipt-shape');
  return ok({ site, device, epoch, upTo, head, quarantined, serverTime });
}

function parseListed(item: CborValue): Receipt['quarantined'][number] | null {
  if (!isCborArray(item) || item.length !== 2) return null;
  const [seq, hash] = item;
  return isPositive(seq) && isHash(hash) ? { seq, hash } : null;
}

const isHash = (value: CborValue | undefined): value is Bytes =>
  isCborBytes(value) && value.length === HASH_BYTES;
