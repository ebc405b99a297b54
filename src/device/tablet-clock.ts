// The tablet's clocks: the wall's, which anyone can set, the monotonic one, and the floor that signed times raise.

import type { HeldTrust } from '../core/trust/held/held-trust.ts';
import {
  type ClockFloor,
  type ClockLook,
  firstLook,
  forgetMonotonic,
  judgedAtMs,
  laterFloor,
  lookAtClock,
  NO_FLOOR,
  type Now,
  nowOf,
  stampMs,
  startMs,
  takeFreshTime,
  takeTimestamp,
} from '../core/verdict/clock.ts';
import type { Database } from './database.ts';
import type { StateKeeper } from './tablet-state.ts';
import { writeFloor } from './trust/trust-store.ts';

type Timestamped = Pick<HeldTrust, 'issuedAt' | 'timestampKeys'>;

export interface TabletClock {
  now(): Now;
  judgedMs(): number;
  /** The time to stamp a record with. */
  stampMs(): number;
  /** The time by which files have ended that these timestamp keys vouch for. */
  startSeconds(timestampKeys: string): number;
  /**
   * Takes what was stored. A floor under other keys than this trust's does not count: the tablet may have been stopped
   * after trust was written and before its floor was.
   */
  load(stored: ClockFloor | undefined, trust: Timestamped | null): void;
  look(): void;
  takeTimestamp(database: Database, trust: Timestamped): Promise<void>;
  takeFreshTime(database: Database, signedMs: number): Promise<void>;
  wakeFromSleep(): void;
}

export function createTabletClock(keeper: Pick<StateKeeper, 'change'>): TabletClock {
  let state: ClockLook = firstLook(NO_FLOOR);

  const take = (next: ClockLook) => {
    state = next;
    keeper.change({ clock: next.doubt ?? 'good' });
  };
  const look = () => take(lookAtClock(state, Date.now(), performance.now()));
  const keep = async (database: Database, next: ClockLook) => {
    const { floor } = state;
    take(next);
    const isNews = next.floor.ms !== floor.ms || next.floor.under !== floor.under;
    if (isNews) await writeFloor(database, next.floor);
  };

  return {
    now: () => nowOf(state, Date.now()),
    judgedMs: () => judgedAtMs(nowOf(state, Date.now())),
    stampMs: () => stampMs(state, Date.now(), performance.now()),
    startSeconds: (keys) => Math.floor(startMs(state, keys, Date.now(), performance.now()) / 1000),
    load(stored, trust) {
      const known = trust === null ? stored : laterFloor(stored ?? NO_FLOOR, floorOf(trust));
      if (known !== undefined) take(takeTimestamp(state, known));
    },
    look,
    takeTimestamp: (database, trust) => keep(database, takeTimestamp(state, floorOf(trust))),
    takeFreshTime: (database, signedMs) =>
      keep(database, takeFreshTime(state, { signedMs, monotonicMs: performance.now() })),
    wakeFromSleep: () => take(forgetMonotonic(state)),
  };
}

const floorOf = ({ issuedAt, timestampKeys }: Timestamped): ClockFloor => ({
  ms: issuedAt * 1000,
  under: timestampKeys,
});
