// The server: production code's ingest over tables that outlive its process, which can be killed at any point.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { openDeviceVerifier } from '../../src/core/identity/device-key.ts';
import type { Ed25519Engine } from '../../src/core/signature/engine.ts';
import type { Signer } from '../../src/core/signature/signer.ts';
import type { Site } from '../../src/core/trust/trust.ts';
import { type IngestAnswer, ingestBatch } from '../../src/server/ingest.ts';
import type { NetAnswer } from '../../src/sync/ports.ts';
import { copyTables, emptyTables, type MemoryTables, openMemoryStorage } from '../support/memory-storage.ts';
import type { Chance } from './chance.ts';
import type { FaultCounts } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Mutation } from './mutation.ts';
import { Life, type VirtualTime } from './virtual-time.ts';

export const SIM_SITE: Site = {
  id: 'lindenhof',
  name: 'Lindenhof',
  timeZone: 'UTC',
  dayStartMinutes: 240,
  gates: [{ id: 'gate-1', name: 'Gate 1' }],
};

export interface ServerKeys {
  readonly signer: Signer;
  readonly engine: Ed25519Engine;
}

export interface ServerWorld {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly counts: FaultCounts;
  readonly ledger: Ledger;
  readonly mutation: Mutation;
  tell(line: string): void;
}

const UNREACHABLE: NetAnswer = { kind: 'unreachable' };
const COMMIT_MS = [1, 30] as const;
const RESTART_MS = [200, 20_000] as const;

export class SimServer {
  tables: MemoryTables = emptyTables();
  #backup: MemoryTables | null = null;
  #process: { readonly life: Life; readonly open: Set<(answer: NetAnswer) => void> } | null = null;
  #take: (body: Bytes) => Promise<IngestAnswer> = () => Promise.reject(new Error('not started'));
  /** The next commit is the last thing this process does. */
  isDyingAfterCommit = false;

  constructor(
    readonly world: ServerWorld,
    readonly keys: ServerKeys,
  ) {
    this.start();
  }

  get isUp(): boolean {
    return this.#process !== null;
  }

  start(): void {
    if (this.#process !== null) return;
    const { time, chance, mutation } = this.world;
    const life = new Life('server');
    this.#process = { life, open: new Set() };
    const plain = openMemoryStorage(
      this.tables,
      (at) =>
        time.operate(life, chance.between(...COMMIT_MS), () => {
          if (at === 'committed' && this.isDyingAfterCommit) this.#dieAfterCommit();
        }),
      mutation.settle,
    );
    const storage = mutation.storage?.(plain, this.tables, time) ?? plain;
    const { signer, engine } = this.keys;
    const trust = { inUse: { server: { receiptKeys: [signer.publicKey] } }, signers: { receipt: signer } };
    const sealed = {
      deviceKeysOf: async () => [],
      verifyDevice: openDeviceVerifier(engine),
      findSealKey: () => null,
      rulesOf: () => ({ seenBeforeWindowSeconds: 300, retentionDays: 7 }),
    };
    const tools = { storage, trust, engine, sealed, nowMs: () => time.nowMs };
    this.#take = (body) => ingestBatch(SIM_SITE, body, tools);
  }

  /** The answer as the routes give it; `unreachable` when the process ends before it. */
  receive(body: Bytes, reply: (answer: NetAnswer) => void): void {
    const process = this.#process;
    if (process === null) {
      reply(UNREACHABLE);
      return;
    }
    process.open.add(reply);
    const answer = (given: NetAnswer) => {
      if (process.life.isAlive && process.open.delete(reply)) reply(given);
    };
    this.#take(body).then(
      (taken) => {
        if (!process.life.isAlive) return;
        if (taken.kind === 'receipt') this.world.ledger.receipt(body, this.tables);
        answer(answerOf(taken));
      },
      () => answer(plainAnswer(500, 'error')),
    );
  }

  kill(): boolean {
    const process = this.#process;
    if (process === null) return false;
    this.#process = null;
    process.life.end();
    for (const reply of process.open) reply(UNREACHABLE);
    const { time, chance, tell } = this.world;
    time.after(chance.between(...RESTART_MS), () => {
      tell('the server is up again');
      this.start();
    });
    return true;
  }

  backUp(): void {
    this.#backup = copyTables(this.tables);
  }

  /** False when there is no backup. */
  restore(): boolean {
    if (this.#backup === null) return false;
    this.kill();
    this.tables = copyTables(this.#backup);
    this.world.ledger.excuseSetBack(this.tables);
    return true;
  }

  #dieAfterCommit(): void {
    this.isDyingAfterCommit = false;
    this.world.counts.add('server-killed-after-commit');
    this.world.tell('the server dies between commit and answer');
    this.kill();
  }
}

const plainAnswer = (status: number, text: string): NetAnswer => ({
  kind: 'answer',
  status,
  retryAfterMs: null,
  body: new TextEncoder().encode(text),
});

function answerOf(taken: IngestAnswer): NetAnswer {
  switch (taken.kind) {
    case 'receipt':
      return { kind: 'answer', status: 200, retryAfterMs: null, body: taken.bytes };
    case 'gap':
      return plainAnswer(409, JSON.stringify({ error: 'gap', upTo: taken.upTo }));
    case 'refused':
      return plainAnswer(taken.code === 'batch-too-large' ? 413 : 400, JSON.stringify({ error: taken.code }));
  }
}
