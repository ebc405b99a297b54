// Makes the next versions of what a change touches. Earlier signatures on something staged do not survive a change of it.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { buildRoot, buildSnapshot, buildTargets, type RootKeys } from './build-metadata.ts';
import type { RepositoryFolder } from './folder.ts';
import { heldKeysOf } from './key-holders.ts';
import type { Published } from './read-published.ts';
import { endOf } from './role-terms.ts';
import { governingRoot, type Staged, writeStagedContent, writeStagedRole } from './staged.ts';

export interface Stage {
  readonly folder: RepositoryFolder;
  readonly published: Published | null;
  readonly staged: Staged | null;
  readonly nowSeconds: number;
}

export async function stageFiles(
  { folder, published, nowSeconds }: Stage,
  filesByName: ReadonlyMap<string, Bytes>,
): Promise<void> {
  const { lastVersions } = published ?? { lastVersions: { targets: 0, snapshot: 0 } };
  const targetsVersion = lastVersions.targets + 1;
  const targetsTerm = { version: targetsVersion, expiresAt: endOf('targets', nowSeconds) };
  const snapshotTerm = { version: lastVersions.snapshot + 1, expiresAt: endOf('snapshot', nowSeconds) };
  await writeStagedContent(folder, {
    targets: await buildTargets(targetsTerm, filesByName),
    snapshot: buildSnapshot(snapshotTerm, targetsVersion),
    filesByName,
  });
}

export async function stageRoot({ folder, published, nowSeconds }: Stage, keys: RootKeys): Promise<void> {
  const version = (published?.root.signed.version ?? 0) + 1;
  const root = await buildRoot({ version, expiresAt: endOf('root', nowSeconds) }, keys);
  await writeStagedRole(folder, 'root', root);
}

/** The keys that the newest root names, staged or published. */
export function currentKeys(published: Published | null, staged: Staged | null): RootKeys | null {
  const root = governingRoot(published, staged);
  return root === null ? null : { offline: heldKeysOf(root, 'root'), online: heldKeysOf(root, 'timestamp') };
}

/** Whether two roots' worth of keys differ in who signs targets and snapshot: these must then be signed anew. */
export const isSameOffline = (a: RootKeys, b: RootKeys): boolean =>
  a.offline.length === b.offline.length &&
  a.offline.every(({ publicKey }) => b.offline.some((other) => isSameBytes(other.publicKey, publicKey)));
