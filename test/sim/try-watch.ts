// Watches that an engine keeps its distance: after so many failures in a row nobody cuts short, the next try comes no
// sooner than half the doubled wait (src/sync/back-off.ts), by a count of its own.

import type { Net, RecordStore } from '../../src/sync/ports.ts';
import type { VirtualTime } from './virtual-time.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 15 * 60_000;

export class TryWatch {
  #failures = 0;
  #isOneAllowed = false;
  #failedAtMs: number | null = null;

  constructor(
    readonly time: VirtualTime,
    readonly onTooSoon: (what: string) => void,
  ) {}

  /** Something came up, perhaps during a try that fails: one more may follow at once. */
  allowOne(): void {
    this.#isOneAllowed = true;
  }

  /** Someone has cause to try now. */
  excuse(): void {
    this.#failures = 0;
    this.#failedAtMs = null;
  }

  net(net: Net): Net {
    return {
      sendBatch: async (site, batch) => {
        this.#begin();
        const answer = await net.sendBatch(site, batch);
        this.#fail();
        return answer;
      },
    };
  }

  /** What was covered was no failure, and where nothing waits, nothing failed. */
  store(store: RecordStore): RecordStore {
    return {
      ...store,
      readWaiting: async (limit) => {
        const waiting = await store.readWaiting(limit);
        if (waiting === null) this.excuse();
        return waiting;
      },
      deleteCovered: async (...covered) => {
        this.excuse();
        return store.deleteCovered(...covered);
      },
    };
  }

  #begin(): void {
    if (this.#failedAtMs === null) return;
    const restedMs = this.time.nowMs - this.#failedAtMs;
    const leastMs = Math.min(FIRST_MS * 2 ** (this.#failures - 1), LONGEST_MS) / 2;
    if (restedMs >= leastMs - 1) return;
    if (this.#isOneAllowed) this.#isOneAllowed = false;
    else this.onTooSoon(`${Math.round(restedMs)} ms after failure ${this.#failures}, not ${leastMs}`);
  }

  /** Until something is covered. */
  #fail(): void {
    this.#failures += 1;
    this.#failedAtMs = this.time.nowMs;
  }
}
