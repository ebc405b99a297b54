// A batch as bytes: CBOR [ version, site, device, epoch, from, to, head, [ envelope bytes ... ], last receipt / null ].
// Envelopes stay byte strings here: one that cannot be read must not hide the others.

import type { Bytes } from '../bytes/bytes.ts';
import { encodeCbor, isCborArray, isCborBytes, parseCbor } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { isId } from '../trust/ids.ts';
import { type Batch, MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from './envelope.ts';
import { isDeviceId, isPositive } from './identity.ts';

const VERSION = 1;
const MAX_RECEIPT_BYTES = 64 * 1024;

export const BATCH_REFUSALS = [
  'batch-too-large',
  'batch-cbor',
  'batch-shape',
  'batch-version',
  'batch-identity',
  'batch-range',
  'batch-envelopes',
  'batch-receipt',
] as const;
export type BatchRefusal = (typeof BATCH_REFUSALS)[number];

export const encodeBatch = (batch: Batch): Bytes =>
  encodeCbor([
    VERSION,
    batch.site,
    batch.device,
    batch.epoch,
    batch.from,
    batch.to,
    batch.head,
    batch.envelopes,
    batch.lastReceipt,
  ]);

export function parseBatch(bytes: Bytes): Result<Batch, BatchRefusal> {
  if (bytes.length > MAX_BATCH_BYTES) return refused('batch-too-large');
  const cbor = parseCbor(bytes, { maxDepth: 3 });
  if (!cbor.ok) return refused('batch-cbor');
  if (!isCborArray(cbor.value) || cbor.value.length !== 9) return refused('batch-shape');
  const [version, site, device, epoch, from, to, head, envelopes, lastReceipt] = cbor.value;
  if (version !== VERSION) return refused('batch-version');
  if (!isId(site) || !isDeviceId(device) || !isPositive(epoch)) return refused('batch-identity');
  if (!isPositive(from) || !isPositive(to) || to < from || to - from >= MAX_BATCH_RECORDS)
    return refused('batch-range');
  if (!isCborBytes(head) || head.length !== 32) return refused('batch-shape');
  if (!isCborArray(envelopes) || envelopes.length !== to - from + 1) return refused('batch-envelopes');
  if (!envelopes.every((envelope): envelope is Bytes => isCborBytes(envelope)))
    return refused('batch-envelopes');
  if (lastReceipt !== null && !(isCborBytes(lastReceipt) && lastReceipt.length <= MAX_RECEIPT_BYTES)) {
    return refused('batch-receipt');
  }
  return ok({ site, device, epoch, from, to, head, envelopes, lastReceipt });
}
