// What a site begins with that chooses nothing: a plain policy, as far as the bounds of its class allow.

import type { PolicyBounds } from '../targets/targets.ts';
import { clipPolicy } from './clip-policy.ts';
import type { ChosenPolicy } from './settings.ts';

const SEEN_BEFORE_SECONDS = 15 * 60;

export const defaultPolicy = (name: string, bounds: PolicyBounds): ChosenPolicy =>
  clipPolicy(
    {
      name,
      version: 1,
      byColour: { green: 'admit', yellow: 'check', red: 'refuse' },
      maxPassAgeSeconds: bounds.maxPassAgeSeconds,
      tooOld: 'refuse',
      hours: [],
      outsideHours: 'refuse',
      seenBeforeWindowSeconds: SEEN_BEFORE_SECONDS,
      ages: bounds.ages,
      displayMs: { admit: 1500, check: 6000, refuse: 6000, unverifiable: 6000 },
    },
    bounds,
  ).policy;
