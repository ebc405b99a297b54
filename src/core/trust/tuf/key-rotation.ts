// A root that changes the keys of timestamp or snapshot ends what is held of both (section 5.3.11): that is how a
// repository recovers from a fast-forward. A note is written before such a root and removed after the end of it all, so
// that a client that is killed in between neither keeps the old ones nor forgets them without the root that says so.

import { utf8ToBytes } from '../../bytes/bytes.ts';
import { isSameKeys } from './count-signatures.ts';
import type { Metadata } from './metadata.ts';
import type { KeyEngine, TufStore } from './ports.ts';

export const isRotation = (from: Metadata<'root'>, to: Metadata<'root'>, keys: KeyEngine): boolean =>
  (['timestamp', 'snapshot'] as const).some(
    (role) => !isSameKeys(from.signed.rolesByName[role], to.signed.rolesByName[role], keys),
  );

export const announceRotation = (store: TufStore, rootVersion: number): Promise<void> =>
  store.write('rotation', utf8ToBytes(String(rootVersion)));

/** Does what an announced rotation demands, once its root is the one that is stored; otherwise it never came to be. */
export async function finishRotation(store: TufStore, rootVersion: number): Promise<void> {
  const note = await store.read('rotation');
  if (note === null) return;
  const isStillToCome = Number(new TextDecoder().decode(note)) > rootVersion;
  if (!isStillToCome) {
    await store.remove('timestamp');
    await store.remove('snapshot');
  }
  await store.remove('rotation');
}
