// One site as this server runs it: what its manager chose, what of it counts within the bounds of its class, and what
// tablets are handed.

import { clipPolicy } from '../../core/trust/settings/clip-policy.ts';
import type { SiteSettings } from '../../core/trust/settings/settings.ts';
import type { ListedServer, PolicyBounds, TargetDocuments } from '../../core/trust/targets/targets.ts';
import type { Clipping, Policy, Site } from '../../core/trust/trust.ts';
import { type HandedOut, handOut } from '../trust/handed-out.ts';
import type { NextSettings } from '../trust/next-settings.ts';

export interface SiteInService {
  readonly site: Site;
  /** As chosen. */
  readonly settings: SiteSettings;
  /** As used: within the bounds. */
  readonly policy: Policy;
  readonly bounds: PolicyBounds;
  readonly clippings: readonly Clipping[];
  readonly class: string;
  /** How long records can be opened, in days of the site. */
  readonly retentionDays: number;
  /** What servers.json says of the site. */
  readonly server: ListedServer;
  /** The signed settings. */
  readonly handedOut: HandedOut;
}

export function toService(
  { settings, server, bytes }: NextSettings,
  { policies }: TargetDocuments,
): SiteInService {
  const bounds = policies.find((policy) => policy.class === server.class);
  if (bounds === undefined) throw new Error('documents were taken that do not agree with each other');
  const { policy, clippings } = clipPolicy(settings.policy, bounds);
  return {
    site: settings.site,
    settings,
    policy,
    bounds,
    clippings,
    class: server.class,
    retentionDays: policy.retentionDays,
    server,
    handedOut: handOut(bytes),
  };
}
