// A site chooses its policy within the bounds of its class. What it asks for beyond them is put back to the bound, and
// said: nobody should believe in a rule that is not applied.

import type { PolicyBounds } from '../targets/targets.ts';
import type { Clipping, Policy, TrustAges } from '../trust.ts';
import { type ChosenPolicy, DEFAULT_RETENTION_DAYS } from './settings.ts';

export interface ClippedPolicy {
  readonly policy: Policy;
  readonly clippings: readonly Clipping[];
}

/** From mild to strict. */
const STRICTNESS = ['admit', 'check', 'refuse'] as const;
const AGES = ['freshSeconds', 'ageingSeconds', 'staleSeconds'] as const satisfies (keyof TrustAges)[];

export function clipPolicy(asked: ChosenPolicy, bounds: PolicyBounds): ClippedPolicy {
  const clippings: Clipping[] = [];
  const clip = <T extends string | number | null>(place: string, value: T, used: T): T => {
    if (value !== used)
      clippings.push({ place: `policy.${place}`, asked: String(value ?? 'no limit'), used: String(used) });
    return used;
  };
  const colour = <T extends (typeof STRICTNESS)[number]>(name: string, value: T, mildest: T): T =>
    clip(
      `byColour.${name}`,
      value,
      STRICTNESS.indexOf(value) < STRICTNESS.indexOf(mildest) ? mildest : value,
    );
  const age = (name: keyof TrustAges): number =>
    clip(`ages.${name}`, asked.ages[name], Math.min(asked.ages[name], bounds.ages[name]));

  // Who does not say how long gets the default, and is told of no bound.
  const days = (chosen: number | undefined): number =>
    chosen === undefined
      ? Math.min(DEFAULT_RETENTION_DAYS, bounds.maxRetentionDays)
      : clip('retentionDays', chosen, Math.min(chosen, bounds.maxRetentionDays));

  const { byColour, maxPassAgeSeconds, seenBeforeWindowSeconds, retentionDays } = asked;
  const [freshSeconds = 0, ageingSeconds = 0, staleSeconds = 0] = AGES.map(age);
  const policy: Policy = {
    ...asked,
    byColour: {
      green: 'admit',
      yellow: colour('yellow', byColour.yellow, bounds.mildest.yellow),
      red: colour('red', byColour.red, bounds.mildest.red),
    },
    maxPassAgeSeconds: clip(
      'maxPassAgeSeconds',
      maxPassAgeSeconds,
      lowerLimit(maxPassAgeSeconds, bounds.maxPassAgeSeconds),
    ),
    seenBeforeWindowSeconds: clip(
      'seenBeforeWindowSeconds',
      seenBeforeWindowSeconds,
      Math.min(seenBeforeWindowSeconds, bounds.maxSeenBeforeWindowSeconds),
    ),
    retentionDays: days(retentionDays),
    ages: { freshSeconds, ageingSeconds, staleSeconds },
  };
  return { policy, clippings };
}

/** Null: no limit. */
function lowerLimit(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** 'policy.byColour.yellow: check instead of admit' */
export const clippingText = ({ place, asked, used }: Clipping): string =>
  `${place}: ${used} instead of ${asked}`;
