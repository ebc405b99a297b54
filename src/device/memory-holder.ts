// The tablet's open database and what stands on it; how it is opened, lost and begun anew.

import type { TrustStore } from '../core/trust/held/ports.ts';
import { type Database, openDatabase } from './database.ts';
import { readIdentity, type TabletIdentity } from './identity/tablet-identity.ts';
import { readLogMark } from './log-mark.ts';
import { readPosition } from './log-position.ts';
import type { TabletState } from './tablet.ts';
import type { StateKeeper } from './tablet-state.ts';
import { createTrustStore } from './trust/trust-store.ts';

export interface Memory {
  readonly database: Database;
  readonly trustStore: TrustStore;
  /** Null until the tablet is enrolled. */
  readonly identity: TabletIdentity | null;
}

export type Lost = 'vanished' | 'blocked' | 'broken';

export interface MemoryHolder {
  get(): Memory | null;
  /**
   * Opens the log. A log that was there before and is gone is 'vanished' unless a new one is asked for. It is said to
   * be open, and so may be written to, only when `settle` is done: trust is loaded and the log knows who it is.
   */
  open(isNewLog: boolean, settle: (memory: Memory) => Promise<void>): Promise<Memory | null>;
  /** Reads who the tablet is again: it was enrolled, or refused for good. What stood on the memory before stands on the new one. */
  adopt(settle: (memory: Memory) => Promise<void>): Promise<Memory | null>;
  lose(why: Lost): void;
  /** Everything was destroyed, as ordered. */
  forget(): void;
}

export function createMemoryHolder(keeper: StateKeeper, onLost: () => void): MemoryHolder {
  let held: Memory | null = null;

  const lose = (why: Lost) => {
    held = null;
    onLost();
    keeper.change({ log: why });
  };

  const open: MemoryHolder['open'] = async (isNewLog, settle) => {
    const database = await openDatabase({
      onBlocked: () => keeper.change({ log: 'blocked' }),
      onSuperseded: () => lose('blocked'),
      onVanished: () => lose('vanished'),
    });
    if (!isNewLog && readLogMark() !== null && (await readPosition(database)) === null) {
      database.close();
      keeper.change({ log: 'vanished' });
      return null;
    }
    return settleOn({ database, trustStore: createTrustStore(database), identity: null }, settle);
  };

  const settleOn = async (
    before: Memory,
    settle: (memory: Memory) => Promise<void>,
  ): Promise<Memory | null> => {
    const identity = await readIdentity(before.database);
    const memory: Memory = { ...before, identity };
    held = memory;
    await settle(memory);
    if (held !== memory) return null;
    keeper.change({ log: 'open', identity: standingOf(identity) });
    return memory;
  };

  const orBroken = (opening: Promise<Memory | null>): Promise<Memory | null> =>
    opening.catch((error: unknown) => {
      console.error('the log cannot be opened', error);
      lose('broken');
      return null;
    });

  return {
    get: () => held,
    lose,
    forget() {
      held = null;
      onLost();
      keeper.change({ identity: 'wiped', trust: null, waiting: 0, hasPin: false });
    },
    open: (isNewLog, settle) => orBroken(open(isNewLog, settle)),
    adopt: (settle) => (held === null ? Promise.resolve(null) : orBroken(settleOn(held, settle))),
  };
}

function standingOf(identity: TabletIdentity | null): TabletState['identity'] {
  if (identity === null) return 'none';
  if (identity.isWiping) return 'wiped';
  return identity.isRevoked ? 'revoked' : 'enrolled';
}
