// The page's half of these tests: the tablet's memory and what comes into it, within reach of page.evaluate.

import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { assembleTrust } from '../../../src/core/trust/held/assemble-trust.ts';
import type { TrustStore } from '../../../src/core/trust/held/ports.ts';
import { refreshLists } from '../../../src/core/trust/held/refresh-lists.ts';
import { refreshTrust } from '../../../src/core/trust/held/refresh-trust.ts';
import { statusOf } from '../../../src/core/trust/status/status-of.ts';
import { type Database, openDatabase, readFact, writeFact } from '../../../src/device/database.ts';
import { makeDeviceKey } from '../../../src/device/identity/device-keys.ts';
import { writePosition } from '../../../src/device/log-position.ts';
import { type OpenedTablet, openTablet } from '../../../src/device/open-tablet.ts';
import { createHttpSource } from '../../../src/device/trust/http-source.ts';
import { createTrustStore, writeFloor } from '../../../src/device/trust/trust-store.ts';

const nothing = () => {};

/** Passes every change on to that store, and stops for good before one of them, or after it. */
function stoppingAt(
  store: TrustStore,
  change: number,
  when: 'before' | 'after',
  changes: string[],
): TrustStore {
  const counted = async (words: string, make: () => Promise<void>): Promise<void> => {
    changes.push(words);
    if (changes.length === change && when === 'before') throw new Error('killed');
    await make();
    if (changes.length === change) throw new Error('killed');
  };
  return {
    ...store,
    repository: {
      read: store.repository.read,
      write: (name, bytes) => counted(`write ${name}`, () => store.repository.write(name, bytes)),
      remove: (name) => counted(`remove ${name}`, () => store.repository.remove(name)),
    },
    writeTrust: (held) => counted('write trust', () => store.writeTrust(held)),
    writeList: (list) => counted('write list', () => store.writeList(list)),
    removeList: (uri) => counted('remove list', () => store.removeList(uri)),
  };
}

const memory = {
  openDatabase: () => openDatabase({ onBlocked: nothing, onSuperseded: nothing, onVanished: nothing }),
  openTablet,
  readFact,
  writeFact,
  writePosition,
  makeDeviceKey,
  writeFloor,
  httpSource: createHttpSource(null),

  /** A refresh of everything at that second. Without a change to stop at it goes through. */
  async refresh(
    database: Database,
    nowSeconds: number,
    change = Number.POSITIVE_INFINITY,
    when: 'before' | 'after' = 'after',
  ): Promise<{ outcome: string; changes: readonly string[] }> {
    const changes: string[] = [];
    const store = stoppingAt(createTrustStore(database), change, when, changes);
    const client = { source: createHttpSource(null), store, engine: await chooseEngine(), rootHash: null };
    try {
      const came = await refreshTrust(client, nowSeconds);
      if (came.ok) await refreshLists(client, came.value.held, nowSeconds);
      return { outcome: came.ok ? 'ok' : `${came.error.code}: ${came.error.detail}`, changes };
    } catch (error) {
      return { outcome: (error as Error).message, changes };
    }
  },

  /** What this database would judge the first place of list 7 by, as at every opening. */
  async knowledge(database: Database): Promise<string | null> {
    const store = createTrustStore(database);
    const held = await store.readTrust();
    const trust = held === null ? null : assembleTrust(held, await store.readLists());
    const [issuer] = trust?.issuers ?? [];
    if (trust === null || issuer === undefined) return null;
    return [trust.policy.name, trust.issuers.length, statusOf({ list: 7, index: 1 }, issuer)].join(', ');
  },

  /** Everything that trust has in this database, to be compared. */
  async contents(database: Database): Promise<string> {
    const names = await database.getAllKeys('repository');
    const files = await Promise.all(names.map((name) => database.get('repository', name)));
    const kept = [names, files, await database.getAll('statusLists'), await readFact(database, 'trust')];
    return JSON.stringify(kept, (_key, value: unknown) => {
      if (value instanceof Map) return [...value];
      return value instanceof Uint8Array ? [...value].join() : value;
    });
  },
};

declare global {
  interface Window {
    memory: typeof memory;
    /** Set by a test that opens one. */
    tablet: OpenedTablet;
  }
}

window.memory = memory;
