// The form whose records lie in clear, unsigned and without links.

import { createHash } from 'node:crypto';
import { type Bytes, isSameBytes } from '../../core/bytes/bytes.ts';
import { parseBatch } from '../../core/log/batch.ts';
import { parseEnvelope } from '../../core/log/encode-envelope.ts';
import { parseRecord } from '../../core/log/encode-record.ts';
import type { Batch } from '../../core/log/envelope.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import type { Site } from '../../core/trust/trust.ts';
import type { JudgedEntry } from '../storage/port.ts';
import { countKeyOf, hourOf, isAbsurdDay } from './count-key.ts';
import { type IngestRefusal, type IngestTools, type Judged, readShownReceipt } from './ingest-tools.ts';

export async function judgePlainBatch(
  site: Site,
  body: Bytes,
  tools: IngestTools,
): Promise<Result<Judged, IngestRefusal>> {
  const parsed = parseBatch(body);
  if (!parsed.ok) return parsed;
  const batch = parsed.value;
  if (batch.site !== site.id) return refused('batch-site');
  const nowMs = tools.nowMs();
  const entries = batch.envelopes.map((envelope, at) =>
    judgeEnvelope(envelope, batch, batch.from + at, site, nowMs),
  );
  const last = entries.at(-1);
  if (last === undefined || !isSameBytes(last.hash, batch.head)) return refused('batch-head');
  const { device, epoch, from, to, lastReceipt } = batch;
  const identity = { site: site.id, device, epoch };
  const shown = await readShownReceipt(identity, lastReceipt, tools);
  // Anybody can write this form: only our own word for all that is missing opens a gap.
  const gapRule =
    shown !== null && shown.seq >= from - 1
      ? ({ kind: 'take', shown } as const)
      : ({ kind: 'refuse' } as const);
  return ok({
    identity,
    from,
    to,
    entries,
    gapRule,
    hashBeforeFirst: null,
    seenBeforeMinutes: 0,
    words: null,
  });
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
  if (isAbsurdDay(day, nowMs)) return unreadable('absurd-day');
  const record = parseRecord(opened.value.record);
  if (!record.ok) return unreadable(record.error);
  const count =
    record.value.kind === 'scan' ? countKeyOf(record.value, (minute) => hourOf(minute, site)) : null;
  const { gate } = record.value;
  return {
    kind: 'good',
    ...entry,
    day,
    gate,
    count,
    sealed: null,
    tally: null,
    sighting: null,
    shift: null,
  };
}
