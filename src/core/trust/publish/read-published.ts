// What a published folder says now, verified from its first root on: whoever signs a change must not be shown a false
// starting point. Ends in time do not matter here, for what has ended is renewed from here.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result } from '../../result.ts';
import { nameHashOf } from '../tuf/check-file.ts';
import { isSignedEnough } from '../tuf/count-signatures.ts';
import { isTarget } from '../tuf/fetch-target.ts';
import { fileNameOf, type Metadata, type RoleName } from '../tuf/metadata.ts';
import { parseMetadata } from '../tuf/parse-metadata.ts';
import type { KeyEngine } from '../tuf/ports.ts';
import { refuse, type TufRefusal } from '../tuf/refusal.ts';
import { openRoot } from '../tuf/update-root.ts';
import { highestVersion, type RepositoryFolder } from './folder.ts';

export interface Published {
  /** Version 1 to the newest, each signed by itself and by the one before. */
  readonly roots: readonly [Metadata<'root'>, ...Metadata<'root'>[]];
  readonly root: Metadata<'root'>;
  /** The set in use; null before the first timestamp was published. */
  readonly set: PublishedSet | null;
  /** Version numbers that were given out, also by a publication that was broken off. */
  readonly lastVersions: Readonly<Record<'targets' | 'snapshot', number>>;
}

export interface PublishedSet {
  readonly timestamp: Metadata<'timestamp'>;
  readonly snapshot: Metadata<'snapshot'>;
  readonly targets: Metadata<'targets'>;
  readonly filesByName: ReadonlyMap<string, Bytes>;
}

/** Null where nothing was published yet. */
export async function readPublished(
  folder: RepositoryFolder,
  keys: KeyEngine,
): Promise<Result<Published | null, TufRefusal>> {
  const names = await folder.list();
  const roots = await readRoots(folder, names, keys);
  if (!roots.ok) return roots;
  const [first, ...later] = roots.value;
  if (first === undefined) return ok(null);
  const set = await readSet(folder, roots.value, keys);
  if (!set.ok) return set;
  const lastVersions = {
    targets: highestVersion(names, 'targets.json'),
    snapshot: highestVersion(names, 'snapshot.json'),
  };
  return ok({ roots: [first, ...later], root: later.at(-1) ?? first, set: set.value, lastVersions });
}

/** From the first to the newest; none where there is none. */
export async function readRoots(
  folder: RepositoryFolder,
  names: readonly string[],
  keys: KeyEngine,
): Promise<Result<readonly Metadata<'root'>[], TufRefusal>> {
  const roots: Metadata<'root'>[] = [];
  const newest = highestVersion(names, 'root.json');
  for (let version = 1; version <= newest; version++) {
    const file = `${version}.root.json`;
    const bytes = await folder.read(file);
    if (bytes === null) return refuse('not-found', file);
    const root = await openRoot(bytes, keys);
    if (!root.ok) return refuse(root.error.code, file, root.error.detail);
    const before = roots.at(-1);
    if (before !== undefined && !(await isSignedEnough(root.value, before.signed.rolesByName.root, keys)))
      return refuse('broken-chain', file);
    if (root.value.signed.version !== version) return refuse('wrong-version', file);
    roots.push(root.value);
  }
  return ok(roots);
}

/** While a publication that changes keys is under way, the set may still be that of the root before the newest. */
async function readSet(
  folder: RepositoryFolder,
  roots: readonly Metadata<'root'>[],
  keys: KeyEngine,
): Promise<Result<PublishedSet | null, TufRefusal>> {
  const read = <R extends RoleName>(role: R, file: string) => readSigned(folder, role, file, roots, keys);
  if ((await folder.read('timestamp.json')) === null) return ok(null);
  const timestamp = await read('timestamp', 'timestamp.json');
  if (!timestamp.ok) return timestamp;
  const snapshot = await read('snapshot', `${timestamp.value.signed.snapshot.version}.snapshot.json`);
  if (!snapshot.ok) return snapshot;
  const targets = await read('targets', `${snapshot.value.signed.targets.version}.targets.json`);
  if (!targets.ok) return targets;
  const filesByName = new Map<string, Bytes>();
  for (const [name, file] of targets.value.signed.filesByName) {
    const path = publishedPath(name, nameHashOf(file.hashes) ?? '');
    const bytes = await folder.read(path);
    if (bytes === null) return refuse('not-found', path);
    if (!(await isTarget(bytes, file))) return refuse('wrong-hash', path);
    filesByName.set(name, bytes);
  }
  return ok({ timestamp: timestamp.value, snapshot: snapshot.value, targets: targets.value, filesByName });
}

/** Checks that one of these roots, the newest first, knows those who signed it. */
export async function readSigned<R extends RoleName>(
  folder: RepositoryFolder,
  role: R,
  file: string,
  roots: readonly Metadata<'root'>[],
  keys: KeyEngine,
): Promise<Result<Metadata<R>, TufRefusal>> {
  const bytes = await folder.read(file);
  if (bytes === null) return refuse('not-found', file);
  const metadata = parseMetadata(bytes, role);
  if (!metadata.ok) return metadata;
  for (const root of roots.toReversed()) {
    if (await isSignedEnough(metadata.value, root.signed.rolesByName[role], keys)) return metadata;
  }
  return refuse('too-few-signatures', file);
}

/** 'rulesets/HASH.health.json': where a target lies in a consistent repository. */
export function publishedPath(name: string, hash: string): string {
  const segments = name.split('/');
  const last = segments.pop() ?? '';
  return [...segments, `${hash}.${last}`].join('/');
}

/** Whether this very root is the newest that was published. */
export const isPublishedRoot = (published: Published | null, root: Metadata<'root'>): boolean =>
  published !== null && isSameBytes(published.root.bytes, root.bytes);

export const versionedName = ({ role, signed }: Metadata<RoleName>): string =>
  `${signed.version}.${fileNameOf(role)}`;
