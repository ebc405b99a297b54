// The signed words about one tablet's log: which of them count, and what is wrong with the others. The keys come from
// whoever audits, never from the log itself: a log that brings its own keys vouches for nothing.

import type { Bytes } from '../../bytes/bytes.ts';
import {
  type DevicePublicKey,
  openDeviceVerifier,
  type VerifyDeviceSignature,
} from '../../identity/device-key.ts';
import { type Result, refused } from '../../result.ts';
import type { Ed25519Engine } from '../../signature/engine.ts';
import type { LogIdentity, Receipt } from '../envelope.ts';
import { RECEIPT_REFUSALS, type ReceiptRefusal, verifyReceipt } from '../receipt.ts';
import { BATCH_HEAD_REFUSALS, type BatchHead, type BatchHeadRefusal, verifyBatchHead } from './batch.ts';
import { DROPPED_REFUSALS, type DroppedRefusal, type DroppedRun, verifyDroppedRun } from './dropped-days.ts';
import { isSameIdentity } from './envelope.ts';

export const WORD_FAULTS = [
  ...BATCH_HEAD_REFUSALS,
  'batch-signature',
  ...RECEIPT_REFUSALS,
  ...DROPPED_REFUSALS,
  /** The auditor was given no key of this tablet. */
  'batch-no-key',
  /** Signed well, about another tablet's log. */
  'other-log',
] as const;
type WordFaultReason =
  | DroppedRefusal
  | BatchHeadRefusal
  | 'batch-signature'
  | ReceiptRefusal
  | 'batch-no-key'
  | 'other-log';

export interface WordFault {
  readonly kind: 'batch' | 'receipt' | 'receipt-elsewhere' | 'dropped';
  /** Its place among the words of its kind. */
  readonly at: number;
  readonly reason: WordFaultReason;
}

export interface SignedWords {
  readonly batches: readonly BatchHead[];
  readonly receipts: readonly Receipt[];
  readonly dropped: readonly DroppedRun[];
  readonly faults: readonly WordFault[];
}

export interface WordKeys {
  /** Every key that this tablet ever had; none: there is no such tablet, as far as the auditor knows. */
  readonly deviceKeys: readonly DevicePublicKey[];
  readonly receiptKeys: readonly Bytes[];
}

/** As they lie in the log, each a COSE_Sign1. */
export interface WordsOfLog {
  readonly batchHeads: readonly Bytes[];
  readonly receipts: readonly Bytes[];
  readonly dropped?: readonly Bytes[];
}

export async function verifyWords(
  identity: LogIdentity,
  { batchHeads, receipts, dropped = [] }: WordsOfLog,
  keys: WordKeys,
  engine: Ed25519Engine,
): Promise<SignedWords> {
  const faults: WordFault[] = [];
  const sound: {
    readonly batches: BatchHead[];
    readonly receipts: Receipt[];
    readonly dropped: DroppedRun[];
  } = { batches: [], receipts: [], dropped: [] };
  const verify = openDeviceVerifier(engine);
  for (const [at, signed] of batchHeads.entries()) {
    const head = await verifyOneBatch(identity, signed, keys.deviceKeys, verify);
    if (head.ok) sound.batches.push(head.value);
    else faults.push({ kind: 'batch', at, reason: head.error });
  }
  for (const [at, bytes] of receipts.entries()) {
    const receipt = await verifyOneReceipt(identity, bytes, keys.receiptKeys, engine);
    if (receipt.ok) sound.receipts.push(receipt.value);
    else faults.push({ kind: 'receipt', at, reason: receipt.error });
  }
  for (const [at, bytes] of dropped.entries()) {
    const run = await verifyDroppedRun(bytes, keys.receiptKeys, engine);
    if (run.ok && isSameIdentity(run.value, identity)) sound.dropped.push(run.value);
    else faults.push({ kind: 'dropped', at, reason: run.ok ? 'other-log' : run.error });
  }
  return { ...sound, faults };
}

async function verifyOneBatch(
  identity: LogIdentity,
  signed: Bytes,
  keys: readonly DevicePublicKey[],
  verify: VerifyDeviceSignature,
): Promise<Result<BatchHead, WordFaultReason>> {
  if (keys.length === 0) return refused('batch-no-key');
  const head = await verifyBatchHead(signed, keys, verify);
  if (!head.ok) return head;
  return isSameIdentity(head.value, identity) ? head : refused('other-log');
}

async function verifyOneReceipt(
  identity: LogIdentity,
  bytes: Bytes,
  receiptKeys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<Receipt, WordFaultReason>> {
  const receipt = await verifyReceipt(bytes, receiptKeys, engine);
  if (!receipt.ok) return receipt;
  return isSameIdentity(receipt.value, identity) ? receipt : refused('other-log');
}
