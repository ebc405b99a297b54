// A store for as long as the program runs: what is not to be kept, and stands in nobody's way the next time.

import type { Bytes } from '../../bytes/bytes.ts';
import type { StoredName, TufStore } from './ports.ts';

/** `files`: what it begins with. */
export function createMemoryTufStore(files: Iterable<readonly [StoredName, Bytes]> = []): TufStore {
  const stored = new Map<StoredName, Bytes>(files);
  return {
    read: async (name) => stored.get(name) ?? null,
    write: async (name, bytes) => void stored.set(name, bytes),
    remove: async (name) => void stored.delete(name),
  };
}
