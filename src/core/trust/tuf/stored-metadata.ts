// What an earlier update left behind. It counts only while the root of today agrees with its signatures.

import { isSignedEnough } from './count-signatures.ts';
import type { Metadata, RoleName } from './metadata.ts';
import { parseMetadata } from './parse-metadata.ts';
import type { TufClient } from './ports.ts';

/** Null for what is not there, cannot be read any more, or is not signed by the keys that `root` names. */
export async function readStored<R extends Exclude<RoleName, 'root'>>(
  { store, keys }: Pick<TufClient, 'store' | 'keys'>,
  role: R,
  root: Metadata<'root'>,
): Promise<Metadata<R> | null> {
  const bytes = await store.read(role);
  const stored = bytes === null ? null : parseMetadata(bytes, role);
  if (stored === null || !stored.ok) return null;
  return (await isSignedEnough(stored.value, root.signed.rolesByName[role], keys)) ? stored.value : null;
}
