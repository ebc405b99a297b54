// How trust comes in: from the tablet's own memory at opening, from the server after that. What does not verify changes
// nothing but a line on the screen.

import type { Trust } from '../core/trust/trust.ts';
import { DEFAULT_AGES, shorterAges, trustAgeState } from '../core/trust/trust-age.ts';
import { type Memory, type MemoryHolder, settleIdentity } from './memory-holder.ts';
import type { TabletClock } from './tablet-clock.ts';
import { fetchTrustText } from './tablet-net.ts';
import type { StateKeeper } from './tablet-state.ts';

export interface TrustIntake {
  /** Shows what this memory holds; a new memory is first given what the page still holds. */
  load(memory: Memory): Promise<void>;
  /** Asks the server; true when it answered with something that verified. */
  refresh(): Promise<boolean>;
  /** Says anew how old the held trust is. */
  age(): void;
}

/** What a login page or an error page is refused with: no word about our trust, only that the server was not there. */
const FOREIGN = ['trust-json', 'trust-frame', 'trust-too-large'];

export function createTrustIntake(
  keeper: StateKeeper,
  clock: TabletClock,
  holder: MemoryHolder,
): TrustIntake {
  let heldText: string | null = null;

  const show = (held: Trust) => {
    const ageSeconds = Math.max(0, Math.floor(clock.judgedMs() / 1000) - held.issuedAt);
    const state = trustAgeState(ageSeconds, shorterAges(held.policy.ages, DEFAULT_AGES));
    keeper.change({ trust: { held, ageSeconds, state } });
  };

  const take = async (memory: Memory, text: string): Promise<boolean> => {
    const taken = await memory.trustKeeper.take(text);
    if (!taken.ok) {
      if (!FOREIGN.some((code) => taken.error.startsWith(code))) keeper.change({ trustTrouble: taken.error });
      return false;
    }
    heldText = text;
    await clock.raiseFloor(memory.database, taken.value.issuedAt * 1000);
    await settleIdentity(memory, taken.value);
    keeper.change({ trustTrouble: null });
    show(taken.value);
    return true;
  };

  return {
    async load(memory) {
      if (heldText !== null) await take(memory, heldText);
      const held = await memory.trustKeeper.load();
      if (held === null) return;
      await settleIdentity(memory, held);
      show(held);
    },
    async refresh() {
      const text = await fetchTrustText();
      const memory = holder.get();
      const isTaken = text !== null && memory !== null && (await take(memory, text));
      keeper.setReachable(isTaken);
      return isTaken;
    },
    age() {
      const { trust } = keeper.get();
      if (trust !== null) show(trust.held);
    },
  };
}
