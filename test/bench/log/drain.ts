// How fast waiting records leave: an enrolled tablet's sync engine against the built server with its database, beside the
// same batches uploaded to the same HTTP stack with nothing behind it, and the same envelopes inserted into the same
// PostgreSQL. In rotating order; sealing is done before any clock runs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openTrust } from '../../../src/cli/open-trust.ts';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { MAX_BATCH_RECORDS } from '../../../src/core/log/envelope.ts';
import { createSealer } from '../../../src/core/log/sealed/sealer.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { siteDayAt } from '../../../src/core/trust/site-day.ts';
import { readReceiptUnder } from '../../../src/device/read-receipt.ts';
import type { Sql } from '../../../src/server/storage/sql.ts';
import { bytesArray, intArray } from '../../../src/server/storage/sql-array.ts';
import { createBatchSigner, createSealedWriter } from '../../../src/sync/sealed-log.ts';
import { sendWaiting } from '../../../src/sync/send-waiting.ts';
import { createRandom, type Random } from '../../fuzz/random.ts';
import { enrolOpenly, fetchSealKeys } from '../../support/enrolled-tablet.ts';
import { type KillableServer, openKillableServer } from '../../support/kill-server.ts';
import { CountingLog, netTo } from '../../support/kill-tablet.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { atLeast, atMost, type Figure, figure, quantile } from './figures.ts';

export interface DrainRun {
  readonly records: number;
  readonly rounds: number;
  atEnd(undo: () => Promise<void>): void;
}

const WAYS = ['drain', 'upload', 'insert'] as const;
type Way = (typeof WAYS)[number];
const SCANS_A_MINUTE = 60;

export async function measureDrain({ records, rounds, atEnd }: DrainRun): Promise<readonly Figure[]> {
  const server = await openKillableServer(atEnd);
  const sink = await startSink(atEnd);
  const session = server.openSession();
  atEnd(session.close);
  await session.sql.unsafe(`CREATE TABLE bench_insert (site_id text NOT NULL, day date NOT NULL, device_id text NOT NULL,
    epoch integer NOT NULL, seq integer NOT NULL, envelope bytea NOT NULL, PRIMARY KEY (site_id, day, device_id, epoch, seq))`);
  let sentBytes = 0;
  const perSecond: Record<Way, number[]> = { drain: [], upload: [], insert: [] };
  for (let round = 0; round < rounds; round++) {
    const tablet = await fillTablet(server, records, round);
    sentBytes = tablet.batches.reduce((sum, { length }) => sum + length, 0);
    const ways: Record<Way, () => Promise<void>> = {
      drain: tablet.drain,
      upload: () => upload(sink, tablet.batches),
      insert: () => insert(session.sql, tablet.device, tablet.day, tablet.envelopes),
    };
    for (let at = 0; at < WAYS.length; at++) {
      const way = WAYS[(at + round) % WAYS.length] ?? 'drain';
      const startedAtMs = performance.now();
      await ways[way]();
      perSecond[way].push((1000 * records) / (performance.now() - startedAtMs));
    }
  }
  const [drain, uploaded, inserted] = WAYS.map((way) => quantile(perSecond[way], 0.5)) as [
    number,
    number,
    number,
  ];
  return [
    atMost('a record on the wire', sentBytes / records, 'bytes', 600),
    figure(`drain of ${records} records, median of ${rounds}`, drain, 'records/s'),
    figure('plain upload of the same batches', uploaded, 'records/s'),
    figure('insert of the same envelopes, 500 a statement', inserted, 'records/s'),
    atLeast('drain against the slower of the two', drain / Math.min(uploaded, inserted), '', 0.5),
  ];
}

export async function fillTablet({ origin }: KillableServer, records: number, round: number) {
  const nowMs = Date.now();
  const nowSeconds = Math.floor(nowMs / 1000);
  const engine = await chooseEngine();
  const opened = await openTrust({ place: origin, site: null, root: null }, engine, {
    nowSeconds,
    atSeconds: nowSeconds,
  });
  if (!opened.ok) throw new Error(opened.error);
  const { trust } = opened.value;
  const random = createRandom('drain', round);
  const signer = await testEd25519Device(100 + round);
  const enrolled = await enrolOpenly({ origin }, signer);
  const sealKeys = await fetchSealKeys({ origin }, enrolled, trust.receiptKeys);
  const writer = createSealedWriter({
    sealer: createSealer((length) => random.bytes(length)),
    sealKeyOf: async (_, day) => sealKeys.get(day) ?? null,
    monotonicMs: () => performance.now(),
  });
  const { site, device, epoch } = enrolled;
  const log = new CountingLog({ site, device, epoch }, writer);
  const day = siteDayAt(nowMs, trust.site);
  const firstMinute = Math.floor(nowMs / 60_000) - Math.ceil(records / SCANS_A_MINUTE);
  for (let at = 0; at < records; at++)
    await log.append(scanAt(firstMinute + Math.floor(at / SCANS_A_MINUTE), enrolled.gate, random), day);
  const envelopes = log.waiting.map(({ envelope }) => envelope);
  const makeBatch = createBatchSigner(async () => signer);
  const batches: Bytes[] = [];
  for (let from = 0; from < records; from += MAX_BATCH_RECORDS)
    batches.push(
      await makeBatch({
        identity: log.identity,
        records: log.waiting.slice(from, from + MAX_BATCH_RECORDS),
        lastReceipt: null,
      }),
    );
  const ports = {
    store: log,
    net: netTo(origin, enrolled),
    makeBatch,
    readReceipt: readReceiptUnder(() => trust.receiptKeys, engine),
  };
  return {
    day,
    device,
    envelopes,
    batches,
    async drain() {
      const sent = await sendWaiting(
        ports,
        () => {},
        () => false,
      );
      if (sent.kind !== 'drained') throw new Error(`the drain stopped: ${sent.why}`);
    },
  };
}

/** Each of another pass, under a pseudonym of the site: the dearest kind of record to take. */
const scanAt = (minute: number, gate: string, random: Random) =>
  ({
    kind: 'scan',
    minute,
    gate,
    direction: 'in',
    verdict: 'admit',
    reason: 'ok',
    issuer: 'city',
    pseudonym: random.bytes(8),
    isOwnKey: false,
    trustAgeHours: 1,
  }) as const;

async function upload(origin: string, batches: readonly Bytes[]): Promise<void> {
  for (const body of batches) {
    const answer = await fetch(`${origin}/upload`, { method: 'POST', body });
    if ((await answer.text()) !== String(body.length)) throw new Error('not all of it arrived');
  }
}

async function insert(sql: Sql, device: string, day: string, envelopes: readonly Bytes[]): Promise<void> {
  for (let from = 0; from < envelopes.length; from += MAX_BATCH_RECORDS) {
    const some = envelopes.slice(from, from + MAX_BATCH_RECORDS);
    const seqs = some.map((_, at) => from + at + 1);
    await sql`
      INSERT INTO bench_insert (site_id, day, device_id, epoch, seq, envelope)
      SELECT 'lindenhof', ${day}::date, ${device}, 1, seq, envelope
      FROM unnest(${intArray(seqs)}::integer[], ${bytesArray(some)}::bytea[]) AS new (seq, envelope)`;
  }
}

async function startSink(atEnd: DrainRun['atEnd']): Promise<string> {
  const script = join(import.meta.dirname, '../../support/run-script.mjs');
  const child = spawn(process.execPath, [script, join(import.meta.dirname, 'upload-sink.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  atEnd(async () => {
    const gone = once(child, 'exit');
    child.stdin.end();
    await gone;
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return said.toString().trim();
}
