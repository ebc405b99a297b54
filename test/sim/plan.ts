// What will happen in a run, drawn from its seed before it begins: a list that can be replayed, cut short and shrunk.

import { Chance } from './chance.ts';
import { LASTING_FAULTS, type LastingFault, STRIKES, type Strike } from './faults.ts';

export type Step =
  | { readonly kind: 'scan'; readonly tablet: number; readonly tab: number; readonly times: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'begin'; readonly fault: LastingFault; readonly tablet: number; readonly amount: number }
  | { readonly kind: 'heal'; readonly pick: number }
  | {
      readonly kind: 'strike';
      readonly strike: Strike;
      readonly tablet: number;
      readonly tab: number;
      readonly amount: number;
    }
  | { readonly kind: 'open'; readonly tablet: number; readonly tab: number; readonly isWithAll: boolean }
  | { readonly kind: 'lock'; readonly tablet: number; readonly tab: number }
  | { readonly kind: 'wake'; readonly tablet: number; readonly tab: number };

export interface Plan {
  readonly seed: number;
  /** How many tabs each tablet has. */
  readonly tabs: readonly number[];
  readonly steps: readonly Step[];
}

const MAX_TABLETS = 8;
const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function drawPlan(seed: number, stepCount: number): Plan {
  const chance = new Chance(seed);
  const tabs = Array.from({ length: 1 + chance.below(MAX_TABLETS) }, () => 1 + chance.below(2));
  return { seed, tabs, steps: Array.from({ length: stepCount }, () => drawStep(chance, tabs.length)) };
}

function drawStep(chance: Chance, tablets: number): Step {
  const tablet = chance.below(tablets);
  const tab = chance.below(2);
  const amount = chance.next();
  const lot = chance.below(100);
  if (lot < 2) return { kind: 'lock', tablet, tab };
  if (lot < 37) return { kind: 'scan', tablet, tab, times: 1 + chance.below(4) };
  if (lot < 60) return { kind: 'wait', ms: drawWait(chance) };
  if (lot < 69) return { kind: 'begin', fault: chance.pick(LASTING_FAULTS), tablet, amount };
  if (lot < 77) return { kind: 'heal', pick: amount };
  if (lot < 85) return { kind: 'strike', strike: chance.pick(STRIKES), tablet, tab, amount };
  if (lot < 98) return { kind: 'open', tablet, tab, isWithAll: chance.is(0.3) };
  return { kind: 'wake', tablet, tab };
}

function drawWait(chance: Chance): number {
  const lot = chance.below(1000);
  if (lot < 600) return chance.magnitude(5, 2 * SECOND);
  if (lot < 900) return chance.magnitude(2 * SECOND, 120 * SECOND);
  if (lot < 985) return chance.magnitude(120 * SECOND, HOUR);
  return chance.magnitude(HOUR, lot < 996 ? 6 * HOUR : 7 * DAY);
}

export function stepText(step: Step): string {
  switch (step.kind) {
    case 'scan':
      return `tablet ${step.tablet + 1}, tab ${step.tab + 1}: ${step.times} scans`;
    case 'wait':
      return `${(step.ms / 1000).toFixed(3)} s pass`;
    case 'begin':
      return `tablet ${step.tablet + 1}: ${step.fault} begins`;
    case 'heal':
      return 'one fault heals';
    case 'strike':
      return `${step.strike}, tablet ${step.tablet + 1}, tab ${step.tab + 1}`;
    case 'open':
      return `tablet ${step.tablet + 1}: ${step.isWithAll ? 'all tabs are' : `tab ${step.tab + 1} is`} opened`;
    case 'lock':
      return `tablet ${step.tablet + 1}, tab ${step.tab + 1}: the screen is locked`;
    case 'wake':
      return `tablet ${step.tablet + 1}, tab ${step.tab + 1}: the network is said to be back`;
  }
}
