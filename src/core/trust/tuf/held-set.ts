// The set in use: the metadata of the last refresh that went through to the end, with every file it lists, as one
// record. It is written whole or not at all, so that what judges passes never mixes two publications, and it stays in
// use whatever happens to a later refresh: then it ages. Bytes: CBOR [1, root, timestamp, snapshot, targets, {name: file}].

import type { Bytes } from '../../bytes/bytes.ts';
import {
  type CborMap,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborMap,
  parseCbor,
} from '../../bytes/cbor.ts';
import { ok, type Result, refused } from '../../result.ts';
import type { FileClaim } from './check-file.ts';
import { checkFile } from './check-file.ts';
import { isSignedEnough } from './count-signatures.ts';
import type { Metadata, RoleName } from './metadata.ts';
import { parseMetadata } from './parse-metadata.ts';
import type { KeyEngine } from './ports.ts';
import type { MetadataSet } from './refresh-metadata.ts';
import { openRoot } from './update-root.ts';

export interface HeldSet extends MetadataSet {
  readonly filesByName: ReadonlyMap<string, Bytes>;
}

/** How long every timestamp lives. */
export const TIMESTAMP_LIFE_SECONDS = 24 * 3600;

/** When the timestamp of a set was signed: from here its age is counted. */
export const issuedAtOf = ({ timestamp }: Pick<MetadataSet, 'timestamp'>): number =>
  timestamp.signed.expiresAt - TIMESTAMP_LIFE_SECONDS;

const FORMAT = 1;

export const encodeHeldSet = ({ root, timestamp, snapshot, targets, filesByName }: HeldSet): Bytes =>
  encodeCbor([FORMAT, root.bytes, timestamp.bytes, snapshot.bytes, targets.bytes, new Map(filesByName)]);

/** Checks everything again but ends: signatures from the set's own root down, versions, lengths, hashes. */
export async function openHeldSet(bytes: Bytes, keys: KeyEngine): Promise<Result<HeldSet, 'held-broken'>> {
  const record = parseCbor(bytes, { maxDepth: 2 });
  if (!record.ok || !isCborArray(record.value) || record.value.length !== 6) return refused('held-broken');
  const [format, rootBytes, timestampBytes, snapshotBytes, targetsBytes, files] = record.value;
  if (format !== FORMAT || !isCborBytes(rootBytes) || !isCborMap(files)) return refused('held-broken');

  const root = await openRoot(rootBytes, keys);
  if (!root.ok) return refused('held-broken');
  const held = { root: root.value, keys };
  const timestamp = await openRole(held, 'timestamp', timestampBytes, null);
  if (timestamp === null) return refused('held-broken');
  const snapshot = await openRole(held, 'snapshot', snapshotBytes, timestamp.signed.snapshot);
  if (snapshot === null) return refused('held-broken');
  const targets = await openRole(held, 'targets', targetsBytes, snapshot.signed.targets);
  const filesByName = targets === null ? null : await openFiles(files, targets);
  if (targets === null || filesByName === null) return refused('held-broken');
  return ok({ root: root.value, timestamp, snapshot, targets, filesByName });
}

async function openRole<R extends Exclude<RoleName, 'root'>>(
  { root, keys }: { readonly root: Metadata<'root'>; readonly keys: KeyEngine },
  role: R,
  bytes: unknown,
  claim: (FileClaim & { readonly version: number }) | null,
): Promise<Metadata<R> | null> {
  if (!(bytes instanceof Uint8Array)) return null;
  const metadata = parseMetadata(bytes as Bytes, role);
  if (!metadata.ok || !(await isSignedEnough(metadata.value, root.signed.rolesByName[role], keys)))
    return null;
  if (claim === null) return metadata.value;
  const isClaimed =
    metadata.value.signed.version === claim.version &&
    (await checkFile(metadata.value.bytes, claim)) === null;
  return isClaimed ? metadata.value : null;
}

/** Null unless it has every file that is listed and no other. */
async function openFiles(
  files: CborMap,
  { signed }: Metadata<'targets'>,
): Promise<ReadonlyMap<string, Bytes> | null> {
  if (files.size !== signed.filesByName.size) return null;
  const filesByName = new Map<string, Bytes>();
  for (const [name, claim] of signed.filesByName) {
    const bytes = files.get(name);
    if (!isCborBytes(bytes) || (await checkFile(bytes, claim)) !== null) return null;
    filesByName.set(name, bytes);
  }
  return filesByName;
}
