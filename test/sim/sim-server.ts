// The server: production code's ingest and register over tables that outlive its process, which can be killed at any point.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { DevicePublicKey } from '../../src/core/identity/device-key.ts';
import { isSealKeyOver } from '../../src/core/log/sealed/key-ends.ts';
import { siteDayAt } from '../../src/core/trust/site-day.ts';
import type { Site } from '../../src/core/trust/trust.ts';
import type { IngestTools } from '../../src/server/ingest/ingest-tools.ts';
import { type IngestAnswer, ingestBatch } from '../../src/server/ingest.ts';
import type { NetAnswer } from '../../src/sync/ports.ts';
import { copyTables, emptyTables, type MemoryTables, openMemoryStorage } from '../support/memory-storage.ts';
import type { Chance } from './chance.ts';
import type { FaultCounts } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Mutation } from './mutation.ts';
import type { SimKeys } from './sim-keys.ts';
import { SimRegister } from './sim-register.ts';
import { Life, type VirtualTime } from './virtual-time.ts';

export const SIM_SITE: Site = {
  id: 'lindenhof',
  name: 'Lindenhof',
  timeZone: 'UTC',
  dayStartMinutes: 240,
  gates: [{ id: 'gate-1', name: 'Gate 1' }],
};
export const SIM_RULES = { seenBeforeWindowSeconds: 900, retentionDays: 1 } as const;

export interface ServerWorld {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly counts: FaultCounts;
  readonly ledger: Ledger;
  readonly mutation: Mutation;
  readonly keys: SimKeys;
  tell(line: string): void;
}

/** What lies in the database. */
interface Database {
  readonly tables: MemoryTables;
  readonly register: SimRegister;
}

/** A tablet's request, whose signature has been found good: who says so, under which key. */
export interface TabletRequest {
  readonly device: string;
  readonly key: DevicePublicKey;
  readonly kind: 'batch' | 'rotation';
  readonly body: Bytes;
}

const UNREACHABLE: NetAnswer = { kind: 'unreachable' };
const COMMIT_MS = [1, 30] as const;
const RESTART_MS = [200, 20_000] as const;
/** How many commits a replica may lag behind. */
const REPLICA_LAG = 6;

const emptyDatabase = (): Database => ({ tables: emptyTables(), register: new SimRegister() });
const copyDatabase = ({ tables, register }: Database): Database => ({
  tables: copyTables(tables),
  register: register.copy(),
});

export class SimServer {
  #database = emptyDatabase();
  #backup: Database | null = null;
  #replica: Database = emptyDatabase();
  #commits = 0;
  #process: { readonly life: Life; readonly open: Set<(answer: NetAnswer) => void> } | null = null;
  #take: (body: Bytes, by: string) => Promise<IngestAnswer> = () => Promise.reject(new Error('not started'));
  readonly #chance: Chance;
  /** The next commit is the last thing this process does. */
  isDyingAfterCommit = false;

  constructor(readonly world: ServerWorld) {
    this.#chance = world.chance.branch();
    this.start();
  }

  get isUp(): boolean {
    return this.#process !== null;
  }

  get tables(): MemoryTables {
    return this.#database.tables;
  }

  get register(): SimRegister {
    return this.#database.register;
  }

  get nowSeconds(): number {
    return Math.floor(this.world.time.nowMs / 1000);
  }

  start(): void {
    if (this.#process !== null) return;
    const { time, mutation } = this.world;
    const life = new Life('server');
    this.#process = { life, open: new Set() };
    const plain = openMemoryStorage(
      this.tables,
      (at) =>
        time.operate(life, this.#chance.between(...COMMIT_MS), () => {
          if (at === 'committed') this.#noteCommit();
        }),
      mutation.settle,
    );
    const storage = mutation.storage?.(plain, this.tables, time) ?? plain;
    this.#take = (body, by) => ingestBatch(SIM_SITE, body, this.#tools(storage, by));
  }

  #tools(storage: IngestTools['storage'], by: string): IngestTools {
    const { time, keys } = this.world;
    return {
      storage,
      trust: {
        inUse: { server: { receiptKeys: [keys.receipt.publicKey] } },
        signers: { receipt: keys.receipt },
      },
      engine: keys.engine,
      sealed: {
        deviceKeysOf: async ({ device }) => {
          const known = this.register.keysOf(device);
          return known.length > 0 ? known : this.register.keysOf(by);
        },
        noteSigned: async ({ device }) => this.register.adopt(device, by),
        verifyDevice: keys.verifyDevice,
        agreement: keys.agreement,
        findSealKey: (site, day) => {
          const today = siteDayAt(time.nowMs, SIM_SITE);
          return isSealKeyOver(day, today, SIM_RULES.retentionDays) ? null : keys.sealKeyPair(site, day);
        },
        rulesOf: () => SIM_RULES,
      },
      nowMs: () => time.nowMs,
    };
  }

  /** The answer as the routes give it; `unreachable` when the process ends before it. */
  receive(request: TabletRequest, reply: (answer: NetAnswer) => void): void {
    const process = this.#process;
    if (process === null) {
      reply(UNREACHABLE);
      return;
    }
    process.open.add(reply);
    const answer = (given: NetAnswer) => {
      if (process.life.isAlive && process.open.delete(reply)) reply(given);
    };
    this.#answer(request, process.life).then(answer, () => answer(plainAnswer(500, 'error')));
  }

  async #answer({ device, key, kind, body }: TabletRequest, life: Life): Promise<NetAnswer> {
    const refusal = await this.register.admit(device, key);
    if (refusal !== null)
      return plainAnswer(refusal === 'device-revoked' ? 403 : 401, JSON.stringify({ error: refusal }));
    if (kind === 'rotation') {
      const isTaken = await this.register.rotate(device, body, this.nowSeconds, this.world.keys.verifyDevice);
      return plainAnswer(isTaken ? 200 : 409, 'rotation');
    }
    const taken = await this.#take(body, device);
    if (life.isAlive && taken.kind === 'receipt') this.world.ledger.receipt(body, this.tables);
    return answerOf(taken);
  }

  kill(): boolean {
    const process = this.#process;
    if (process === null) return false;
    this.#process = null;
    process.life.end();
    for (const reply of process.open) reply(UNREACHABLE);
    const { time, tell } = this.world;
    time.after(this.#chance.between(...RESTART_MS), () => {
      tell('the server is up again');
      this.start();
    });
    return true;
  }

  backUp(): void {
    this.#backup = copyDatabase(this.#database);
  }

  /** False when there is no backup. */
  restore(): boolean {
    return this.#backup !== null && this.#goOnWith(this.#backup);
  }

  /** The database fails, and a replica that lags takes its place. */
  failOver(): boolean {
    return this.#commits > 0 && this.#goOnWith(this.#replica);
  }

  #goOnWith(older: Database): true {
    this.kill();
    this.#database = copyDatabase(older);
    this.world.ledger.excuseSetBack(this.tables);
    return true;
  }

  #noteCommit(): void {
    this.#commits += 1;
    if (this.#commits % REPLICA_LAG === 0) this.#replica = copyDatabase(this.#database);
    if (this.isDyingAfterCommit) this.#dieAfterCommit();
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
    case 'refused':
      return plainAnswer(taken.code === 'batch-too-large' ? 413 : 400, JSON.stringify({ error: taken.code }));
  }
}
