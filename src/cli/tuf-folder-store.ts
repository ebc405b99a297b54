// Verified metadata in a folder, under the names that the specification gives: root.json, timestamp.json, ... A file is
// written beside its place, flushed, and moved there, so that a kill leaves the old one or the new one.

import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../core/bytes/bytes.ts';
import type { StoredName, TufStore } from '../core/trust/tuf/ports.ts';

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
      await mkdir(folder, { recursive: true });
      await replaceFile(pathOf(name), bytes);
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
      await flushFolder(folder);
    },
  };
}

export async function readIfThere(path: string): Promise<Bytes | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Where a file is written before it is moved. What a kill leaves there is overwritten by the next write. */
export const partOf = (path: string): string => `${path}.part`;

export async function replaceFile(path: string, bytes: Bytes): Promise<void> {
  const part = partOf(path);
  const file = await open(part, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await flushFolder(join(path, '..'));
}

/** A move is durable when its folder is. Windows opens no folders and needs no such flush. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
