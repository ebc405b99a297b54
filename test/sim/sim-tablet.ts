// A tablet with its tabs: one disk, one link, one wall clock; each tab runs production code's log and sync engine.

import { encodeHex } from '../../src/core/bytes/hex.ts';
import { dayAfter, SEAL_KEY_DAYS_AHEAD } from '../../src/core/log/sealed/key-ends.ts';
import { siteDayAt } from '../../src/core/trust/site-day.ts';
import type { NetAnswer } from '../../src/sync/ports.ts';
import type { Chance } from './chance.ts';
import { DiskFull, type ModelDisk } from './model-disk.ts';
import type { SimLink } from './sim-link.ts';
import { type ServerWorld, SIM_SITE } from './sim-server.ts';
import { SimTab } from './sim-tab.ts';
import { TabLocks } from './tab-locks.ts';

export interface TabletParts {
  readonly name: string;
  readonly world: ServerWorld;
  readonly disk: ModelDisk;
  readonly link: SimLink;
}

/** What the tablet's reserve gives way to, and how often. */
const RESERVE_WRITES = 20;
const RESERVE_BLOCKS = 2;

export class SimTablet {
  readonly locks = new TabLocks();
  readonly tabs: SimTab[];
  readonly #chance: Chance;
  #keysMade = 0;
  /** Of the wall clock. */
  clockOffsetMs = 0;
  reserve = RESERVE_BLOCKS;
  /** The server does not know its key, or not any more: a manager has to enrol it again. */
  isRefused = false;

  constructor(
    readonly parts: TabletParts,
    tabCount: number,
  ) {
    this.#chance = parts.world.chance.branch();
    this.tabs = Array.from({ length: tabCount }, (_, at) => {
      const name = `${parts.name}.${at + 1}`;
      return new SimTab(this, name, this.#chance.branch());
    });
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

  newKey(): string {
    this.#keysMade += 1;
    return `${this.parts.name}, key ${this.#keysMade}`;
  }

  newDeviceId(): string {
    return encodeHex(this.#chance.bytes(16));
  }

  /** The days that the server would give seal keys for now. */
  sealDaysNow(): { readonly from: string; readonly to: string } {
    const today = siteDayAt(this.parts.world.time.nowMs, SIM_SITE);
    return { from: today, to: dayAfter(today, SEAL_KEY_DAYS_AHEAD) };
  }

  /** A refusal that only another enrolment ends. */
  hear(answer: NetAnswer): NetAnswer {
    const isRefusal = answer.kind === 'answer' && (answer.status === 401 || answer.status === 403);
    if (isRefusal) this.isRefused = true;
    return answer;
  }
}
