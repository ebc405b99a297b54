// Batches as they are given to a storage, judged already, for tests of what stores them.

import { utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { signReceipt } from '../../src/core/log/receipt.ts';
import { createSigner } from '../../src/core/signature/signer.ts';
import type { GoodEntry, JudgedBatch, JudgedEntry } from '../../src/server/storage/port.ts';
import { deviceOf, hashOf, TEST_DAY } from './test-batch.ts';

const SIGNER = await createSigner(new Uint8Array(32).fill(7));
export const SITE = 'lindenhof';
export const RECEIVED_AT = 1_772_451_600;
export const COUNT = { gate: 'gate-1', direction: 'in', hour: 8, verdict: 'admit', reason: 'ok' } as const;

export function entryOf(seq: number, text = `record ${seq}`, overrides: Partial<GoodEntry> = {}): GoodEntry {
  const envelope = utf8ToBytes(text);
  return {
    kind: 'good',
    seq,
    envelope,
    hash: hashOf(envelope),
    day: TEST_DAY,
    gate: 'gate-1',
    count: COUNT,
    sealed: null,
    tally: null,
    sighting: null,
    shift: null,
    ...overrides,
  };
}

export function unreadableOf(seq: number, text: string): JudgedEntry {
  const envelope = utf8ToBytes(text);
  return { kind: 'unreadable', seq, envelope, hash: hashOf(envelope), why: 'envelope-cbor' };
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

export function batchOf(
  entries: readonly JudgedEntry[],
  overrides: Partial<JudgedBatch> & { device?: number; site?: string } = {},
): JudgedBatch {
  const { device = 1, site = SITE, ...rest } = overrides;
  const [from = 0, to = 0] = [entries[0]?.seq, entries.at(-1)?.seq];
  const identity = { site, device: deviceOf(device), epoch: 1 };
  return {
    identity,
    from,
    to,
    entries,
    hashBeforeFirst: null,
    shown: null,
    seenBeforeMinutes: 5,
    words: null,
    receivedAt: RECEIVED_AT,
    writeReceipt: async ({ head, quarantined }) =>
      signReceipt({ ...identity, upTo: to, head, quarantined, serverTime: RECEIVED_AT }, SIGNER),
    ...rest,
  };
}

export const plainBatch = (from: number, to: number, device = 1): JudgedBatch =>
  batchOf(
    range(from, to).map((seq) => entryOf(seq)),
    { device },
  );

const VERDICTS = [
  { ...COUNT, verdict: 'admit', reason: 'ok' },
  { ...COUNT, verdict: 'refuse', reason: 'expired' },
  { ...COUNT, verdict: 'check', reason: 'yellow' },
] as const;

export const mixedBatch = (from: number, to: number, device: number): JudgedBatch =>
  batchOf(
    range(from, to).map((seq) =>
      entryOf(seq, `record ${seq} of ${device}`, { count: VERDICTS[seq % 3] ?? null }),
    ),
    { device },
  );
