// A whole refresh: the metadata, then every file it lists, then the set in one write. Until that write the set before it
// is in use; what of its files has not changed is not asked for again.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result } from '../../result.ts';
import { fetchTarget, isTarget } from './fetch-target.ts';
import { encodeHeldSet, type HeldSet, openHeldSet } from './held-set.ts';
import { TUF_LIMITS } from './limits.ts';
import type { TufClient } from './ports.ts';
import { type MetadataSet, refreshMetadata } from './refresh-metadata.ts';
import { refuse, type TufRefusal } from './refusal.ts';
import type { StartTime } from './start-time.ts';

/** The set in use; null before the first refresh, and when its record can no longer be read or verified. */
export async function readHeld({ store, keys }: Pick<TufClient, 'store' | 'keys'>): Promise<HeldSet | null> {
  const bytes = await store.read('held');
  const held = bytes === null ? null : await openHeldSet(bytes, keys);
  return held?.ok === true ? held.value : null;
}

/** What is wrong with the files, or null: asked before they are put to use. */
export type Inspect = (
  filesByName: ReadonlyMap<string, Bytes>,
) => { readonly file: string; readonly detail: string } | null;

export async function refreshHeld(
  client: TufClient,
  start: StartTime,
  inspect: Inspect = () => null,
): Promise<Result<HeldSet, TufRefusal>> {
  const metadata = await refreshMetadata(client, start);
  if (!metadata.ok) return metadata;
  const files = await gatherFiles(client, metadata.value);
  if (!files.ok) return files;
  const wrong = inspect(files.value);
  if (wrong !== null) return refuse('bad-target', wrong.file, wrong.detail);
  const set = { ...metadata.value, filesByName: files.value };
  await writeHeld(client, encodeHeldSet(set));
  return ok(set);
}

async function gatherFiles(
  client: TufClient,
  set: MetadataSet,
): Promise<Result<ReadonlyMap<string, Bytes>, TufRefusal>> {
  const listed = set.targets.signed.filesByName;
  const totalBytes = [...listed.values()].reduce((sum, { length }) => sum + length, 0);
  if (totalBytes > TUF_LIMITS.heldFilesBytes)
    return refuse('too-large', 'targets.json', `${totalBytes} bytes`);
  const before = (await readHeld(client))?.filesByName;
  const filesByName = new Map<string, Bytes>();
  for (const [name, file] of listed) {
    const same = before?.get(name);
    if (same !== undefined && (await isTarget(same, file))) {
      filesByName.set(name, same);
      continue;
    }
    const fetched = await fetchTarget(client.fetch, set, name);
    if (!fetched.ok) return fetched;
    filesByName.set(name, fetched.value);
  }
  return ok(filesByName);
}

async function writeHeld({ store }: TufClient, bytes: Bytes): Promise<void> {
  const before = await store.read('held');
  if (before === null || !isSameBytes(before, bytes)) await store.write('held', bytes);
}
