// When the tablet's duties are done: after its records have gone, at each refresh, and every 15 minutes. One tab at a time.

import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { withDutyLock } from '../locks.ts';
import type { Memory, MemoryHolder } from '../memory-holder.ts';
import { tellNews } from '../news.ts';
import type { ServerLine } from '../server-line.ts';
import type { TabletClock } from '../tablet-clock.ts';
import type { StateKeeper } from '../tablet-state.ts';
import { type DutyOutcome, doDuties } from './duties.ts';
import { openDutyStore } from './duty-store.ts';

const EVERY_MS = 15 * 60_000;

export interface DutyRunPorts {
  readonly keeper: StateKeeper;
  readonly clock: TabletClock;
  readonly engine: Ed25519Engine;
  readonly holder: MemoryHolder;
  readonly lineOf: (memory: Memory) => ServerLine | null;
  /** Records wait, and are wanted before a wipe. */
  readonly sendNow: () => void;
}

export interface DutyRun {
  /** Never throws. */
  now(): Promise<void>;
  ifDue(): Promise<void>;
  /** Nothing waits any more: a wipe that was waiting for that goes on. */
  afterSending(): Promise<void>;
}

export function createDutyRun({ keeper, clock, engine, holder, lineOf, sendNow }: DutyRunPorts): DutyRun {
  let doneAtMs = Number.NEGATIVE_INFINITY;
  let isWipeWaiting = false;

  const doOnce = async (): Promise<DutyOutcome> => {
    const memory = holder.get();
    const line = memory === null ? null : lineOf(memory);
    if (memory === null || line === null) return 'nothing';
    const { identity, net } = line;
    return doDuties({
      identity,
      net,
      store: openDutyStore(memory.database),
      engine,
      // A key that trust no longer names orders nothing; before there is trust, the enrolment's is all there is.
      orderKeys: () => keeper.get().trust?.held.receiptKeys ?? [identity.serverKey],
      nowSeconds: () => clock.stampMs() / 1000,
    });
  };

  const now = async (): Promise<void> => {
    doneAtMs = performance.now();
    try {
      const outcome = await withDutyLock(doOnce);
      isWipeWaiting = outcome === 'wipe-waits';
      if (isWipeWaiting) sendNow();
      if (outcome === 'wiping') tellNews('identity');
      if (outcome === 'wiped') holder.forget();
    } catch (error) {
      console.error('what the server has ordered could not be done', error);
    }
  };

  const ifDue = async () => {
    if (performance.now() - doneAtMs >= EVERY_MS) await now();
  };

  return {
    now,
    afterSending: () => (isWipeWaiting ? now() : ifDue()),
    ifDue,
  };
}
