// Batches as a tablet makes them, record by record, for tests of the server.

import { createHash } from 'node:crypto';
import { type Bytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { encodeBatch } from '../../src/core/log/batch.ts';
import { encodeEnvelope } from '../../src/core/log/encode-envelope.ts';
import { encodeRecord } from '../../src/core/log/encode-record.ts';
import type { Batch, LogIdentity } from '../../src/core/log/envelope.ts';
import type { LogRecord, ScanRecord } from '../../src/core/log/record.ts';

/** 2026-03-02, 12:40 in Berlin: hour 8 of a day that begins at 4. */
export const TEST_MINUTE = Date.UTC(2026, 2, 2, 11, 40) / 60_000;
export const TEST_DAY = '2026-03-02';

export const hashOf = (bytes: Bytes): Bytes => new Uint8Array(createHash('sha256').update(bytes).digest());

export const deviceOf = (number: number): string => number.toString(16).padStart(32, '0');

export const scanOf = (overrides: Partial<ScanRecord> = {}): ScanRecord => ({
  kind: 'scan',
  minute: TEST_MINUTE,
  gate: 'gate-1',
  direction: 'in',
  verdict: 'admit',
  reason: 'ok',
  issuer: 'test-issuer',
  pseudonym: utf8ToBytes('pseudony'),
  isOwnKey: true,
  trustAgeHours: 1,
  ...overrides,
});

export const envelopeOf = (
  identity: LogIdentity,
  seq: number,
  record: LogRecord = scanOf(),
  day = TEST_DAY,
): Bytes => encodeEnvelope({ ...identity, seq, day, record: encodeRecord(record) });

/** A batch of these envelopes, the first under the number `from`. */
export function batchOf(
  identity: LogIdentity,
  from: number,
  envelopes: readonly Bytes[],
  lastReceipt: Bytes | null = null,
): Batch {
  const last = envelopes.at(-1);
  if (last === undefined) throw new Error('a batch has at least one envelope');
  return { ...identity, from, to: from + envelopes.length - 1, head: hashOf(last), envelopes, lastReceipt };
}

/** Plain scans under the numbers from `from` to `to`, as bytes. */
export function scansBatch(
  identity: LogIdentity,
  from: number,
  to: number,
  lastReceipt: Bytes | null = null,
): Bytes {
  const seqs = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return encodeBatch(
    batchOf(
      identity,
      from,
      seqs.map((seq) => envelopeOf(identity, seq)),
      lastReceipt,
    ),
  );
}
