// Looks after the day keys of one tablet: asks for what comes, destroys what is over by the believed clock, and says whether
// today's records can be sealed.

import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { siteDayAt } from '../../core/trust/site-day.ts';
import type { Database } from '../database.ts';
import { tellNews } from '../news.ts';
import type { ServerLine } from '../server-line.ts';
import type { TabletClock } from '../tablet-clock.ts';
import type { StateKeeper } from '../tablet-state.ts';
import { fetchDayKeys } from './fetch-day-keys.ts';
import { destroyEnded, readSealKey } from './key-store.ts';

export interface KeyCare {
  fetch(database: Database, line: ServerLine): Promise<void>;
  look(database: Database): Promise<void>;
}

/** `onChange`: what is open of any key must be forgotten. */
export function createKeyCare(
  keeper: StateKeeper,
  clock: TabletClock,
  engine: Ed25519Engine,
  onChange: () => void,
): KeyCare {
  const look = async (database: Database) => {
    const trust = keeper.get().trust?.held;
    if (trust === undefined) return;
    const { site, policy } = trust;
    const nowMs = clock.stampMs();
    if (await destroyEnded(database, nowMs, site, policy.seenBeforeWindowSeconds)) onChange();
    const hasDayKey = (await readSealKey(database, site.id, siteDayAt(nowMs, site))) !== null;
    if (hasDayKey !== keeper.get().hasDayKey) keeper.change({ hasDayKey });
  };

  return {
    look,
    async fetch(database, { identity, net }) {
      const trust = keeper.get().trust?.held;
      if (trust === undefined) return;
      const came = await fetchDayKeys(database, identity, net, trust, engine);
      if (!came.ok) {
        if (came.error !== 'unreachable') console.error(`day keys were refused: ${came.error}`);
        return;
      }
      onChange();
      tellNews('day-keys');
      await look(database);
    },
  };
}
