// What a TUF client keeps, in memory. It writes down every change, and can stop for good at one of them, as a killed
// process does: before it, or after it and before anything else.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { StoredName, TufStore } from '../../src/core/trust/tuf/ports.ts';

export class Killed extends Error {}

export interface KillPoint {
  /** From 1. */
  readonly change: number;
  readonly when: 'before' | 'after';
}

export class TufMemoryStore implements TufStore {
  readonly held: Map<StoredName, Bytes>;
  readonly changes: string[] = [];
  readonly #kill: KillPoint | null;

  constructor(held: ReadonlyMap<StoredName, Bytes> = new Map(), kill: KillPoint | null = null) {
    this.held = new Map(held);
    this.#kill = kill;
  }

  async read(name: StoredName): Promise<Bytes | null> {
    return this.held.get(name) ?? null;
  }

  async write(name: StoredName, bytes: Bytes): Promise<void> {
    this.#change(`write ${name}`, () => this.held.set(name, bytes));
  }

  async remove(name: StoredName): Promise<void> {
    this.#change(`remove ${name}`, () => this.held.delete(name));
  }

  #change(words: string, make: () => void): void {
    this.changes.push(words);
    const isHere = this.#kill?.change === this.changes.length;
    if (isHere && this.#kill?.when === 'before') throw new Killed(words);
    make();
    if (isHere) throw new Killed(words);
  }
}
