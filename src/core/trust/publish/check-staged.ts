// The rules that a change must keep before anybody signs it, and again before it is published: signatures prove who
// agreed, not that it was wise.

import { encodeHex } from '../../bytes/hex.ts';
import { parseDocuments } from '../targets/parse-documents.ts';
import { targetRefusalText } from '../targets/targets.ts';
import { isSignedEnough } from '../tuf/count-signatures.ts';
import { TUF_LIMITS } from '../tuf/limits.ts';
import type { Metadata, RoleName } from '../tuf/metadata.ts';
import type { KeyEngine } from '../tuf/ports.ts';
import { isoMoment } from './build-metadata.ts';
import { heldKeysOf } from './key-holders.ts';
import { noticeText, shortNotices } from './notice.ts';
import { isPublishedRoot, type Published } from './read-published.ts';
import { LEAST_OFFLINE_KEYS, ROLE_TERMS } from './role-terms.ts';
import { governingRoot, type Staged, type StagedContent, type StagedRole } from './staged.ts';

export const STAGED_FAULTS = [
  'no-root',
  'wrong-version',
  'not-consistent',
  'low-threshold',
  'few-keys',
  'online-key-offline',
  'ended',
  'ends-too-late',
  'too-large',
  'targets-not-signed-anew',
  'bad-target',
  'short-notice',
] as const;

export interface StagedFault {
  readonly code: (typeof STAGED_FAULTS)[number];
  readonly detail: string;
}

/** A clock that differs by less is no reason to refuse. */
const CLOCK_TOLERANCE_SECONDS = 300;
const SIZE_LIMITS: Readonly<Record<StagedRole, number>> = {
  root: TUF_LIMITS.rootBytes,
  targets: TUF_LIMITS.targetsBytes,
  snapshot: TUF_LIMITS.snapshotBytes,
};

/** Every fault, not the first alone. */
export async function checkStaged(
  published: Published | null,
  staged: Staged,
  keys: KeyEngine,
  nowSeconds: number,
): Promise<readonly StagedFault[]> {
  const { content } = staged;
  const root = staged.root === null || isPublishedRoot(published, staged.root) ? null : staged.root;
  return [
    ...checkRoot(published, root),
    ...checkTerms([root, content?.targets ?? null, content?.snapshot ?? null], nowSeconds),
    ...(await checkHandover(published, staged, keys)),
    ...(content === null ? [] : checkContent(published, content, nowSeconds)),
    ...(governingRoot(published, staged) === null ? [fault('no-root', 'there is no root yet')] : []),
  ];
}

/** Checks that the root is the next one and gives no role to fewer people than it takes. */
function checkRoot(published: Published | null, root: Metadata<'root'> | null): readonly StagedFault[] {
  if (root === null) return [];
  const faults: StagedFault[] = [];
  const expected = (published?.root.signed.version ?? 0) + 1;
  if (root.signed.version !== expected)
    faults.push(fault('wrong-version', `root ${root.signed.version} where ${expected} comes next`));
  if (!root.signed.isConsistent) faults.push(fault('not-consistent', 'consistent_snapshot must be true'));
  const online = new Set(hexKeysOf(root, 'timestamp'));
  for (const role of ['root', 'targets', 'snapshot', 'timestamp'] as const) {
    const { threshold } = root.signed.rolesByName[role];
    const count = new Set(hexKeysOf(root, role)).size;
    const least = role === 'timestamp' ? 1 : LEAST_OFFLINE_KEYS;
    if (threshold < ROLE_TERMS[role].threshold)
      faults.push(fault('low-threshold', `${role}: ${threshold} instead of ${ROLE_TERMS[role].threshold}`));
    if (count < Math.max(least, threshold))
      faults.push(fault('few-keys', `${role}: ${count} instead of ${Math.max(least, threshold)}`));
    if (role !== 'timestamp' && hexKeysOf(root, role).some((key) => online.has(key)))
      faults.push(fault('online-key-offline', `${role}: signed by the key of a server as well`));
  }
  return faults;
}

const hexKeysOf = (root: Metadata<'root'>, role: RoleName): readonly string[] =>
  heldKeysOf(root, role).map(({ publicKey }) => encodeHex(publicKey));

/** Checks that nothing has ended, ends later than its role may, or is more than a tablet takes. */
function checkTerms(
  files: readonly (Metadata<StagedRole> | null)[],
  nowSeconds: number,
): readonly StagedFault[] {
  return files.flatMap((file) => {
    if (file === null) return [];
    const { role, bytes, signed } = file;
    const latest = nowSeconds + ROLE_TERMS[role].lifetimeSeconds + CLOCK_TOLERANCE_SECONDS;
    const end = isoMoment(signed.expiresAt);
    return [
      ...(signed.expiresAt <= nowSeconds ? [fault('ended', `${role} ended ${end}: stage it anew`)] : []),
      ...(signed.expiresAt > latest ? [fault('ends-too-late', `${role} would hold until ${end}`)] : []),
      ...(bytes.length > SIZE_LIMITS[role] ? [fault('too-large', `${role}: ${bytes.length} bytes`)] : []),
    ];
  });
}

/** Checks that targets and snapshot in use stay believed under a root that takes their keys away. */
async function checkHandover(
  published: Published | null,
  { root, content }: Staged,
  keys: KeyEngine,
): Promise<readonly StagedFault[]> {
  const set = published?.set ?? null;
  if (root === null || content !== null || set === null) return [];
  for (const metadata of [set.targets, set.snapshot]) {
    if (!(await isSignedEnough(metadata, root.signed.rolesByName[metadata.role], keys)))
      return [fault('targets-not-signed-anew', `the new root does not know who signed ${metadata.role}`)];
  }
  return [];
}

function checkContent(
  published: Published | null,
  { targets, snapshot, filesByName }: StagedContent,
  nowSeconds: number,
): readonly StagedFault[] {
  const faults: StagedFault[] = [];
  for (const { role, signed } of [targets, snapshot] as const) {
    const used = published?.set?.[role].signed.version ?? 0;
    const given = published?.lastVersions[role] ?? 0;
    if (signed.version <= used || signed.version > given + 1)
      faults.push(fault('wrong-version', `${role} ${signed.version} where ${given + 1} comes next`));
  }
  if (snapshot.signed.targets.version !== targets.signed.version)
    faults.push(fault('wrong-version', 'the snapshot names other targets'));
  const large = [...filesByName].find(([, bytes]) => bytes.length > TUF_LIMITS.targetFileBytes);
  if (large !== undefined) faults.push(fault('too-large', `${large[0]}: ${large[1].length} bytes`));
  const documents = parseDocuments(filesByName);
  if (!documents.ok) return [...faults, fault('bad-target', targetRefusalText(documents.error))];
  const before = published?.set == null ? null : parseDocuments(published.set.filesByName);
  const known = before?.ok ? before.value.issuers : [];
  for (const { issuer, key, noticeSeconds } of shortNotices(known, documents.value.issuers, nowSeconds)) {
    if (key.isEmergency) continue;
    const start = isoMoment(key.validFrom);
    const detail = `the key of ${issuer.id} that begins ${start} has ${noticeText(noticeSeconds)}, not 7 days`;
    faults.push(fault('short-notice', detail));
  }
  return faults;
}

const fault = (code: StagedFault['code'], detail: string): StagedFault => ({ code, detail });
