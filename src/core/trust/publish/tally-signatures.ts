// Who has signed what is staged, whose signature would still count, and how many are missing.

import { isSignedEnough } from '../tuf/count-signatures.ts';
import type { Metadata } from '../tuf/metadata.ts';
import type { KeyEngine } from '../tuf/ports.ts';
import { holderOf } from './key-holders.ts';
import { isPublishedRoot, type Published } from './read-published.ts';
import { governingRoot, type Staged, type StagedRole } from './staged.ts';

export interface SignatureTally {
  readonly role: StagedRole;
  readonly version: number;
  /** By whose rule: a root must satisfy the root before it as well as itself. */
  readonly rootVersion: number;
  readonly threshold: number;
  readonly signed: readonly string[];
  readonly awaited: readonly string[];
}

export async function tallySignatures(
  published: Published | null,
  staged: Staged,
  keys: KeyEngine,
): Promise<readonly SignatureTally[]> {
  return Promise.all(rulesFor(published, staged).map(([file, root]) => tally(file, root, keys)));
}

export const missingCount = ({ threshold, signed }: SignatureTally): number =>
  Math.max(0, threshold - signed.length);

export const tallyText = (one: SignatureTally): string => {
  const { role, version, rootVersion, threshold, signed, awaited } = one;
  const head = `${role} ${version} by root ${rootVersion}: ${signed.length} of ${threshold}`;
  const by = signed.length === 0 ? '' : ` (${signed.join(', ')})`;
  const missing = missingCount(one);
  if (missing === 0) return `${head}${by}`;
  return `${head}${by}, ${missing} more of: ${awaited.join(', ') || 'nobody'}`;
};

type Rule = readonly [file: Metadata<StagedRole>, root: Metadata<'root'>];

/** Each staged file with the root or roots that say who signs it. */
export function rulesFor(published: Published | null, staged: Staged): readonly Rule[] {
  const rules: Rule[] = [];
  const { root, content } = staged;
  if (root !== null && !isPublishedRoot(published, root)) {
    if (published !== null) rules.push([root, published.root]);
    rules.push([root, root]);
  }
  const governing = governingRoot(published, staged);
  if (content !== null && governing !== null)
    rules.push([content.targets, governing], [content.snapshot, governing]);
  return rules;
}

async function tally(
  file: Metadata<StagedRole>,
  root: Metadata<'root'>,
  keys: KeyEngine,
): Promise<SignatureTally> {
  const { keys: roleKeys, threshold } = root.signed.rolesByName[file.role];
  const signed: string[] = [];
  const awaited: string[] = [];
  for (const key of roleKeys) {
    const hasSigned = await isSignedEnough(file, { keys: [key], threshold: 1 }, keys);
    (hasSigned ? signed : awaited).push(holderOf(root, key));
  }
  const { version } = file.signed;
  return { role: file.role, version, rootVersion: root.signed.version, threshold, signed, awaited };
}
