// What is about to be signed or published, in lines for the person who is asked: who comes, who goes, which keys, for how
// long, and above all what is out of the ordinary.

import { encodeHex } from '../../bytes/hex.ts';
import { parseDocuments } from '../targets/parse-documents.ts';
import type { TargetDocuments } from '../targets/targets.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { isoMoment } from './build-metadata.ts';
import { heldKeysOf } from './key-holders.ts';
import { noticeText, shortNotices } from './notice.ts';
import { isPublishedRoot, type Published } from './read-published.ts';
import type { Staged, StagedContent } from './staged.ts';
import {
  type Facts,
  type FactsById,
  issuerFacts,
  policyFacts,
  rulesetFacts,
  serverFacts,
} from './summarise-entries.ts';

const NOTHING: TargetDocuments = { issuers: [], policies: [], servers: [], rulesetsById: new Map() };

/** Signs: + comes, - goes, ~ changes, ! is out of the ordinary. */
export function summariseStaged(
  published: Published | null,
  staged: Staged,
  nowSeconds: number,
): readonly string[] {
  const root = isNewRoot(published, staged.root) ? summariseRoot(published, staged.root) : [];
  const content = staged.content === null ? [] : summariseContent(published, staged.content, nowSeconds);
  return [...root, ...content];
}

const isNewRoot = (published: Published | null, root: Metadata<'root'> | null): root is Metadata<'root'> =>
  root !== null && !isPublishedRoot(published, root);

function summariseRoot(published: Published | null, root: Metadata<'root'>): readonly string[] {
  const before = published?.root ?? null;
  const { version, expiresAt, rolesByName } = root.signed;
  const lines = [
    `root ${version}${before === null ? ', the first' : ''}, holds until ${isoMoment(expiresAt)}`,
  ];
  for (const [roles, role] of [
    ['root, targets and snapshot', 'root'],
    ['the timestamp', 'timestamp'],
  ] as const) {
    const [was, comes] = [before === null ? new Map() : keyLines(before, role), keyLines(root, role)];
    const { threshold } = rolesByName[role];
    lines.push(`  ${threshold} of ${comes.size} sign${threshold === 1 ? 's' : ''} ${roles}`);
    for (const [key, holder] of was) if (!comes.has(key)) lines.push(`  - ${holder}  ${key}  signs no more`);
    for (const [key, holder] of comes) lines.push(`  ${was.has(key) ? ' ' : '+'} ${holder}  ${key}`);
  }
  return lines;
}

const keyLines = (root: Metadata<'root'>, role: 'root' | 'timestamp'): Map<string, string> =>
  new Map(heldKeysOf(root, role).map(({ holder, publicKey }) => [encodeHex(publicKey), holder]));

function summariseContent(
  published: Published | null,
  { targets, snapshot, filesByName }: StagedContent,
  nowSeconds: number,
): readonly string[] {
  const after = parseDocuments(filesByName);
  const until = isoMoment(targets.signed.expiresAt);
  const head = [
    `targets ${targets.signed.version}, hold until ${until}`,
    `snapshot ${snapshot.signed.version}, holds until ${isoMoment(snapshot.signed.expiresAt)}`,
  ];
  if (!after.ok) return [...head, `! ${after.error.file}: ${after.error.place}: ${after.error.reason}`];
  const set = published?.set ?? null;
  const parsed = set === null ? null : parseDocuments(set.filesByName);
  const before = parsed?.ok ? parsed.value : NOTHING;
  const changes = [
    ...summariseList('issuer', issuerFacts(before), issuerFacts(after.value)),
    ...summariseList('policy of class', policyFacts(before), policyFacts(after.value)),
    ...summariseList('server of', serverFacts(before), serverFacts(after.value)),
    ...summariseList('rule set', rulesetFacts(before), rulesetFacts(after.value)),
  ];
  return [
    ...head,
    ...(set !== null && parsed?.ok !== true
      ? ['  ! what is published now cannot be read: all counts as new']
      : []),
    ...emergencies(before, after.value, nowSeconds),
    ...(changes.length === 0 ? ['  nothing changes but how long it holds'] : changes),
  ];
}

const emergencies = (before: TargetDocuments, after: TargetDocuments, nowSeconds: number) =>
  shortNotices(before.issuers, after.issuers, nowSeconds).map(
    ({ issuer, key, noticeSeconds }) =>
      `  ! EMERGENCY: ${issuer.id} gets a key with ${noticeText(noticeSeconds)} instead of 7 days. Tablets that are offline will not know its passes. (${encodeHex(key.publicKey)})`,
  );

function summariseList(what: string, before: FactsById, after: FactsById): readonly string[] {
  const lines: string[] = [];
  for (const id of before.keys()) if (!after.has(id)) lines.push(`  - ${what} ${id} goes`);
  for (const [id, facts] of after) {
    const was = before.get(id);
    if (was === undefined) lines.push(`  + ${what} ${id} comes`, ...factLines('      ', facts));
    else {
      const changes = changedFacts(was, facts);
      if (changes.length > 0) lines.push(`  ~ ${what} ${id} changes`, ...changes);
    }
  }
  return lines;
}

const factLines = (indent: string, facts: Facts): readonly string[] =>
  [...facts].map(([label, value]) => `${indent}${label}: ${value}`);

function changedFacts(was: Facts, comes: Facts): readonly string[] {
  const lines: string[] = [];
  for (const [label, value] of was) if (!comes.has(label)) lines.push(`    - ${label}: ${value}`);
  for (const [label, value] of comes) {
    const before = was.get(label);
    if (before === undefined) lines.push(`    + ${label}: ${value}`);
    else if (before !== value) lines.push(`    ~ ${label}: ${before}, becomes ${value}`);
  }
  return lines;
}
