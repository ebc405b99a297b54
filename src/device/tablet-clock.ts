// The tablet's clocks: the wall's, which anyone can set, the monotonic one, and the floor that signed times raise.

import {
  type ClockLook,
  firstLook,
  forgetMonotonic,
  judgedAtMs,
  lookAtClock,
  type Now,
  nowOf,
  raiseFloor,
  stampMs,
  takeFreshTime,
} from '../core/verdict/clock.ts';
import { type Database, writeFact } from './database.ts';
import type { StateKeeper } from './tablet-state.ts';

export interface TabletClock {
  now(): Now;
  judgedMs(): number;
  /** The time to stamp a record with. */
  stampMs(): number;
  /** Takes the floor of earlier runs and looks twice, so that a wrong clock shows from the first scan on. */
  load(floorMs: number | undefined): Promise<void>;
  look(): void;
  raiseFloor(database: Database, signedMs: number): Promise<void>;
  takeFreshTime(database: Database, signedMs: number): Promise<void>;
  wakeFromSleep(): void;
}

export function createTabletClock(keeper: StateKeeper): TabletClock {
  let state: ClockLook = firstLook(0);

  const take = (next: ClockLook) => {
    state = next;
    keeper.change({ clock: next.doubt ?? 'good' });
  };
  const look = () => take(lookAtClock(state, Date.now(), performance.now()));
  const keep = async (database: Database, next: ClockLook) => {
    const isRaised = next.floorMs > state.floorMs;
    take(next);
    if (isRaised) await writeFact(database, 'clockFloorMs', next.floorMs);
  };

  return {
    now: () => nowOf(state, Date.now()),
    judgedMs: () => judgedAtMs(nowOf(state, Date.now())),
    stampMs: () => stampMs(state, Date.now(), performance.now()),
    async load(floorMs) {
      take(raiseFloor(state, floorMs ?? 0));
      look();
      look();
    },
    look,
    raiseFloor: (database, signedMs) => keep(database, raiseFloor(state, signedMs)),
    takeFreshTime: (database, signedMs) =>
      keep(database, takeFreshTime(state, { signedMs, monotonicMs: performance.now() })),
    wakeFromSleep: () => take(forgetMonotonic(state)),
  };
}
