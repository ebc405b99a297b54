// Seven ways to tamper with what a server holds, each at 1,000 places that a seed draws. The log went through the server's
// own ingest, batch by batch, and what is audited is the server's own export: all found, under its own name, at its number.

import { describe, expect, it } from 'vitest';
import { type Bytes, joinBytes } from '../../../src/core/bytes/bytes.ts';
import { type AuditKeys, auditLog, type ExportedLog } from '../../../src/core/log/sealed/audit-log.ts';
import type { ChainFaultReason } from '../../../src/core/log/sealed/chain.ts';
import { encodeSealedEnvelope, parseSealedEnvelope } from '../../../src/core/log/sealed/envelope.ts';
import { parseLogFile } from '../../../src/core/log/sealed/log-file.ts';
import { chooseEngine, type Ed25519Engine } from '../../../src/core/signature/engine.ts';
import { exportLogs } from '../../../src/server/log-export.ts';
import { createRandom, type Random } from '../../fuzz/random.ts';
import { copyTables, emptyTables, openMemoryStorage } from '../../support/memory-storage.ts';
import { createSealedServer, createSealedTablet, type SealedTablet } from '../../support/sealed-tablet.ts';
import { hashOf, scanOf, TEST_MINUTE } from '../../support/test-batch.ts';

const RUNS = 1000;
const LENGTH = 40;
const SITE = 'lindenhof';
/** Where batches end, for three tablets of different habits. */
const HABITS = [
  [7, 15, 16, 31, LENGTH],
  [1, 2, 3, 20, 39, LENGTH],
  Array.from({ length: LENGTH }, (_, at) => at + 1),
];

interface Kept {
  readonly log: ExportedLog;
  readonly ends: readonly number[];
  /** What a backup held after each batch, and the receipt that the tablet got for it. */
  readonly backups: readonly { readonly log: ExportedLog; readonly receipt: Bytes }[];
}

const real = await chooseEngine();
const verdictsByQuestion = new Map<string, boolean>();
/** The same signatures are asked about a thousand times. */
const engine: Ed25519Engine = {
  name: real.name,
  async verify(key, signature, message) {
    const question = Buffer.from(joinBytes([key, signature, message])).toString('base64');
    const known = verdictsByQuestion.get(question);
    if (known !== undefined) return known;
    const verdict = await real.verify(key, signature, message);
    verdictsByQuestion.set(question, verdict);
    return verdict;
  },
};

const tables = emptyTables();
const server = await createSealedServer(openMemoryStorage(tables));
const tablets = await Promise.all(HABITS.map((_, at) => createSealedTablet(at + 1)));
const exported = async (of: typeof tables, device: string): Promise<ExportedLog> => {
  const parts: Bytes[] = [];
  for await (const part of exportLogs(SITE, openMemoryStorage(of))) parts.push(part);
  const logs = parseLogFile(joinBytes(parts));
  const log = logs.ok ? logs.value.find((one) => one.device === device) : undefined;
  if (log === undefined) throw new Error('no such log');
  return log;
};

async function keep(tablet: SealedTablet, ends: readonly number[]): Promise<Kept> {
  server.enrol(tablet);
  const backups: { log: ExportedLog; receipt: Bytes }[] = [];
  for (let at = 0; at < LENGTH; at++) await tablet.add(scanOf({ minute: TEST_MINUTE + at }));
  let from = 1;
  for (const to of ends) {
    const { bytes: receipt } = await server.take(await tablet.batch(from, to));
    backups.push({ log: await exported(copyTables(tables), tablet.identity.device), receipt });
    from = to + 1;
  }
  return { log: await exported(tables, tablet.identity.device), ends, backups };
}
const kept: Kept[] = [];
for (const [at, tablet] of tablets.entries()) kept.push(await keep(tablet, HABITS[at] ?? []));

const keys: AuditKeys = {
  receiptKeys: [server.receiptSigner.publicKey],
  deviceKeysOf: ({ device }) =>
    tablets.filter(({ identity }) => identity.device === device).map(({ signer }) => signer.publicKey),
  receiptsElsewhere: [],
};

