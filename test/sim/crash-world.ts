// One tablet and its server, without time or chance: every operation on the tablet's disk, on the network and in the
// server's database is counted, and the world can be stopped at each of them. Page and server are production code.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { DevicePublicKey } from '../../src/core/identity/device-key.ts';
import { signKeyTaken } from '../../src/core/identity/device-order.ts';
import { KEY_LIFE_SECONDS } from '../../src/core/identity/key-rotation.ts';
import { parsePublicOrigin } from '../../src/core/identity/public-origin.ts';
import type { GateRecord } from '../../src/core/log/record.ts';
import { sealKeyOf } from '../../src/core/log/sealed/day-keys.ts';
import { createSealer } from '../../src/core/log/sealed/sealer.ts';
import { makeDeviceKey, signerOf } from '../../src/device/identity/device-keys.ts';
import { type DutyPorts, doDuties } from '../../src/device/identity/duties.ts';
import type { SignedRequest } from '../../src/device/identity/signed-net.ts';
import type { StoredKey } from '../../src/device/identity/stored-identity.ts';
import { readReceiptUnder } from '../../src/device/read-receipt.ts';
import { ingestBatch } from '../../src/server/ingest.ts';
import type { LogDisk, LogPosition, LogTurns, NetAnswer, SyncPorts } from '../../src/sync/ports.ts';
import { createRecordLog, isSamePosition, type RecordLog } from '../../src/sync/record-log.ts';
import { createBatchSigner, createSealedWriter } from '../../src/sync/sealed-log.ts';
import { type Sent, sendWaiting } from '../../src/sync/send-waiting.ts';
import { emptyTables, openMemoryStorage } from '../support/memory-storage.ts';
import type { Chance } from './chance.ts';
import type { SimKeys } from './sim-keys.ts';
import { SimRegister } from './sim-register.ts';
import { SIM_RULES, SIM_SITE } from './sim-server.ts';

export const NOW_MS = Date.UTC(2026, 2, 2, 11);
export const CRASH_DAY = '2026-03-02';
const DEVICE = 'c'.repeat(32);
const NO_HASH: Bytes = new Uint8Array(0);
const TURNS: LogTurns = { inTurn: (work) => work(), withRoom: (write) => write() };

/** Where a run ends: 'death' of page and server at once; 'upgrade': another version takes the database from the page. */
export interface Stop {
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly how: 'death' | 'upgrade';
}

/** Counts operations, and lets none happen after the stop. */
export class Operations {
  #count = 0;
  #isOver = false;
  #tellEnd: () => void = () => {};
  readonly ended = new Promise<void>((resolve) => {
    this.#tellEnd = resolve;
  });

  constructor(readonly stop: Stop | null) {}

  get count(): number {
    return this.#count;
  }

  async pass<T>(where: 'disk' | 'elsewhere', work: () => Promise<T>): Promise<T> {
    if (this.#isOver) return this.#after(where, work);
    this.#count += 1;
    const isHere = this.#count === this.stop?.at;
    if (isHere && this.stop?.when === 'before') return this.#end(where, work);
    const done = await work();
    return isHere ? this.#end('disk', async () => done) : done;
  }

  #end<T>(where: 'disk' | 'elsewhere', work: () => Promise<T>): Promise<T> {
    this.#isOver = true;
    this.#tellEnd();
    return this.#after(where, work);
  }

  /** Nobody hears any more; but a page whose database was taken lives on, and its network too. */
  #after<T>(where: 'disk' | 'elsewhere', work: () => Promise<T>): Promise<T> {
    if (this.stop?.how === 'death') return new Promise(() => {});
    return where === 'disk' ? Promise.reject(new Error('the database was closed')) : work();
  }
}

