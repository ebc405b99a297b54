// A tablet without a screen, for load: enrolled, with the product's own seal, signatures and sync engine over a log in
// memory that keeps count of what was receipted.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { sha256 } from '../../src/core/bytes/sha256.ts';
import type { DeviceSigner } from '../../src/core/identity/device-key.ts';
import type { LogIdentity } from '../../src/core/log/envelope.ts';
import type { ScanRecord } from '../../src/core/log/record.ts';
import { createSealer } from '../../src/core/log/sealed/sealer.ts';
import type { Ed25519Engine } from '../../src/core/signature/engine.ts';
import { siteDayAt } from '../../src/core/trust/site-day.ts';
import type { Trust } from '../../src/core/trust/trust.ts';
import { readReceiptUnder } from '../../src/device/read-receipt.ts';
import type { EnvelopeWriter, Net, RecordStore, WaitingLog, WaitingRecord } from '../../src/sync/ports.ts';
import { createBatchSigner, createSealedWriter } from '../../src/sync/sealed-log.ts';
import { createSyncEngine } from '../../src/sync/sync-engine.ts';
import type { Random } from '../fuzz/random.ts';
import { nameOf, type Promised } from '../kill/tally.ts';
import { type EnrolledTablet, enrolOpenly, fetchSealKeys, fieldsFor } from './enrolled-tablet.ts';

export interface LoadTablet {
  /** Records that a receipt covered, as the tablet understood it. */
  readonly receipted: readonly Promised[];
  /** Throws what went wrong with this tablet. */
  countWaiting(): number;
  /** No more new records; what waits goes on being sent. */
  endShift(): void;
  /** The network is back. */
  wake(): void;
  /** Ends sending. */
  stop(): Promise<void>;
}

export interface LoadTabletParts {
  readonly origin: string;
  /** Its key. */
  readonly signer: DeviceSigner;
  readonly trust: Trust;
  readonly engine: Ed25519Engine;
  readonly random: Random;
}

const MOST_WAITING = 1500;
const LONGEST_BURST = 200;
const PAUSE_MS = 2;
const ANSWER_LIMIT_MS = 30_000;
const KINDS = [
  { verdict: 'admit', reason: 'ok' },
  { verdict: 'check', reason: 'yellow' },
  { verdict: 'refuse', reason: 'expired' },
  { verdict: 'unverifiable', reason: 'not-a-pass' },
] as const;

/** Enrols first, which the server must let it do by itself. */
export async function startLoadTablet({
  origin,
  signer,
  trust,
  engine,
  random,
}: LoadTabletParts): Promise<LoadTablet> {
  const enrolled = await enrolOpenly({ origin }, signer);
  const { site, device, epoch } = enrolled;
  const sealKeys = await fetchSealKeys({ origin }, enrolled, trust.receiptKeys);
  const writer = createSealedWriter({
    sealer: createSealer((length) => random.bytes(length)),
    sealKeyOf: async (_site, day) => sealKeys.get(day) ?? null,
    monotonicMs: () => performance.now(),
  });
  const log = new CountingLog({ site, device, epoch }, writer);
  let isOnShift = true;

  const sync = createSyncEngine(
    {
      clock: {
        nowMs: Date.now,
        startTimer(ms, ring) {
          const timer = setTimeout(ring, ms);
          return () => clearTimeout(timer);
        },
      },
      store: log,
      net: netTo(origin, enrolled),
      makeBatch: createBatchSigner(async () => signer),
      readReceipt: readReceiptUnder(() => trust.receiptKeys, engine),
      random: () => random.below(1000) / 1000,
    },
    { onState() {}, onReceipt() {} },
    (pass) => pass(),
  );

  const scan = (): ScanRecord => ({
    kind: 'scan',
    minute: Math.floor(Date.now() / 60_000),
    gate: random.pick(trust.site.gates).id,
    direction: random.pick(['in', 'out']),
    ...random.pick(KINDS),
    issuer: trust.issuers[0]?.id ?? null,
    pseudonym: random.bytes(8),
    isOwnKey: true,
    trustAgeHours: random.below(24),
  });

  const work = async () => {
    while (isOnShift) {
      const burst = log.waiting.length < MOST_WAITING ? 1 + random.below(LONGEST_BURST) : 0;
      for (let at = 0; at < burst; at++) await log.append(scan(), siteDayAt(Date.now(), trust.site));
      if (burst > 0) sync.wake('appended');
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };

  let trouble: unknown = null;
  const ended = Promise.all([sync.run(), work()]);
  ended.catch((error: unknown) => {
    trouble = error;
  });
  return {
    receipted: log.receipted,
    countWaiting() {
      if (trouble !== null) throw trouble;
      return log.waiting.length;
    },
    endShift() {
      isOnShift = false;
    },
    wake: () => sync.wake('online'),
    async stop() {
      isOnShift = false;
      sync.stop();
      await ended;
    },
  };
}

/** In memory, sealed as it grows. */
export class CountingLog implements RecordStore {
  waiting: WaitingRecord[] = [];
  readonly receipted: Promised[] = [];
  #lastSeq = 0;
  #lastReceipt: Bytes | null = null;
  #head: Bytes = new Uint8Array(0);

  constructor(
    readonly identity: LogIdentity,
    readonly writer: EnvelopeWriter,
  ) {}

  async append(record: ScanRecord, day: string): Promise<void> {
    const seq = ++this.#lastSeq;
    const next = { identity: this.identity, seq, day, prev: this.#head, record };
    const { envelope, committed } = await this.writer.write(next);
    committed();
    const hash = await sha256(envelope);
    this.#head = hash;
    this.waiting.push({ seq, envelope, hash });
  }

  async readWaiting(limit: number): Promise<WaitingLog | null> {
    const records = this.waiting.slice(0, limit);
    return records.length === 0 ? null : { identity: this.identity, records, lastReceipt: this.#lastReceipt };
  }

  async deleteCovered(
    { device, epoch }: LogIdentity,
    seqs: readonly number[],
    receipt: Bytes,
  ): Promise<void> {
    const covered = new Set(seqs);
    for (const { seq, hash } of this.waiting) {
      if (covered.has(seq)) this.receipted.push({ name: nameOf(device, epoch, seq), hash: encodeHex(hash) });
    }
    this.waiting = this.waiting.filter(({ seq }) => !covered.has(seq));
    this.#lastReceipt = receipt;
  }

  async openNewEpoch({ device, epoch }: LogIdentity): Promise<void> {
    throw new Error(`the server holds another record under a number of ${device}/${epoch}`);
  }
}

/** Each request signed, over plain HTTP. */
export const netTo = (origin: string, tablet: EnrolledTablet): Net => ({
  async sendBatch(site, body) {
    try {
      const target = `/api/sites/${site}/batches`;
      const fields = await fieldsFor(tablet, { method: 'POST', target, body });
      const answer = await fetch(origin + target, {
        method: 'POST',
        headers: { ...fields, 'Content-Type': 'application/cbor' },
        body,
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      const seconds = Number(answer.headers.get('Retry-After') ?? 0);
      return {
        kind: 'answer',
        status: answer.status,
        retryAfterMs: seconds > 0 ? seconds * 1000 : null,
        body: new Uint8Array(await answer.arrayBuffer()),
      };
    } catch {
      return { kind: 'unreachable' };
    }
  },
});
