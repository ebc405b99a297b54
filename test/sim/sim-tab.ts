// One page of a tablet: opens as the tablet's page does, scans, sends, locks, and changes its key; all that it does to the
// log is production code.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { KEYS_BEFORE, signRotation } from '../../src/core/identity/key-rotation.ts';
import type { LogIdentity } from '../../src/core/log/envelope.ts';
import { sealKeyOf } from '../../src/core/log/sealed/day-keys.ts';
import { createSealer, type Sealer } from '../../src/core/log/sealed/sealer.ts';
import { siteDayAt } from '../../src/core/trust/site-day.ts';
import { readReceiptUnder } from '../../src/device/read-receipt.ts';
import type { EnvelopeWriter, LogTurns, NetAnswer } from '../../src/sync/ports.ts';
import { createRecordLog, type RecordLog } from '../../src/sync/record-log.ts';
import { createBatchSigner, createSealedWriter, NoDayKey } from '../../src/sync/sealed-log.ts';
import { createSyncEngine, type SyncEngine, type WakeReason } from '../../src/sync/sync-engine.ts';
import type { Chance } from './chance.ts';
import { DiskFull, type DiskIdentity, GOOD_HABITS, type TabDisk } from './model-disk.ts';
import { scanAt } from './sim-record.ts';
import { SIM_SITE } from './sim-server.ts';
import type { SimTablet } from './sim-tablet.ts';
import { TryWatch } from './try-watch.ts';
import { Life } from './virtual-time.ts';

export const LOG_LOCK = 'log';
export const SYNC_LOCK = 'sync';

const VERDICT_FIRST_MS = 200;
const HOUR_MS = 3_600_000;
const AFTER_ACCIDENT_MS = 10_000;

interface OpenTab {
  readonly life: Life;
  readonly disk: TabDisk;
  readonly log: RecordLog<null>;
  readonly sealer: Sealer;
  readonly engine: SyncEngine;
  readonly watch: TryWatch;
}

export class SimTab {
  #open: OpenTab | null = null;
  #life: Life | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  /** Of all its openings: no two have the same secret. */
  #sessions = 0;

  constructor(
    readonly tablet: SimTablet,
    readonly name: string,
    readonly chance: Chance,
  ) {}

  get isOpen(): boolean {
    return this.#open?.life.isAlive === true;
  }

  get isAlive(): boolean {
    return this.#life?.isAlive === true;
  }

  /** Opens the page if it is not: the tablet is enrolled if it must be, then scanning and sending begin. */
  open(): void {
    if (this.isAlive) return;
    const life = new Life(this.name);
    this.#life = life;
    this.#queue = Promise.resolve();
    const { world, disk } = this.tablet.parts;
    const { mutation } = world;
    const plain = disk.connect(life, mutation.habits ?? GOOD_HABITS);
    const port = mutation.disk === undefined ? plain : { ...plain, ...mutation.disk(plain) };
    const turns = this.#turns(life);
    this.#settleIdentity(port, turns).then(
      (isEnrolled) => (isEnrolled ? this.#start(life, port, turns) : life.end()),
      () => life.end(),
    );
  }

  close(): void {
    this.#life?.end();
    this.#open = null;
  }

  /** At the so-manieth read, write or answer from now. */
  killAt(points: number): void {
    this.#life?.killAt(points);
  }

  wake(reason: WakeReason): void {
    if (!this.isOpen) return;
    this.#open?.watch.excuse();
    this.#open?.watch.allowOne();
    this.#open?.engine.wake(reason);
  }

  lock(): void {
    this.#open?.sealer.endSession();
    this.tablet.parts.world.ledger.lock(this.name);
  }

  /** One scan after another. The verdict is given when the record's write is answered, and not before. */
  scan(): void {
    const open = this.#open;
    if (open === null || !this.isOpen) return;
    this.#queue = this.#queue.then(() => this.#scanOnce(open));
  }