export class CrashWorld {
  readonly tables = emptyTables();
  readonly register = new SimRegister();
  /** The tablet's disk. */
  position: LogPosition | null = null;
  readonly waiting = new Map<number, Bytes>();
  receipt: Bytes | null = null;
  #key: StoredKey | null = null;
  nextKey: StoredKey | null = null;
  /** A change of the key is due each time that it is asked for. */
  #nowSeconds = NOW_MS / 1000;
  /** 'seq hash' of every verdict that a guard was given. */
  readonly given: string[] = [];

  constructor(
    readonly keys: SimKeys,
    readonly chance: Chance,
  ) {}

  async enrol(): Promise<void> {
    this.#key = await makeDeviceKey(this.#nowSeconds);
    const word = await this.register.enrol(SIM_SITE.id, this.#signer.publicKey, DEVICE, this.#nowSeconds);
    const identity = { site: SIM_SITE.id, ...word };
    this.position = { identity, head: { seq: 0, hash: NO_HASH } };
  }

  get #signer() {
    if (this.#key === null) throw new Error('the tablet is not enrolled');
    return signerOf(this.#key);
  }

  /** The page, from its opening on. */
  open(operations: Operations): CrashPage {
    const onDisk = <T>(work: () => T): Promise<T> => operations.pass('disk', async () => work());
    const disk = this.#disk(onDisk);
    const { keys, chance } = this;
    const writer = createSealedWriter({
      sealer: createSealer((length) => chance.bytes(length), keys.agreement),
      sealKeyOf: (site, day) => onDisk(() => sealKeyOf(keys.sealKeyPair(site, day))),
      monotonicMs: () => 0,
    });
    const log = createRecordLog(disk, TURNS, writer);
    const ports: Omit<SyncPorts, 'clock' | 'random'> = {
      store: log,
      net: { sendBatch: (_site, body) => this.#send(operations, body) },
      makeBatch: createBatchSigner(() => onDisk(() => this.#signer)),
      readReceipt: readReceiptUnder(() => [keys.receipt.publicKey], keys.engine),
    };
    return {
      scan: () => this.#scan(log),
      sync: () =>
        sendWaiting(
          ports,
          () => {},
          () => false,
        ),
      changeKey: () => this.#changeKey(operations, onDisk),
    };
  }

  async #scan(log: RecordLog<null>): Promise<void> {
    const { head } = await log.append(HEARTBEAT, CRASH_DAY, null);
    this.given.push(`${head.seq} ${encodeHex(head.hash)}`);
  }

  #disk(onDisk: <T>(work: () => T) => Promise<T>): LogDisk<null> {
    return {
      readPosition: () => onDisk(() => this.position),
      append: (before, after, envelope) =>
        onDisk(() => {
          if (this.position === null || !isSamePosition(this.position, before)) return false;
          this.position = after;
          this.waiting.set(after.head.seq, envelope);
          return true;
        }),
      readRun: (limit) =>
        onDisk(() => {
          const records = [...this.waiting].map(([seq, envelope]) => ({ seq, envelope })).slice(0, limit);
          const { identity } = this.position ?? {};
          if (records.length === 0 || identity === undefined) return null;
          return { identity, records, lastReceipt: this.receipt };
        }),
      deleteRecords: (_identity, seqs, receipt) =>
        onDisk(() => {
          for (const seq of seqs) this.waiting.delete(seq);
          this.receipt = receipt;
        }),
      beginRun: (identity) =>
        onDisk(() => {
          this.position = { identity, head: { seq: 0, hash: NO_HASH } };
        }),
    };
  }

  /** As the tablet's duties do it. */
  async #changeKey(operations: Operations, onDisk: <T>(work: () => T) => Promise<T>): Promise<void> {
    this.#nowSeconds += KEY_LIFE_SECONDS;
    const fresh = await makeDeviceKey(this.#nowSeconds);
    await doDuties({
      identity: await onDisk(() => this.#identity()),
      net: { send: (request) => this.#sendDuty(operations, request) },
      store: {
        ...NO_ORDERS,
        nextKey: () =>
          onDisk(() => {
            this.nextKey ??= fresh;
            return this.nextKey;
          }),
        dropNextKey: () =>
          onDisk(() => {
            this.nextKey = null;
          }),
        useNextKey: (nowSeconds) =>
          onDisk(() => {
            if (this.nextKey === null) return;
            this.#key = { ...this.nextKey, sinceSeconds: nowSeconds };
            this.nextKey = null;
          }),
      },
      engine: this.keys.engine,
      orderKeys: () => [this.keys.receipt.publicKey],
      nowSeconds: () => this.#nowSeconds,
    });
  }

  #identity(): DutyPorts['identity'] {
    const origin = parsePublicOrigin('https://gate.example');
    if (!origin.ok || this.#key === null) throw new Error('the tablet is not enrolled');
    return {
      origin: origin.value,
      site: SIM_SITE.id,
      gate: 'gate-1',
      device: DEVICE,
      serverKey: this.keys.receipt.publicKey,
      rootHash: NO_HASH,
      isRevoked: false,
      isWiping: false,
      keySinceSeconds: this.#key.sinceSeconds,
      signer: this.#signer,
      signersBefore: [],
      renew: async () => true,
      noteRevoked: async () => {},
    };
  }

  #sendDuty(operations: Operations, { method, body }: SignedRequest) {
    const { publicKey } = this.#signer;
    return operations.pass('elsewhere', async () => {
      await this.#admit(publicKey);
      const isTaken =
        method === 'GET' ||
        (await this.register.rotate(DEVICE, body, this.#nowSeconds, this.keys.verifyDevice));
      const address = { site: SIM_SITE.id, device: DEVICE, nonce: NO_HASH };
      const [status, word] = isTaken ? [200, await signKeyTaken(address, this.keys.receipt)] : [409, NO_HASH];
      const nothing = {
        kind: 'answer',
        status: 204,
        retryAfterMs: null,
        body: NO_HASH,
        nonce: NO_HASH,
      } as const;
      return method === 'GET' ? nothing : { ...nothing, status, body: word };
    });
  }

  async #admit(key: DevicePublicKey): Promise<void> {
    const refusal = await this.register.admit(DEVICE, key);
    if (refusal !== null) throw new Error(`the server says ${refusal}`);
  }

  #send(operations: Operations, body: Bytes): Promise<NetAnswer> {
    return operations.pass('elsewhere', async () => {
      await this.#admit(this.#signer.publicKey);
      const taken = await ingestBatch(SIM_SITE, body, {
        storage: openMemoryStorage(this.tables, () => operations.pass('elsewhere', async () => {})),
        trust: {
          inUse: { server: { receiptKeys: [this.keys.receipt.publicKey] } },
          signers: { receipt: this.keys.receipt },
        },
        engine: this.keys.engine,
        sealed: {
          deviceKeysOf: async ({ device }) => this.register.keysOf(device),
          verifyDevice: this.keys.verifyDevice,
          agreement: this.keys.agreement,
          findSealKey: (site, day) => this.keys.sealKeyPair(site, day),
          rulesOf: () => SIM_RULES,
        },
        nowMs: () => NOW_MS,
      });
      if (taken.kind !== 'receipt') throw new Error(`the server says ${taken.kind}`);
      return { kind: 'answer', status: 200, retryAfterMs: null, body: taken.bytes };
    });
  }
}

export interface CrashPage {
  scan(): Promise<void>;
  sync(): Promise<Sent>;
  changeKey(): Promise<void>;
}

const noOrder = (): Promise<never> => Promise.reject(new Error('nothing was ordered'));
const NO_ORDERS = {
  forgetPin: noOrder,
  isPinResetToTell: async () => false,
  notePinResetTold: noOrder,
  beginWipe: noOrder,
  finishWipe: noOrder,
};

const HEARTBEAT: GateRecord = {
  kind: 'heartbeat',
  minute: NOW_MS / 60_000,
  gate: 'gate-1',
  direction: 'in',
};
