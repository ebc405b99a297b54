// Says in time what ends: whoever signs root and targets is a person, and needs days. The timestamp is the server's own
// affair; where it only serves, its end is said as well.

import { ROLE_TERMS } from '../../core/trust/publish/role-terms.ts';
import { ROLE_NAMES, type RoleName } from '../../core/trust/tuf/metadata.ts';
import type { MetadataSet } from '../../core/trust/tuf/refresh-metadata.ts';

const LAST_PART = 1 / 4;
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

const REMEDIES: Readonly<Record<RoleName, string>> = {
  root: 'gatelight trust rotate-root, sign, publish',
  targets: 'gatelight trust renew, sign, publish',
  snapshot: 'gatelight trust renew, sign, publish',
  timestamp: 'it is signed where the online key lies',
};

/** A sentence by role, null while more than a quarter of its life is left. It changes once a day. */
export const endSentences = (
  set: Pick<MetadataSet, RoleName>,
  nowSeconds: number,
): ReadonlyMap<RoleName, string | null> =>
  new Map(ROLE_NAMES.map((role) => [role, sentence(role, set[role].signed.expiresAt - nowSeconds)]));

function sentence(role: RoleName, leftSeconds: number): string | null {
  if (leftSeconds > ROLE_TERMS[role].lifetimeSeconds * LAST_PART) return null;
  if (leftSeconds <= 0) return `${role}.json has ended: tablets take no new trust (${REMEDIES[role]})`;
  const days = Math.floor(leftSeconds / DAY_SECONDS);
  const left = days > 0 ? `${days} d` : `${Math.ceil(leftSeconds / HOUR_SECONDS)} h`;
  return `${role}.json ends in ${left} (${REMEDIES[role]})`;
}
