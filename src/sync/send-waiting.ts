// One pass over what waits: batches in order, each until a receipt covers it. Stops at the first batch that none covers.

import { isSameBytes } from '../core/bytes/bytes.ts';
import { MAX_BATCH_RECORDS, type Receipt } from '../core/log/envelope.ts';
import { coveredSeqs } from '../core/log/receipt.ts';
import type { SyncPorts, WaitingLog } from './ports.ts';

export type Sent =
  | { readonly kind: 'drained' }
  | { readonly kind: 'stopped'; readonly why: StopReason; readonly retryAfterMs: number | null };

/** 'not-our-server': something answered that did not sign as our server does (a captive portal, a proxy, an error page). */
export type StopReason = 'unreachable' | 'not-our-server' | 'nothing-covered';

export type OnReceipt = (receipt: Receipt, coveredCount: number) => void;

const HTTP_TOO_LARGE = 413;

export async function sendWaiting(
  ports: Omit<SyncPorts, 'clock' | 'random'>,
  onReceipt: OnReceipt,
  isStopped: () => boolean,
): Promise<Sent> {
  let limit = MAX_BATCH_RECORDS;
  while (!isStopped()) {
    const waiting = await ports.store.readWaiting(limit);
    if (waiting === null || waiting.records.length === 0) return { kind: 'drained' };
    const batch = await ports.makeBatch(waiting);
    const answer = await ports.net.sendBatch(waiting.identity.site, batch);
    if (answer.kind === 'unreachable') return { kind: 'stopped', why: 'unreachable', retryAfterMs: null };
    const receipt = await ports.readReceipt(answer.body);
    if (receipt === null) {
      if (answer.status === HTTP_TOO_LARGE && limit > 1) {
        limit = Math.ceil(Math.min(limit, waiting.records.length) / 2);
        continue;
      }
      return { kind: 'stopped', why: 'not-our-server', retryAfterMs: answer.retryAfterMs };
    }
    if (!(await settle(ports, waiting, receipt, answer.body, onReceipt))) {
      return { kind: 'stopped', why: 'nothing-covered', retryAfterMs: answer.retryAfterMs };
    }
  }
  return { kind: 'stopped', why: 'unreachable', retryAfterMs: null };
}

/** Deletes what the receipt covers; false when that is nothing, so that a strange receipt cannot make us spin. */
async function settle(
  { store }: Pick<SyncPorts, 'store'>,
  { identity, records }: WaitingLog,
  receipt: Receipt,
  receiptBytes: Parameters<SyncPorts['readReceipt']>[0],
  onReceipt: OnReceipt,
): Promise<boolean> {
  const covered = coveredSeqs(receipt, identity, records);
  if (covered.length === 0) return false;
  await store.deleteCovered(identity, covered, receiptBytes);
  const atHead = records.find(({ seq }) => seq === receipt.upTo);
  const isFork = atHead !== undefined && !isSameBytes(atHead.hash, receipt.head);
  if (isFork) await store.openNewEpoch(identity);
  onReceipt(receipt, covered.length);
  return true;
}
