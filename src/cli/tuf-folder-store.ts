// Verified metadata in a folder, under the names that the specification gives: root.json, timestamp.json, ...

import { join } from 'node:path';
import type { StoredName, TufStore } from '../core/trust/tuf/ports.ts';
import { readIfThere, removeWhole, writeWhole } from '../server/whole-file.ts';

const FILE_NAMES: Readonly<Record<StoredName, string>> = {
  root: 'root.json',
  timestamp: 'timestamp.json',
  snapshot: 'snapshot.json',
  targets: 'targets.json',
  rotation: 'rotation',
  held: 'held',
};

export const storedPath = (folder: string, name: StoredName): string => join(folder, FILE_NAMES[name]);

export function openFolderStore(folder: string): TufStore {
  const pathOf = (name: StoredName) => storedPath(folder, name);
  return {
    read: (name) => readIfThere(pathOf(name)),
    async write(name, bytes) {
      await writeWhole(pathOf(name), bytes);
    },
    remove: (name) => removeWhole(pathOf(name)),
  };
}
