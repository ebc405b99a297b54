// All targets together. Each must be right by itself, and they must agree: an issuer's scope and a server's class name
// classes that have a policy, and every rule set that an issuer names is there.

import type { Bytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import { parseIssuers } from './issuers-schema.ts';
import { parsePolicies } from './policies-schema.ts';
import { parseRuleset } from './ruleset-schema.ts';
import { parseServers } from './servers-schema.ts';
import {
  ISSUERS_FILE,
  type ListedRuleset,
  POLICIES_FILE,
  SERVERS_FILE,
  type TargetDocuments,
  type TargetRefusal,
} from './targets.ts';

/** `filesByName` as targets metadata lists them. Refuses a file that belongs to none of these. */
export function parseDocuments(
  filesByName: ReadonlyMap<string, Bytes>,
): Result<TargetDocuments, TargetRefusal> {
  const [issuersFile, policiesFile, serversFile] = [ISSUERS_FILE, POLICIES_FILE, SERVERS_FILE].map((name) =>
    filesByName.get(name),
  );
  if (issuersFile === undefined) return missing(ISSUERS_FILE);
  if (policiesFile === undefined) return missing(POLICIES_FILE);
  if (serversFile === undefined) return missing(SERVERS_FILE);
  const issuers = parseIssuers(issuersFile);
  if (!issuers.ok) return issuers;
  const policies = parsePolicies(policiesFile);
  if (!policies.ok) return policies;
  const servers = parseServers(serversFile);
  if (!servers.ok) return servers;
  const rulesetsById = parseRulesets(filesByName);
  if (!rulesetsById.ok) return rulesetsById;
  const documents = {
    issuers: issuers.value,
    policies: policies.value,
    servers: servers.value,
    rulesetsById: rulesetsById.value,
  };
  const disagreement = findDisagreement(documents);
  return disagreement === null ? ok(documents) : refused(disagreement);
}

const missing = (file: string) => refused<TargetRefusal>({ file, place: 'the file', reason: 'is missing' });

function parseRulesets(
  filesByName: ReadonlyMap<string, Bytes>,
): Result<ReadonlyMap<string, ListedRuleset>, TargetRefusal> {
  const rulesetsById = new Map<string, ListedRuleset>();
  for (const [file, bytes] of filesByName) {
    if ([ISSUERS_FILE, POLICIES_FILE, SERVERS_FILE].includes(file)) continue;
    const id = /^rulesets\/([^/]+)\.json$/.exec(file)?.[1];
    if (id === undefined) return refused({ file, place: 'the file', reason: 'is none of this repository' });
    const ruleset = parseRuleset(id, bytes);
    if (!ruleset.ok) return ruleset;
    rulesetsById.set(id, ruleset.value);
  }
  return ok(rulesetsById);
}

function findDisagreement(documents: TargetDocuments): TargetRefusal | null {
  const { issuers, policies, servers, rulesetsById } = documents;
  const classes = new Set(policies.map((bounds) => bounds.class));
  for (const [at, { class: name }] of servers.entries()) {
    if (!classes.has(name))
      return noSuch(SERVERS_FILE, `servers.${at}.class`, `policy for the class "${name}"`);
  }
  for (const [at, { scope, rulesets }] of issuers.entries()) {
    const foreign = scope === 'all' ? undefined : scope.find((name) => !classes.has(name));
    if (foreign !== undefined)
      return noSuch(ISSUERS_FILE, `issuers.${at}.scope`, `policy for the class "${foreign}"`);
    const unwritten = rulesets.find(({ id }) => !rulesetsById.has(id));
    if (unwritten !== undefined)
      return noSuch(ISSUERS_FILE, `issuers.${at}.rulesets`, `rule set "${unwritten.id}"`);
  }
  return null;
}

const noSuch = (file: string, place: string, what: string): TargetRefusal => ({
  file,
  place,
  reason: `there is no ${what}`,
});
