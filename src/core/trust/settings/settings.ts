// What a site's server says of its site: gates, time zone, and the policy it chose within the bounds of its class.

import type { Policy, Site } from '../trust.ts';

/** However long a site could keep records, unless it says so. */
export const DEFAULT_RETENTION_DAYS = 7;

/** Settings that do not say how long records are kept were written before anyone could. */
export type ChosenPolicy = Omit<Policy, 'retentionDays'> & Partial<Pick<Policy, 'retentionDays'>>;

export interface SiteSettings {
  /** Only ever rises: a tablet refuses an older one than it holds. */
  readonly version: number;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly site: Site;
  /** As chosen; what goes beyond a bound is put back to it where the policy is used. */
  readonly policy: ChosenPolicy;
}
