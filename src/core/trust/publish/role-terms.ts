// How long each role's word holds, and how many keys it takes. Root, targets and snapshot are signed by people whose keys
// lie offline, the timestamp by the server's own key, which can say nothing but what is newest.

import type { RoleName } from '../tuf/metadata.ts';

const DAY = 86_400;

interface RoleTerms {
  readonly lifetimeSeconds: number;
  readonly threshold: number;
}

export const ROLE_TERMS = {
  root: { lifetimeSeconds: 365 * DAY, threshold: 2 },
  targets: { lifetimeSeconds: 30 * DAY, threshold: 2 },
  snapshot: { lifetimeSeconds: 7 * DAY, threshold: 2 },
  timestamp: { lifetimeSeconds: DAY, threshold: 1 },
} as const satisfies Record<RoleName, RoleTerms>;

/** One may be lost, and two still sign. */
export const LEAST_OFFLINE_KEYS = 3;

/** An issuer's key is published this long before its first use, so that tablets which are offline for days know it. */
export const NOTICE_SECONDS = 7 * DAY;

export const endOf = (role: RoleName, nowSeconds: number): number =>
  nowSeconds + ROLE_TERMS[role].lifetimeSeconds;
