// Every way in which a refresh can be refused. What is held stays in use.

import { type Refused, refused } from '../../result.ts';

export const TRUST_REFUSALS = [
  /** Nothing of ours answered: no network, no server, or somebody else's page. */
  'unreachable',
  'other-root',
  'repository',
  'settings',
  'settings-rollback',
  /** A tablet stays at the site whose settings it took first. */
  'settings-other-site',
] as const;

export interface TrustRefusal {
  readonly code: (typeof TRUST_REFUSALS)[number];
  /** One line for the person who looks into it. */
  readonly detail: string;
}

export const refuse = (code: TrustRefusal['code'], detail: string): Refused<TrustRefusal> =>
  refused<TrustRefusal>({ code, detail });

export const trustRefusalText = ({ code, detail }: TrustRefusal): string => `${code}: ${detail}`;
