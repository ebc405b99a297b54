// Where and when the browser is killed: drawn at random, the same again for the same seed.

import type { Random } from '../fuzz/random.ts';
import type { Weather } from '../support/faulty-proxy.ts';

export type Sky = Weather | 'offline';

export type KillPlan =
  /** While the page opens and begins to send what waits. */
  | { readonly kind: 'opening'; readonly afterMs: number }
  /** A tablet of its own, while it is being enrolled. */
  | { readonly kind: 'enrolling'; readonly afterMs: number }
  | {
      readonly kind: 'scanning';
      readonly tabs: number;
      readonly skies: readonly { readonly sky: Sky; readonly ms: number }[];
      readonly moment: KillMoment;
    };

export type KillMoment =
  | { readonly kind: 'time'; readonly afterMs: number }
  /** In the moments after a verdict, when its record could still be on its way. */
  | { readonly kind: 'verdict'; readonly number: number; readonly plusMs: number };

const SKIES: readonly Sky[] = ['fair', 'fair', 'offline', 'server-down', 'answer-lost', 'captive-portal'];
const MOST_TABS = 4;

/** Of every five kills one is of a new tablet, and one of a browser that has only just been opened. */
export function planKill(random: Random, number: number): KillPlan {
  if (number % 5 === 2) return { kind: 'enrolling', afterMs: random.below(2500) };
  if (number % 5 === 0) return { kind: 'opening', afterMs: random.below(1500) };
  return {
    kind: 'scanning',
    tabs: 1 + random.below(MOST_TABS),
    skies: Array.from({ length: 1 + random.below(3) }, () => ({
      sky: random.pick(SKIES),
      ms: 500 + random.below(1500),
    })),
    moment: random.chance(0.5)
      ? { kind: 'time', afterMs: 800 + random.below(4000) }
      : { kind: 'verdict', number: 2 + random.below(12), plusMs: random.chance(0.5) ? 0 : random.below(30) },
  };
}
