// Every way in which a site, or a change of one, can be refused to a manager.

import { type Refused, refused } from '../../core/result.ts';
import type { Clipping } from '../../core/trust/trust.ts';

export type SiteRefusalCode =
  | 'unknown-site'
  | 'site-taken'
  /** Settings that no tablet would take: the place in them, and the reason. */
  | 'bad-settings'
  /** What is asked for goes beyond the bounds of the class: a manager never widens them. */
  | 'beyond-bounds'
  /** No entry of servers.json lets this server found sites of that class. */
  | 'class-not-founded'
  /** A site stays of its class, and under its id. */
  | 'other-site'
  /** Somebody else changed it since. */
  | 'changed-meanwhile'
  /** Its settings lie in a file that only the operator writes. */
  | 'settings-in-file'
  | 'too-many-sites'
  | 'unknown-gate'
  | 'gate-taken';

export interface SiteRefusal {
  readonly code: SiteRefusalCode;
  /** In the settings: 'policy.hours.0.to'; '' where it is about no place. */
  readonly place: string;
  /** One line for the manager. */
  readonly reason: string;
  /** Which bounds stand against it. */
  readonly beyond: readonly Clipping[];
}

export const refuseSite = (
  code: SiteRefusal['code'],
  reason = '',
  more: Partial<Pick<SiteRefusal, 'place' | 'beyond'>> = {},
): Refused<SiteRefusal> => refused({ code, reason, place: '', beyond: [], ...more });
