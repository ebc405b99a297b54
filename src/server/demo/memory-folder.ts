// A folder that is gone with the process, for what is staged and published at once: the folder on the disk is for people.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';

export function createMemoryFolder(): RepositoryFolder {
  const files = new Map<string, Bytes>();
  return {
    list: async () => [...files.keys()].sort(),
    read: async (name) => files.get(name) ?? null,
    write: async (name, bytes) => void files.set(name, bytes),
    remove: async (name) => void files.delete(name),
  };
}