function parsed(bytes: Bytes) {
  const result = parseSealedEnvelope(bytes);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
const at = (envelopes: readonly Bytes[], index: number): Bytes => envelopes[index] ?? new Uint8Array(0);
const prevOf = ({ envelopes }: ExportedLog, index: number): Bytes =>
  index === 0 ? parsed(at(envelopes, 0)).prev : hashOf(at(envelopes, index - 1));
const forge = ({ envelopes }: ExportedLog, random: Random, seq: number, prev: Bytes): Bytes =>
  encodeSealedEnvelope({ ...parsed(at(envelopes, 0)), seq, sealed: random.bytes(144), prev });

interface Tampered {
  readonly log: ExportedLog;
  readonly receiptsElsewhere?: readonly Bytes[];
  /** The first number that is no longer what it was. */
  readonly seq: number;
}

const changed = (log: ExportedLog, envelopes: readonly Bytes[], seq: number): Tampered => ({
  log: { ...log, envelopes },
  seq,
});

const TAMPERINGS: Readonly<
  Record<string, readonly [ChainFaultReason, (random: Random, of: Kept) => Tampered]>
> = {
  'flips a bit': [
    'altered',
    (random, { log }) => {
      const index = random.below(LENGTH);
      const bytes = at(log.envelopes, index);
      const bit = random.below(8 * bytes.length);
      const flipped = bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))) as Bytes;
      return changed(log, log.envelopes.with(index, flipped), index + 1);
    },
  ],
  'deletes one': [
    'missing',
    (random, { log }) => {
      const index = random.below(LENGTH - 1);
      return changed(log, log.envelopes.toSpliced(index, 1), index + 1);
    },
  ],
  'swaps two': [
    'swapped',
    (random, { log: { envelopes }, log }) => {
      const index = random.below(LENGTH - 1);
      const other = random.chance(0.3) ? index + 1 : index + 1 + random.below(LENGTH - 1 - index);
      const swapped = envelopes.with(index, at(envelopes, other)).with(other, at(envelopes, index));
      return changed(log, swapped, index + 1);
    },
  ],
  'inserts one': [
    'inserted',
    (random, { log }) => {
      const index = random.below(LENGTH);
      const forged = random.pick([
        () => forge(log, random, index + 1, prevOf(log, index)),
        () => forge(log, random, index + 1, random.bytes(32)),
        () => random.bytes(random.below(320)),
      ])();
      return changed(log, log.envelopes.toSpliced(index, 0, forged), index + 1);
    },
  ],
  'cuts the receipted end': [
    'cut',
    (random, { log }) => {
      const length = random.below(LENGTH);
      return changed(log, log.envelopes.slice(0, length), length + 1);
    },
  ],
  'splices two tablets': [
    'spliced',
    (random, { log: { envelopes }, log }) => {
      const index = random.below(LENGTH);
      const foreign = random.pick(kept.filter((other) => other.log.device !== log.device)).log.envelopes;
      const spliced = random.pick([
        [...envelopes.slice(0, index), ...foreign.slice(index)],
        envelopes.with(index, at(foreign, random.below(LENGTH))),
        envelopes.toSpliced(index, 0, at(foreign, random.below(LENGTH))),
      ]);
      return changed(log, spliced, index + 1);
    },
  ],
  'restores an old backup': [
    'restored',
    (random, { backups, ends }) => {
      const restored = random.below(backups.length - 1);
      const later = restored + 1 + random.below(backups.length - 1 - restored);
      const [backup, shown] = [backups[restored], backups[later]];
      if (backup === undefined || shown === undefined) throw new Error('no such backup');
      return { log: backup.log, receiptsElsewhere: [shown.receipt], seq: (ends[restored] ?? 0) + 1 };
    },
  ],
};

describe('a log that nobody touched', () => {
  it.each(kept.map((one, place) => [place + 1, one] as const))('is sound: tablet %i', async (_, one) => {
    const receiptsElsewhere = one.backups.map(({ receipt }) => receipt);
    expect(await auditLog(one.log, { ...keys, receiptsElsewhere }, engine)).toMatchObject({
      isSound: true,
      signedUpTo: LENGTH,
      receiptedUpTo: LENGTH,
    });
    for (const { log } of one.backups) expect((await auditLog(log, keys, engine)).isSound).toBe(true);
  });
});

describe(`at ${RUNS} places each, it is found who`, () => {
  it.each(Object.entries(TAMPERINGS))(
    '%s',
    async (name, [reason, tamper]) => {
      const wrong: unknown[] = [];
      for (let run = 0; run < RUNS; run++) {
        const random = createRandom('tampered log', name, run);
        const { log, receiptsElsewhere = [], seq } = tamper(random, random.pick(kept));
        const { fault, gaps, isSound } = await auditLog(log, { ...keys, receiptsElsewhere }, engine);
        if (isSound || fault?.reason !== reason || fault.seq !== seq || gaps.length > 0)
          wrong.push({ run, expected: { seq, reason }, fault, gaps });
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it('takes a whole batch away, envelopes, words and all', async () => {
    const wrong: unknown[] = [];
    for (const { log, ends } of kept)
      for (const [place, end] of ends.slice(0, -1).entries()) {
        const from = (ends[place - 1] ?? 0) + 1;
        const without = {
          ...log,
          envelopes: log.envelopes.toSpliced(from - 1, end - from + 1),
          batchHeads: log.batchHeads.toSpliced(place, 1),
          receipts: log.receipts.toSpliced(place, 1),
        };
        const audit = await auditLog(without, keys, engine);
        const [gap] = audit.gaps;
        if (audit.isSound || gap?.from !== from || gap.to !== end) wrong.push({ from, end, audit });
      }
    expect(wrong).toEqual([]);
  });
});
