// From staged to published. What nobody is pointed at yet is written first; then a new root; the timestamp, which points
// at the rest, last. So a reader never meets a name without its file, and a publication that was broken off is finished by
// doing it again. Between a root that changes keys and its timestamp a reader is refused for a moment and keeps its set.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import type { Signer } from '../../signature/signer.ts';
import type { KeyEngine } from '../tuf/ports.ts';
import { hashHex } from './build-metadata.ts';
import { checkStaged, type StagedFault } from './check-staged.ts';
import type { RepositoryFolder } from './folder.ts';
import { heldKeysOf } from './key-holders.ts';
import { type ReSigned, type ReSignRefusal, reSignTimestamp } from './re-sign-timestamp.ts';
import { type Published, publishedPath, versionedName } from './read-published.ts';
import { clearStaged, governingRoot, type Staged } from './staged.ts';
import { missingCount, type SignatureTally, tallySignatures } from './tally-signatures.ts';

export interface Publication {
  readonly publishedFolder: RepositoryFolder;
  readonly stagedFolder: RepositoryFolder;
  readonly published: Published | null;
  readonly staged: Staged;
  /** The online key of the root that counts afterwards. */
  readonly online: Signer;
  readonly keys: KeyEngine;
  readonly nowSeconds: () => number;
}

export type PublishRefusal =
  | { readonly kind: 'faults'; readonly faults: readonly StagedFault[] }
  | { readonly kind: 'signatures-missing'; readonly tallies: readonly SignatureTally[] }
  | { readonly kind: 'not-the-online-key'; readonly holders: readonly string[] }
  | { readonly kind: 'other-file-there'; readonly name: string }
  | { readonly kind: 'timestamp'; readonly refusal: ReSignRefusal };

/** Refuses before the first write, but for a timestamp that cannot be signed. */
export async function publishStaged(publication: Publication): Promise<Result<ReSigned, PublishRefusal>> {
  const { publishedFolder, stagedFolder, published, staged, online, keys, nowSeconds } = publication;
  const faults = await checkStaged(published, staged, keys, nowSeconds());
  if (faults.length > 0) return refused({ kind: 'faults', faults });
  const tallies = await tallySignatures(published, staged, keys);
  if (tallies.some((tally) => missingCount(tally) > 0))
    return refused({ kind: 'signatures-missing', tallies });
  const root = governingRoot(published, staged);
  const onlineKeys = root === null ? [] : heldKeysOf(root, 'timestamp');
  if (!onlineKeys.some(({ publicKey }) => isSameBytes(publicKey, online.publicKey)))
    return refused({ kind: 'not-the-online-key', holders: onlineKeys.map(({ holder }) => holder) });

  const files = await filesInOrder(staged);
  for (const [name, bytes] of files) {
    const there = await publishedFolder.read(name);
    if (there !== null && !isSameBytes(there, bytes)) return refused({ kind: 'other-file-there', name });
  }
  for (const [name, bytes] of files) await publishedFolder.write(name, bytes);
  const signed = await reSignTimestamp({ folder: publishedFolder, signer: online, keys, nowSeconds });
  if (!signed.ok) return refused({ kind: 'timestamp', refusal: signed.error });
  await clearStaged(stagedFolder);
  return ok(signed.value);
}

async function filesInOrder({ root, content }: Staged): Promise<readonly (readonly [string, Bytes])[]> {
  const files: (readonly [string, Bytes])[] = [];
  if (content !== null) {
    for (const [name, bytes] of content.filesByName)
      files.push([publishedPath(name, await hashHex(bytes)), bytes]);
    files.push([versionedName(content.targets), content.targets.bytes]);
    files.push([versionedName(content.snapshot), content.snapshot.bytes]);
  }
  if (root !== null) files.push([versionedName(root), root.bytes]);
  return files;
}
