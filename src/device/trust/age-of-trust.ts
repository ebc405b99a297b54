// How old what a tablet judges by is, as a whole: of the timestamp and all held status lists the oldest counts, for that
// is the one that worsens verdicts first.

import type { Trust } from '../../core/trust/trust.ts';
import { DEFAULT_AGES, shorterAges, type TrustAgeState, trustAgeState } from '../../core/trust/trust-age.ts';

export interface AgeOfTrust {
  readonly ageSeconds: number;
  readonly state: TrustAgeState;
}

export function ageOfTrust(trust: Trust, judgedMs: number): AgeOfTrust {
  const issued = [trust.issuedAt, ...heldListsOf(trust).map(({ issuedAt }) => issuedAt)];
  const ageSeconds = Math.max(0, Math.floor(judgedMs / 1000) - Math.min(...issued));
  return { ageSeconds, state: trustAgeState(ageSeconds, shorterAges(trust.policy.ages, DEFAULT_AGES)) };
}

const heldListsOf = ({ issuers }: Trust) =>
  issuers.flatMap(({ status }) =>
    status === 'none' ? [] : [...status.values()].filter((list) => list !== null),
  );
