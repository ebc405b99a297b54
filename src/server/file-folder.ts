// A folder of small files on the disk, for what is published and what waits for signatures. A file appears whole under its
// name, and is on the disk when its write resolves.

import { readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { RepositoryFolder } from '../core/trust/publish/folder.ts';
import { ifThere, isPart, readIfThere, removeWhole, writeWhole } from './whole-file.ts';

export function openFileFolder(path: string): RepositoryFolder {
  const base = resolve(path);
  const at = (name: string): string => {
    const full = resolve(base, name);
    if (!full.startsWith(base + sep)) throw new Error(`"${name}" would leave the folder ${base}`);
    return full;
  };
  return {
    async list() {
      const entries = await ifThere(readdir(base, { recursive: true, withFileTypes: true }));
      return (entries ?? [])
        .filter((entry) => entry.isFile() && !isPart(entry.name))
        .map((entry) => relative(base, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
        .sort();
    },
    read: async (name) => readIfThere(at(name)),
    async write(name, bytes) {
      await writeWhole(at(name), bytes);
    },
    remove: async (name) => removeWhole(at(name)),
  };
}