  async #scanOnce({ life, log, engine, watch }: OpenTab): Promise<void> {
    const { world, disk } = this.tablet.parts;
    const wallMs = this.tablet.wallMs;
    try {
      const day = siteDayAt(wallMs, SIM_SITE);
      const { identity, head } = await log.append(scanAt(wallMs, this.chance), day, null);
      const key = `${identity.device}/${identity.epoch}/${head.seq}/${encodeHex(head.hash)}`;
      world.ledger.give(disk, { identity, seq: head.seq, key });
      world.tell(`${this.name} gave a verdict under ${identity.epoch}/${head.seq}`);
      world.time.after(VERDICT_FIRST_MS, () => {
        if (!life.isAlive) return;
        watch.allowOne();
        engine.wake('appended');
      });
    } catch (error) {
      world.tell(`${this.name} could not record: ${error instanceof Error ? error.message : String(error)}`);
      // No key, no verdict: the guard is told, and the page stays as it is.
      if (error instanceof NoDayKey) world.counts.add('no-day-key');
      else if (!(error instanceof DiskFull)) this.close();
    }
  }

  #turns(life: Life): LogTurns {
    const { locks } = this.tablet;
    const turns: LogTurns = {
      inTurn: (work) => locks.request(LOG_LOCK, life, work),
      withRoom: (write) => this.tablet.withRoom(write),
    };
    return this.tablet.parts.world.mutation.turns?.(turns) ?? turns;
  }

  /** A tablet without an identity, or with one that the server refuses, waits for a manager; whether it has one now. */
  async #settleIdentity(port: TabDisk, { inTurn }: LogTurns): Promise<boolean> {
    const { world, link, disk } = this.tablet.parts;
    const { tablet } = this;
    const isSettled = async () => (await port.readIdentity()) !== null && !tablet.isRefused;
    if (await isSettled()) return true;
    if (!link.isGood) return disk.identity !== null;
    return inTurn(async () => {
      // Another page may have been faster.
      if (await isSettled()) return true;
      const { register, nowSeconds } = link.server;
      const { key: latest = tablet.newKey(), keysBefore: before = [] } = disk.identity ?? {};
      const publicKeyOf = (name: string) => world.keys.deviceSigner(name).publicKey;
      // By the key that this server knows it by, so that it goes on under its id.
      const own = [latest, ...before];
      const key = own.find((name) => register.knows(publicKeyOf(name))) ?? latest;
      const keysBefore = own.filter((name) => name !== key);
      const publicKey = publicKeyOf(key);
      const word = await register.enrol(SIM_SITE.id, publicKey, tablet.newDeviceId(), nowSeconds);
      const run = runAfter(word, (await port.readPosition())?.identity ?? null);
      await port.enrol({ device: word.device, key, nextKey: null, keysBefore }, run, tablet.sealDaysNow());
      tablet.isRefused = false;
      if (run.epoch > 1) world.counts.add('enrolled-again');
      return true;
    });
  }

  #start(life: Life, disk: TabDisk, turns: LogTurns): void {
    const { world } = this.tablet.parts;
    const { time, mutation, ledger, keys } = world;
    const watch = new TryWatch(time, (what) => ledger.break('back-off is bounded', `${this.name}: ${what}`));
    const randomBytes = () => {
      this.#sessions += 1;
      return keys.sessionSecret(`${this.name} ${this.#sessions}`);
    };
    const plainSealer = createSealer(randomBytes, keys.agreement);
    const sealer = mutation.sealer?.(plainSealer, { randomBytes, agreement: keys.agreement }) ?? plainSealer;
    const plainLog = createRecordLog(disk, turns, this.#writer(sealer, disk));
    const log = mutation.log?.(plainLog) ?? plainLog;
    const ports = {
      clock: {
        nowMs: () => this.tablet.wallMs,
        startTimer: (ms: number, ring: () => void) =>
          time.after(ms, () => {
            if (life.isAlive) ring();
          }),
      },
      store: watch.store(log),
      net: watch.net({
        sendBatch: async (_site, body) => this.tablet.hear(await this.#sendBatch(life, body)),
      }),
      makeBatch: createBatchSigner(async () => keys.deviceSigner(this.#identity().key)),
      readReceipt: readReceiptUnder(() => [keys.receipt.publicKey], keys.engine),
      random: () => this.chance.next(),
    };
    const events = {
      onState: () => {},
      onReceipt: ({ upTo, epoch }: { upTo: number; epoch: number }, covered: number) =>
        world.tell(`${this.name} has a receipt up to ${epoch}/${upTo}, which covers ${covered}`),
    };
    const engine = createSyncEngine(mutation.ports?.(ports) ?? ports, events, (pass) =>
      this.tablet.locks.ifFree(SYNC_LOCK, life, pass),
    );
    this.#open = { life, disk, log, sealer, engine, watch };
    life.onEnd(() => engine.stop());
    void this.#keepRunning(life, engine);
    void this.#refresh(life, disk);
  }

  #writer(sealer: Sealer, disk: TabDisk): EnvelopeWriter {
    const { time, keys, mutation, ledger, counts } = this.tablet.parts.world;
    const held = new Set<string>();
    const plain = createSealedWriter({
      sealer,
      async sealKeyOf(site, day) {
        if (!held.has(day) && !(await disk.holdsSealKey(day))) return null;
        held.add(day);
        return sealKeyOf(keys.sealKeyPair(site, day));
      },
      monotonicMs: () => time.nowMs,
    });
    const writer = mutation.writer?.(plain) ?? plain;
    let isInDoubt = false;
    return {
      write: async (next) => {
        const { envelope, committed } = await writer.write(next);
        ledger.seal(this.name, envelope, time.nowMs);
        if (isInDoubt) counts.add('append-in-doubt');
        isInDoubt = true;
        return {
          envelope,
          committed() {
            isInDoubt = false;
            committed();
          },
        };
      },
    };
  }

  #identity() {
    const { identity } = this.tablet.parts.disk;
    if (identity === null) throw new Error('the tablet is not enrolled');
    return identity;
  }

  #sender() {
    const { device, key } = this.#identity();
    return { device, key: this.tablet.parts.world.keys.deviceSigner(key).publicKey };
  }

  /** As the tablet's rounds do: fresh day keys, and another try, whenever the server can be reached. */
  async #refresh(life: Life, disk: TabDisk): Promise<void> {
    const { world, link } = this.tablet.parts;
    if (link.isGood && !this.tablet.isRefused) {
      await disk.keepSealDays(this.tablet.sealDaysNow()).catch(() => {});
      this.wake('online');
    }
    world.time.after(HOUR_MS * this.chance.between(0.8, 1.2), () => {
      if (life.isAlive) void this.#refresh(life, disk);
    });
  }

  /** A server that was set back does not know the key: one before it vouches for it once more. */
  async #sendBatch(life: Life, body: Bytes): Promise<NetAnswer> {
    const { link } = this.tablet.parts;
    const send = () => link.send(life, { ...this.#sender(), kind: 'batch', body });
    const answer = await send();
    if (answer.kind !== 'answer' || answer.status !== 401) return answer;
    const { key, keysBefore } = this.#identity();
    for (const before of keysBefore) {
      const vouched = await this.#vouch(life, before, key);
      if (isTaken(vouched)) return send();
      // No answer of the server's: nobody can say yet that it knows none of the keys.
      if (vouched.kind !== 'answer' || ![401, 403, 409].includes(vouched.status)) return vouched;
    }
    return answer;
  }

  /** What the server says to `next` by the word of `key`. */
  async #vouch(life: Life, key: string, next: string): Promise<NetAnswer> {
    const { world, link } = this.tablet.parts;
    const [current, coming] = [world.keys.deviceSigner(key), world.keys.deviceSigner(next)];
    const { device } = this.#identity();
    const body = await signRotation({ site: SIM_SITE.id, device }, link.server.nowSeconds, current, coming);
    return link.send(life, { device, key: current.publicKey, kind: 'rotation', body });
  }

  /** The next key is on the disk before it is sent, and in use only when the server says that it has it. */
  async rotateKey(): Promise<boolean> {
    const open = this.#open;
    if (open === null || !this.isOpen) return false;
    const { life, disk } = open;
    const { key, nextKey } = this.#identity();
    const next = nextKey ?? this.tablet.newKey();
    await disk.changeIdentity((now) => ({ ...now, nextKey: next }));
    if (!isTaken(await this.#vouch(life, key, next))) return false;
    await disk.changeIdentity((now) => (now.nextKey === next ? replaceKey(now, next) : now));
    return true;
  }

  /** An accident of the database stops one pass, not the sending. */
  async #keepRunning(life: Life, engine: SyncEngine): Promise<void> {
    const { time } = this.tablet.parts.world;
    while (life.isAlive) {
      try {
        await engine.run();
      } catch {
        this.#open?.watch.excuse();
        await new Promise<void>((resolve) => time.after(AFTER_ACCIDENT_MS, resolve));
      }
    }
  }
}

/** The epoch of the server's word, unless the tablet has gone on to a later one by itself. */
function runAfter(word: { readonly device: string; readonly epoch: number }, before: LogIdentity | null) {
  const { device } = word;
  const own = before?.device === device ? before.epoch + 1 : 1;
  return { site: SIM_SITE.id, device, epoch: Math.max(word.epoch, own) };
}

const replaceKey = ({ key, keysBefore, ...rest }: DiskIdentity, next: string): DiskIdentity => ({
  ...rest,
  key: next,
  nextKey: null,
  keysBefore: [key, ...keysBefore].slice(0, KEYS_BEFORE),
});

const TAKEN = 'rotation';

/** A page of somebody else's says 200 too. */
const isTaken = (answer: NetAnswer): boolean =>
  answer.kind === 'answer' && answer.status === 200 && new TextDecoder().decode(answer.body) === TAKEN;
