// What waits for signatures: metadata of the next versions, and the targets' files under files/. Whoever signs gets this
// folder, and nothing in it counts until enough have signed.

import type { Bytes } from '../../bytes/bytes.ts';
import { ok, type Result } from '../../result.ts';
import { isTarget } from '../tuf/fetch-target.ts';
import { fileNameOf, type Metadata, type RoleName } from '../tuf/metadata.ts';
import { parseMetadata } from '../tuf/parse-metadata.ts';
import { refuse, type TufRefusal } from '../tuf/refusal.ts';
import type { RepositoryFolder } from './folder.ts';
import type { Published } from './read-published.ts';

export type StagedRole = Exclude<RoleName, 'timestamp'>;

export interface Staged {
  readonly root: Metadata<'root'> | null;
  readonly content: StagedContent | null;
}

/** Targets and the snapshot that names them, always both. */
export interface StagedContent {
  readonly targets: Metadata<'targets'>;
  readonly snapshot: Metadata<'snapshot'>;
  readonly filesByName: ReadonlyMap<string, Bytes>;
}

const FILES = 'files/';
const BEGIN_AGAIN = 'a change was broken off while it was written: make it again';

/** Null where nothing is staged. */
export async function readStaged(folder: RepositoryFolder): Promise<Result<Staged | null, TufRefusal>> {
  const root = await readRole(folder, 'root');
  if (!root.ok) return root;
  const targets = await readRole(folder, 'targets');
  if (!targets.ok) return targets;
  const snapshot = await readRole(folder, 'snapshot');
  if (!snapshot.ok) return snapshot;
  if (targets.value === null && snapshot.value === null)
    return ok(root.value === null ? null : { root: root.value, content: null });
  if (targets.value === null || snapshot.value === null) return refuse('not-found', 'staged', BEGIN_AGAIN);
  const filesByName = await readFiles(folder, targets.value);
  if (!filesByName.ok) return filesByName;
  const content = { targets: targets.value, snapshot: snapshot.value, filesByName: filesByName.value };
  return ok({ root: root.value, content });
}

/** The root by which targets and snapshot are judged: the one that will be published with them, if any. */
export const governingRoot = (published: Published | null, staged: Staged | null): Metadata<'root'> | null =>
  staged?.root ?? published?.root ?? null;

/** The files that a change begins from. */
export const filesToEdit = (published: Published | null, staged: Staged | null): ReadonlyMap<string, Bytes> =>
  staged?.content?.filesByName ?? published?.set?.filesByName ?? new Map();

/** Written so that a kill leaves something that is seen to be unfinished. */
export async function writeStagedContent(
  folder: RepositoryFolder,
  {
    targets,
    snapshot,
    filesByName,
  }: { readonly targets: Bytes; readonly snapshot: Bytes } & Pick<StagedContent, 'filesByName'>,
): Promise<void> {
  await folder.remove('snapshot.json');
  for (const [name, bytes] of filesByName) await folder.write(`${FILES}${name}`, bytes);
  await folder.write('targets.json', targets);
  await folder.write('snapshot.json', snapshot);
}

export const writeStagedRole = (folder: RepositoryFolder, role: StagedRole, bytes: Bytes): Promise<void> =>
  folder.write(fileNameOf(role), bytes);

export async function clearStaged(folder: RepositoryFolder): Promise<void> {
  for (const name of await folder.list()) await folder.remove(name);
}

async function readRole<R extends StagedRole>(
  folder: RepositoryFolder,
  role: R,
): Promise<Result<Metadata<R> | null, TufRefusal>> {
  const bytes = await folder.read(fileNameOf(role));
  if (bytes === null) return ok(null);
  const metadata = parseMetadata(bytes, role);
  return metadata.ok
    ? metadata
    : refuse(metadata.error.code, `staged/${fileNameOf(role)}`, metadata.error.detail);
}

async function readFiles(
  folder: RepositoryFolder,
  targets: Metadata<'targets'>,
): Promise<Result<ReadonlyMap<string, Bytes>, TufRefusal>> {
  const filesByName = new Map<string, Bytes>();
  for (const [name, file] of targets.signed.filesByName) {
    const place = `staged/${FILES}${name}`;
    const bytes = await folder.read(`${FILES}${name}`);
    if (bytes === null) return refuse('not-found', place, BEGIN_AGAIN);
    if (!(await isTarget(bytes, file))) return refuse('wrong-hash', place, BEGIN_AGAIN);
    filesByName.set(name, bytes);
  }
  return ok(filesByName);
}
