// Entries of the targets in words, fact by fact, so that any change of one shows as a line: what was, and what comes.

import { encodeHex } from '../../bytes/hex.ts';
import {
  ANY_SITE,
  type ListedIssuer,
  type ListedServer,
  type PolicyBounds,
  serverName,
  type TargetDocuments,
} from '../targets/targets.ts';
import type { Texts } from '../trust.ts';
import { isoMoment } from './build-metadata.ts';

/** What is said of one entry, by what it is about. */
export type Facts = ReadonlyMap<string, string>;
export type FactsById = ReadonlyMap<string, Facts>;

/** From two of a unit on: a day is 24 h to whoever compares it with the ages of trust. */
const UNITS: readonly (readonly [seconds: number, least: number, word: string])[] = [
  [86_400, 2, 'days'],
  [3600, 1, 'h'],
  [60, 1, 'min'],
];

export const issuerFacts = ({ issuers }: TargetDocuments): FactsById =>
  new Map(issuers.map((issuer) => [issuer.id, factsOfIssuer(issuer)]));

export const policyFacts = ({ policies }: TargetDocuments): FactsById =>
  new Map(policies.map((bounds) => [bounds.class, factsOfPolicy(bounds)]));

export const serverFacts = ({ servers }: TargetDocuments): FactsById =>
  new Map(servers.map((server) => [serverName(server), factsOfServer(server)]));

export const rulesetFacts = ({ rulesetsById }: TargetDocuments): FactsById =>
  new Map(
    [...rulesetsById].map(([id, { name, version, reasonsByNumber }]) => [
      id,
      new Map([
        ['name', quote(name)],
        ['version', String(version)],
        ...[...reasonsByNumber].flatMap(([number, { text, next }]) => [
          ...textFacts(`reason ${number}`, text),
          ...textFacts(`reason ${number}, what to do`, next),
        ]),
      ]),
    ]),
  );

function factsOfIssuer(issuer: ListedIssuer): Facts {
  const { name, appeal, scope, isTest, isSmall, keys, statusLists, rulesets } = issuer;
  return new Map([
    ...textFacts('name', name),
    ...textFacts('appeal', appeal),
    ['counts at', scope === 'all' ? 'every class of site' : `sites of class ${scope.join(', ')}`],
    ['for', isTest ? 'TESTS only: tablets in service take none of its passes' : 'service'],
    ['size', isSmall ? 'under 1,000 passes' : 'over 1,000 passes'],
    ...keys.map(({ publicKey, algorithm, validFrom, validUntil, isEmergency }): [string, string] => [
      `key ${encodeHex(publicKey)}`,
      `${algorithm}, for passes issued ${isoMoment(validFrom)} to ${isoMoment(validUntil)}${isEmergency ? ', EMERGENCY' : ''}`,
    ]),
    ...(statusLists === 'none'
      ? [['status lists', 'none: it takes nothing back'] as const]
      : statusLists.map(
          ({ list, uri, keys: signers }) =>
            [`status list ${list}`, `${uri}, signed by ${signers.map(encodeHex).join(' or ')}`] as const,
        )),
    ...rulesets.map(({ number, id }) => [`rule set ${number}`, id] as const),
  ]);
}

function factsOfPolicy(bounds: PolicyBounds): Facts {
  const { name, version, mildest, maxPassAgeSeconds, maxSeenBeforeWindowSeconds, ages, maxRetentionDays } =
    bounds;
  const { freshSeconds, ageingSeconds, staleSeconds } = ages;
  return new Map([
    ...textFacts('name', name),
    ['version', String(version)],
    ['yellow, at its mildest', mildest.yellow],
    ['red, at its mildest', mildest.red],
    ['oldest pass', maxPassAgeSeconds === null ? 'any that is valid' : lengthText(maxPassAgeSeconds)],
    ['seen-before window', `up to ${lengthText(maxSeenBeforeWindowSeconds)}`],
    [
      'age of trust',
      `fresh to ${lengthText(freshSeconds)}, ageing to ${lengthText(ageingSeconds)}, stale to ${lengthText(staleSeconds)}`,
    ],
    ['log kept', `up to ${maxRetentionDays} days`],
  ]);
}

function factsOfServer({ site, class: name, settingsKeys, receiptKeys, timeKeys }: ListedServer): Facts {
  const signers = (keys: ListedServer['settingsKeys']) => keys.map(encodeHex).join(' or ');
  return new Map([
    ['class', name],
    ...(site === ANY_SITE ? [['speaks for', 'EVERY site that it founds of this class'] as const] : []),
    ['settings signed by', signers(settingsKeys)],
    ['receipts signed by', signers(receiptKeys)],
    ['time signed by', signers(timeKeys)],
  ]);
}

const textFacts = (label: string, texts: Texts): [string, string][] =>
  Object.entries(texts).map(([language, text]) => [`${label} (${language})`, quote(text)]);

const quote = (text: string): string => terminalSafe(JSON.stringify(text));

/** Whoever wrote a text must not move the cursor of who reads it, or turn its direction. */
export const terminalSafe = (text: string): string =>
  text.replace(
    /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export function lengthText(seconds: number): string {
  const unit = UNITS.find(([length, least]) => seconds >= least * length && seconds % length === 0);
  return unit === undefined ? `${seconds} s` : `${seconds / unit[0]} ${unit[2]}`;
}
