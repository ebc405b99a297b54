// How old a tablet's knowledge is, and what that means.

import type { TrustAges } from './trust.ts';

export const DEFAULT_AGES: TrustAges = {
  freshSeconds: 24 * 3600,
  ageingSeconds: 72 * 3600,
  staleSeconds: 7 * 24 * 3600,
};

export type TrustAgeState = 'fresh' | 'ageing' | 'stale' | 'dead';

export function trustAgeState(ageSeconds: number, ages: TrustAges): TrustAgeState {
  if (ageSeconds <= ages.freshSeconds) return 'fresh';
  if (ageSeconds <= ages.ageingSeconds) return 'ageing';
  if (ageSeconds <= ages.staleSeconds) return 'stale';
  return 'dead';
}

/** A policy may shorten the ages, never lengthen them. */
export const shorterAges = (a: TrustAges, b: TrustAges): TrustAges => ({
  freshSeconds: Math.min(a.freshSeconds, b.freshSeconds),
  ageingSeconds: Math.min(a.ageingSeconds, b.ageingSeconds),
  staleSeconds: Math.min(a.staleSeconds, b.staleSeconds),
});
