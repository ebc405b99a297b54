// A file that targets metadata lists (section 5.7): asked for under its name and length, believed by its hashes.

import type { Bytes } from '../../bytes/bytes.ts';
import type { Result } from '../../result.ts';
import { checkFile, nameHashOf } from './check-file.ts';
import { download } from './download.ts';
import { TUF_LIMITS } from './limits.ts';
import type { TargetFile } from './metadata.ts';
import type { TufFetch } from './ports.ts';
import type { MetadataSet } from './refresh-metadata.ts';
import { refuse, type TufRefusal } from './refusal.ts';

export async function fetchTarget(
  fetch: TufFetch,
  { root, targets }: Pick<MetadataSet, 'root' | 'targets'>,
  name: string,
): Promise<Result<Bytes, TufRefusal>> {
  const file = targets.signed.filesByName.get(name);
  if (file === undefined) return refuse('no-such-target', name);
  if (file.length > TUF_LIMITS.targetFileBytes) return refuse('too-large', name, `${file.length} bytes`);
  const hash = nameHashOf(file.hashes);
  if (hash === null) return refuse('unknown-hash', name);
  const path = targetPath(name, root.signed.isConsistent ? hash : null);
  if (path === null) return refuse('bad-target-name', name);
  const bytes = await download(fetch, { kind: 'target', path }, name, file.length);
  if (!bytes.ok) return bytes;
  const mismatch = await checkFile(bytes.value, file);
  return mismatch === null ? bytes : refuse(mismatch, name);
}

/** Whether bytes that are held already are that file. */
export const isTarget = async (bytes: Bytes, file: TargetFile): Promise<boolean> =>
  (await checkFile(bytes, file)) === null;

/** 'rules/HASH.one.json'. Null for names that would leave the repository's folder, or are no text. */
function targetPath(name: string, hash: string | null): string | null {
  const segments = name.split('/');
  const last = segments.pop() ?? '';
  if ([...segments, last].some((segment) => ['', '.', '..'].includes(segment))) return null;
  if (name.includes('\\') || /\p{Surrogate}/u.test(name)) return null;
  return [...segments, hash === null ? last : `${hash}.${last}`].map(encodeURIComponent).join('/');
}
