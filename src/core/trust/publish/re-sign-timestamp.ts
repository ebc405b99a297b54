// The online key's whole job: to say again, for another 24 hours, what the newest snapshot is. Whoever steals that key
// can hold tablets at what was true once, for a day at a time, and change nothing.

import { isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import type { Signer } from '../../signature/signer.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { parseMetadata } from '../tuf/parse-metadata.ts';
import type { KeyEngine } from '../tuf/ports.ts';
import { addSignature } from './add-signature.ts';
import { buildTimestamp } from './build-metadata.ts';
import { type RepositoryFolder, versionsOf } from './folder.ts';
import { heldKeysOf } from './key-holders.ts';
import { readRoots, readSigned } from './read-published.ts';
import { endOf } from './role-terms.ts';

export interface TimestampDesk {
  /** The published folder. */
  readonly folder: RepositoryFolder;
  /** The online key. */
  readonly signer: Signer;
  readonly keys: KeyEngine;
  readonly nowSeconds: () => number;
}

export interface ReSigned {
  readonly version: number;
  readonly snapshotVersion: number;
  /** When each role's word ends, for whoever must see to it in time. */
  readonly ends: Readonly<Record<'root' | 'targets' | 'snapshot' | 'timestamp', number>>;
}

export interface ReSignRefusal {
  /** 'rollback': the timestamp in the folder names a newer snapshot than any that can be believed. */
  readonly code: 'bad-root' | 'no-root' | 'not-the-online-key' | 'no-snapshot' | 'rollback';
  readonly detail: string;
}

const FILE = 'timestamp.json';

/** Leaves the folder as it is when it refuses. Call it at least hourly, and never twice at a time. */
export async function reSignTimestamp(desk: TimestampDesk): Promise<Result<ReSigned, ReSignRefusal>> {
  const { folder, signer, keys, nowSeconds } = desk;
  const names = await folder.list();
  const roots = await readRoots(folder, names, keys);
  if (!roots.ok) return refuse('bad-root', `${roots.error.file}: ${roots.error.code}`);
  const root = roots.value.at(-1);
  if (root === undefined) return refuse('no-root', 'no root was published');
  const online = heldKeysOf(root, 'timestamp');
  if (!online.some(({ publicKey }) => isSameBytes(publicKey, signer.publicKey)))
    return refuse('not-the-online-key', `root ${root.signed.version} names another key for the timestamp`);
  const newest = await findNewest(folder, names, root, keys);
  if (newest === null) return refuse('no-snapshot', `none that root ${root.signed.version} believes`);
  const before = await readBefore(folder);
  const { snapshot, targets } = newest;
  const snapshotVersion = snapshot.signed.version;
  if (before !== null && before.snapshot > snapshotVersion)
    return refuse('rollback', `snapshot ${snapshotVersion} after ${before.snapshot}`);

  const term = { version: (before?.version ?? 0) + 1, expiresAt: endOf('timestamp', nowSeconds()) };
  const file = await buildTimestamp(term, { version: snapshotVersion, bytes: snapshot.bytes });
  const unsigned = parseMetadata(file, 'timestamp');
  if (!unsigned.ok) throw new Error(`the timestamp cannot be read back: ${unsigned.error.detail}`);
  await folder.write(FILE, await addSignature(unsigned.value, signer));
  const ends = {
    root: root.signed.expiresAt,
    targets: targets.signed.expiresAt,
    snapshot: snapshot.signed.expiresAt,
    timestamp: term.expiresAt,
  };
  return ok({ version: term.version, snapshotVersion, ends });
}

/** The newest snapshot that is whole: everything that it names was written before it. */
async function findNewest(
  folder: RepositoryFolder,
  names: readonly string[],
  root: Metadata<'root'>,
  keys: KeyEngine,
): Promise<{ readonly snapshot: Metadata<'snapshot'>; readonly targets: Metadata<'targets'> } | null> {
  for (const version of versionsOf(names, 'snapshot.json')) {
    const snapshot = await readSigned(folder, 'snapshot', `${version}.snapshot.json`, [root], keys);
    if (!snapshot.ok || snapshot.value.signed.version !== version) continue;
    const targetsFile = `${snapshot.value.signed.targets.version}.targets.json`;
    const targets = await readSigned(folder, 'targets', targetsFile, [root], keys);
    if (targets.ok) return { snapshot: snapshot.value, targets: targets.value };
  }
  return null;
}

/** By whomever it was signed: versions must go on from what tablets have seen. */
async function readBefore(
  folder: RepositoryFolder,
): Promise<{ readonly version: number; readonly snapshot: number } | null> {
  const bytes = await folder.read(FILE);
  const timestamp = bytes === null ? null : parseMetadata(bytes, 'timestamp');
  if (timestamp === null || !timestamp.ok) return null;
  const { version, snapshot } = timestamp.value.signed;
  return { version, snapshot: snapshot.version };
}

const refuse = (code: ReSignRefusal['code'], detail: string) => refused<ReSignRefusal>({ code, detail });
