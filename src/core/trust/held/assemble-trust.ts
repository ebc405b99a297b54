// From what is held to what judges passes: the issuers that count at this site, each with its rules and its lists, the
// policy within its bounds, and the keys of the server.

import { clipPolicy } from '../settings/clip-policy.ts';
import { serverOf } from '../targets/server-of.ts';
import { issuersInService, type ListedIssuer, type TargetDocuments } from '../targets/targets.ts';
import type { Issuer, IssuerLists, Ruleset, Trust } from '../trust.ts';
import type { HeldLists, HeldTrust } from './held-trust.ts';

/** Null when these documents know no server for the site, or no bounds for its class. */
export function assembleTrust(held: HeldTrust, lists: HeldLists): Trust | null {
  const { version, issuedAt, documents, settings } = held;
  const server = serverOf(documents.servers, settings.site);
  const bounds = documents.policies.find((policy) => policy.class === server?.class);
  if (server === null || bounds === undefined) return null;
  return {
    version,
    issuedAt,
    site: settings.site,
    ...clipPolicy(settings.policy, bounds),
    issuers: issuersAt(documents, server.class).map((issuer) => issuerOf(issuer, documents, lists)),
    receiptKeys: server.receiptKeys,
    timeKeys: server.timeKeys,
  };
}

/** Those whose passes count at sites of that class. Issuers that are there for trying things out are none of them. */
export const issuersAt = ({ issuers }: TargetDocuments, siteClass: string): readonly ListedIssuer[] =>
  issuersInService(issuers).filter(({ scope }) => scope === 'all' || scope.includes(siteClass));

function issuerOf(
  { id, name, appeal, keys, isSmall, rulesets, statusLists }: ListedIssuer,
  { rulesetsById }: TargetDocuments,
  lists: HeldLists,
): Issuer {
  const rulesetsByNumber = new Map<number, Ruleset>();
  for (const { number, id: rulesetId } of rulesets) {
    const ruleset = rulesetsById.get(rulesetId);
    if (ruleset !== undefined) rulesetsByNumber.set(number, ruleset);
  }
  const status: Issuer['status'] =
    statusLists === 'none'
      ? 'none'
      : (new Map(statusLists.map(({ list, uri }) => [list, lists.get(uri) ?? null])) satisfies IssuerLists);
  return { id, name, appeal, keys, isSmall, rulesetsByNumber, status };
}
