// A tablet with its tabs: one disk, one link, one wall clock; each tab runs production code's log and sync engine.

import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { LogRecord } from '../../src/core/log/record.ts';
import { siteDayAt } from '../../src/core/trust/site-day.ts';
import { makePlainBatch, plainWriter } from '../../src/sync/plain-log.ts';
import type { LogDisk, LogTurns, ReadReceipt } from '../../src/sync/ports.ts';
import { createRecordLog, type RecordLog } from '../../src/sync/record-log.ts';
import { createSyncEngine, type SyncEngine, type WakeReason } from '../../src/sync/sync-engine.ts';
import { DiskFull, GOOD_HABITS, type ModelDisk } from './model-disk.ts';
import type { SimLink } from './sim-link.ts';
import { type ServerWorld, SIM_SITE } from './sim-server.ts';
import { TabLocks } from './tab-locks.ts';
import { TryWatch } from './try-watch.ts';
import { Life } from './virtual-time.ts';

export interface TabletParts {
  readonly name: string;
  readonly world: ServerWorld;
  readonly disk: ModelDisk;
  readonly link: SimLink;
  readonly readReceipt: ReadReceipt;
}

export const LOG_LOCK = 'log';
export const SYNC_LOCK = 'sync';

const VERDICT_FIRST_MS = 200;
const HOUR_MS = 3_600_000;
const AFTER_ACCIDENT_MS = 10_000;
/** What the tablet's reserve gives way to, and how often. */
const RESERVE_WRITES = 20;
const RESERVE_BLOCKS = 2;

export class SimTablet {
  readonly locks = new TabLocks();
  readonly tabs: SimTab[];
  /** Of the wall clock. */
  clockOffsetMs = 0;
  reserve = RESERVE_BLOCKS;

  constructor(
    readonly parts: TabletParts,
    tabCount: number,
  ) {
    this.tabs = Array.from({ length: tabCount }, (_, at) => new SimTab(this, `${parts.name}.${at + 1}`));
  }

  get wallMs(): number {
    return this.parts.world.time.nowMs + this.clockOffsetMs;
  }

  endTabs(): void {
    for (const tab of this.tabs) tab.close();
  }

  /** As the tablet's reserve does: gives room once and again to a write that found none. */
  async withRoom<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof DiskFull) || this.reserve === 0) throw error;
        this.reserve -= 1;
        const { disk } = this.parts;
        if (disk.writesLeft !== null) disk.writesLeft += RESERVE_WRITES;
      }
    }
  }

  refillReserve(): void {
    this.reserve = RESERVE_BLOCKS;
  }

  newDeviceId(): string {
    const { chance } = this.parts.world;
    return encodeHex(Uint8Array.from({ length: 16 }, () => chance.below(256)));
  }
}

interface OpenTab {
  readonly life: Life;
  readonly log: RecordLog<null>;
  readonly engine: SyncEngine;
  readonly watch: TryWatch;
}

export class SimTab {
  #open: OpenTab | null = null;
  #life: Life | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly tablet: SimTablet,
    readonly name: string,
  ) {}

  get isOpen(): boolean {
    return this.#open?.life.isAlive === true;
  }

  get isAlive(): boolean {
    return this.#life?.isAlive === true;
  }

  /** Opens the page if it is not: the log settles who it is, then scanning and sending begin. */
  open(): void {
    if (this.isAlive) return;
    const life = new Life(this.name);
    this.#life = life;
    this.#queue = Promise.resolve();
    const { world, disk } = this.tablet.parts;
    const { mutation } = world;
    const plain = disk.connect(life, mutation.habits ?? GOOD_HABITS);
    const port = mutation.disk?.(plain) ?? plain;
    const turns = this.#turns(life);
    const settled = this.#settleIdentity(port, turns);
    settled.then(
      () => this.#start(life, port, turns),
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
      const { identity, head } = await log.append(scanAt(wallMs), siteDayAt(wallMs, SIM_SITE), null);
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
      if (!(error instanceof DiskFull)) this.close();
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

  /** As the tablet opens its memory: a log that was there before and is gone begins anew under the next epoch. */
  async #settleIdentity(port: LogDisk<null>, { inTurn }: LogTurns): Promise<void> {
    const { disk } = this.tablet.parts;
    if ((await port.readPosition()) !== null) return;
    const before = disk.mark;
    const device = before?.device ?? this.tablet.newDeviceId();
    const identity = { site: SIM_SITE.id, device, epoch: (before?.epoch ?? 0) + 1 };
    await inTurn(() => port.beginRun(identity));
    disk.setMark(identity);
  }

  #start(life: Life, port: LogDisk<null>, turns: LogTurns): void {
    const { world, link, readReceipt } = this.tablet.parts;
    const { time, chance, mutation, ledger } = world;
    const watch = new TryWatch(time, (what) => ledger.break('back-off is bounded', `${this.name}: ${what}`));
    const plainLog = createRecordLog(port, turns, plainWriter);
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
      net: watch.net(link.open(life)),
      makeBatch: makePlainBatch,
      readReceipt,
      random: () => chance.next(),
    };
    const events = {
      onState: () => {},
      onReceipt: ({ upTo, epoch }: { upTo: number; epoch: number }, covered: number) =>
        world.tell(`${this.name} has a receipt up to ${epoch}/${upTo}, which covers ${covered}`),
    };
    const engine = createSyncEngine(mutation.ports?.(ports) ?? ports, events, (pass) =>
      this.tablet.locks.ifFree(SYNC_LOCK, life, pass),
    );
    this.#open = { life, log, engine, watch };
    life.onEnd(() => engine.stop());
    void this.#keepRunning(life, engine);
    this.#wakeHourly(life);
  }

  /** As the tablet's rounds do whenever they have reached the server. */
  #wakeHourly(life: Life): void {
    const { time, chance } = this.tablet.parts.world;
    time.after(HOUR_MS * chance.between(0.8, 1.2), () => {
      if (!life.isAlive) return;
      if (this.tablet.parts.link.isGood) this.wake('online');
      this.#wakeHourly(life);
    });
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

const scanAt = (wallMs: number): LogRecord => ({
  kind: 'scan',
  minute: Math.floor(wallMs / 60_000),
  gate: 'gate-1',
  direction: 'in',
  verdict: 'admit',
  reason: 'ok',
  issuer: 'city',
  pseudonym: null,
  isOwnKey: false,
  trustAgeHours: 1,
});
