// What a tablet keeps of trust, in memory: repository, trust and lists. It writes down every change in one order, and can
// stop for good at one of them, as a killed process does. Values are cloned as a database clones them.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { HeldLists, HeldTrust } from '../../src/core/trust/held/held-trust.ts';
import type { TrustStore } from '../../src/core/trust/held/ports.ts';
import type { HeldStatusList } from '../../src/core/trust/status/status-token.ts';
import type { StoredName, TufStore } from '../../src/core/trust/tuf/ports.ts';
import { Killed, type KillPoint } from './tuf-memory-store.ts';

export interface KeptTrust {
  readonly files: ReadonlyMap<StoredName, Bytes>;
  readonly trust: HeldTrust | null;
  readonly lists: HeldLists;
}

const NOTHING: KeptTrust = { files: new Map(), trust: null, lists: new Map() };

export class MemoryTrustStore implements TrustStore {
  readonly changes: string[] = [];
  readonly #kill: KillPoint | null;
  readonly #files: Map<StoredName, Bytes>;
  readonly #lists: Map<string, HeldStatusList>;
  #trust: HeldTrust | null;

  constructor({ files, trust, lists }: KeptTrust = NOTHING, kill: KillPoint | null = null) {
    this.#files = new Map(files);
    this.#lists = new Map(lists);
    this.#trust = trust;
    this.#kill = kill;
  }

  /** What a new process finds. */
  get kept(): KeptTrust {
    return { files: new Map(this.#files), trust: this.#trust, lists: new Map(this.#lists) };
  }

  readonly repository: TufStore = {
    read: async (name) => this.#files.get(name) ?? null,
    write: async (name, bytes) => this.#change(`write ${name}`, () => this.#files.set(name, bytes)),
    remove: async (name) => this.#change(`remove ${name}`, () => this.#files.delete(name)),
  };

  async readTrust(): Promise<HeldTrust | null> {
    return structuredClone(this.#trust);
  }

  async writeTrust(held: HeldTrust): Promise<void> {
    this.#change('write trust', () => {
      this.#trust = structuredClone(held);
    });
  }

  async readLists(): Promise<HeldLists> {
    return structuredClone(this.#lists);
  }

  async writeList(list: HeldStatusList): Promise<void> {
    this.#change(`write list ${list.uri}`, () => this.#lists.set(list.uri, structuredClone(list)));
  }

  async removeList(uri: string): Promise<void> {
    this.#change(`remove list ${uri}`, () => this.#lists.delete(uri));
  }

  #change(words: string, make: () => unknown): void {
    this.changes.push(words);
    const isHere = this.#kill?.change === this.changes.length;
    if (isHere && this.#kill?.when === 'before') throw new Killed(words);
    make();
    if (isHere) throw new Killed(words);
  }
}
