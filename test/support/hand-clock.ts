// A clock that is wound by hand: time stands still until a test moves it.

import type { Clock } from '../../src/sync/ports.ts';

interface Timer {
  readonly atMs: number;
  readonly ring: () => void;
}

export class HandClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  startTimer(ms: number, ring: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, ring };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves to the next timer and rings it; false when none is set. */
  async windToNext(): Promise<boolean> {
    await settle();
    const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.ring();
    await settle();
    return true;
  }
}

/** Lets everything that waits on promises, real signatures included, come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
