// A batch from a tablet: opened envelope by envelope, given to the storage whole, answered by a signed receipt. What
// cannot be read is put apart and receipted: nothing is lost, and nothing holds up what stands behind it.

import { createHash } from 'node:crypto';
import { type Bytes, isSameBytes } from '../core/bytes/bytes.ts';
import { type BatchRefusal, parseBatch } from '../core/log/batch.ts';
import { parseEnvelope } from '../core/log/encode-envelope.ts';
import { parseRecord } from '../core/log/encode-record.ts';
import type { Batch } from '../core/log/envelope.ts';
import { signReceipt, verifyReceipt } from '../core/log/receipt.ts';
import type { LogRecord } from '../core/log/record.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import { siteHourAt } from '../core/trust/site-day.ts';
import type { Site } from '../core/trust/trust.ts';
import type { CountKey, JudgedEntry, Storage } from './storage/port.ts';
import type { SiteTrust } from './trust/site-trust.ts';

export interface IngestTools {
  readonly storage: Storage;
  readonly trust: {
    readonly inUse: { readonly server: Pick<SiteTrust['inUse']['server'], 'receiptKeys'> };
    readonly signers: Pick<SiteTrust['signers'], 'receipt'>;
  };
  readonly engine: Ed25519Engine;
  nowMs(): number;
}

export type IngestAnswer =
  | { readonly kind: 'receipt'; readonly bytes: Bytes; readonly added: number }
  /** Records are missing between what we hold and this batch. */
  | { readonly kind: 'gap'; readonly upTo: number }
  /** Not a batch for this site as it stands: another answer will come for another body only. */
  | { readonly kind: 'refused'; readonly code: BatchRefusal | 'batch-site' | 'batch-head' };

const EARLIEST_DAY = '2020-01-01';
const LATEST_DAYS_AHEAD = 400;

export async function ingestBatch(site: Site, body: Bytes, tools: IngestTools): Promise<IngestAnswer> {
  const parsed = parseBatch(body);
  if (!parsed.ok) return { kind: 'refused', code: parsed.error };
  const batch = parsed.value;
  if (batch.site !== site.id) return { kind: 'refused', code: 'batch-site' };
  const nowMs = tools.nowMs();
  const entries = batch.envelopes.map((envelope, at) =>
    judgeEnvelope(envelope, batch, batch.from + at, site, nowMs),
  );
  const last = entries.at(-1);
  if (last === undefined || !isSameBytes(last.hash, batch.head))
    return { kind: 'refused', code: 'batch-head' };

  const { device, epoch, from, to } = batch;
  const identity = { site: site.id, device, epoch };
  const receivedAt = Math.floor(nowMs / 1000);
  const mayTakeGap = await isReceiptJustBefore(batch, tools);
  const outcome = await tools.storage.takeBatch({ identity, from, to, entries, mayTakeGap, receivedAt });
  if (outcome.kind === 'gap') return outcome;
  const { head, quarantined, added } = outcome;
  const serverTime = Math.floor(tools.nowMs() / 1000);
  const bytes = await signReceipt(
    { ...identity, upTo: to, head, quarantined, serverTime },
    tools.trust.signers.receipt,
  );
  return { kind: 'receipt', bytes, added };
}

/** Checks that the tablet shows our own word that we once had everything before this batch. */
async function isReceiptJustBefore(batch: Batch, { trust, engine }: IngestTools): Promise<boolean> {
  if (batch.lastReceipt === null) return false;
  const receipt = await verifyReceipt(batch.lastReceipt, trust.inUse.server.receiptKeys, engine);
  if (!receipt.ok) return false;
  const { site, device, epoch, upTo } = receipt.value;
  return site === batch.site && device === batch.device && epoch === batch.epoch && upTo === batch.from - 1;
}

function judgeEnvelope(envelope: Bytes, batch: Batch, seq: number, site: Site, nowMs: number): JudgedEntry {
  const entry = { seq, hash: new Uint8Array(createHash('sha256').update(envelope).digest()), envelope };
  const unreadable = (why: string): JudgedEntry => ({ kind: 'unreadable', ...entry, why });

  const opened = parseEnvelope(envelope);
  if (!opened.ok) return unreadable(opened.error);
  const { day, ...identity } = opened.value;
  const isOfThisBatch =
    identity.site === batch.site &&
    identity.device === batch.device &&
    identity.epoch === batch.epoch &&
    identity.seq === seq;
  if (!isOfThisBatch) return unreadable('other-identity');
  if (day < EARLIEST_DAY || day > dayAfter(nowMs, LATEST_DAYS_AHEAD)) return unreadable('absurd-day');
  const record = parseRecord(opened.value.record);
  if (!record.ok) return unreadable(record.error);
  return { kind: 'good', ...entry, day, gate: record.value.gate, count: countKeyOf(record.value, site) };
}

function countKeyOf(record: LogRecord, site: Site): CountKey | null {
  if (record.kind !== 'scan') return null;
  const { gate, direction, verdict, reason, minute } = record;
  return { gate, direction, verdict, reason, hour: hourOf(minute, site) };
}

/** A clock so wild that no calendar has its time is counted in the day's first hour. */
function hourOf(minute: number, site: Site): number {
  const ms = minute * 60_000;
  return ms <= 8.64e15 ? siteHourAt(ms, site) : 0;
}

const dayAfter = (ms: number, days: number): string =>
  new Date(ms + days * 86_400_000).toISOString().slice(0, 10);
