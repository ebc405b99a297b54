// The tablet's open database and what stands on it; how it is opened, lost and begun anew.

import type { TrustStore } from '../core/trust/held/ports.ts';
import type { Trust } from '../core/trust/trust.ts';
import { type Database, openDatabase } from './database.ts';
import { markLog, readLogMark } from './log-mark.ts';
import { beginEpoch, newDeviceId, readPosition } from './log-position.ts';
import type { StateKeeper } from './tablet-state.ts';
import { createTrustStore } from './trust/trust-store.ts';

export interface Memory {
  readonly database: Database;
  readonly trustStore: TrustStore;
}

export type Lost = 'vanished' | 'blocked' | 'broken';

export interface MemoryHolder {
  get(): Memory | null;
  /**
   * Opens the log. A log that was there before and is gone is 'vanished' unless a new one is asked for. It is said to
   * be open, and so may be written to, only when `settle` is done: trust is loaded and the log knows who it is.
   */
  open(isNewLog: boolean, settle: (memory: Memory) => Promise<void>): Promise<Memory | null>;
  lose(why: Lost): void;
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
    const opened = { database, trustStore: createTrustStore(database) };
    held = opened;
    await settle(opened);
    if (held !== opened) return null;
    keeper.change({ log: 'open' });
    return opened;
  };

  return {
    get: () => held,
    lose,
    open: (isNewLog, settle) =>
      open(isNewLog, settle).catch((error: unknown) => {
        console.error('the log cannot be opened', error);
        lose('broken');
        return null;
      }),
  };
}

/** Gives the log its identity: at the first trust, after a loss, and when this tablet moves to another site. */
export async function settleIdentity({ database }: Memory, { site }: Trust): Promise<void> {
  const position = await readPosition(database);
  if (position?.identity.site === site.id) return;
  const before = position?.identity ?? readLogMark();
  const identity = {
    site: site.id,
    device: before?.device ?? newDeviceId(),
    epoch: (before?.epoch ?? 0) + 1,
  };
  await beginEpoch(database, identity);
  markLog(identity);
}
