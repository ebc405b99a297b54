// A folder of small files on the disk, for what is published and what waits for signatures. A file appears whole under its
// name, and is on the disk when its write resolves.

import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { encodeHex } from '../core/bytes/hex.ts';
import type { RepositoryFolder } from '../core/trust/publish/folder.ts';

const PART = '.part';

export function openFileFolder(path: string): RepositoryFolder {
  const base = resolve(path);
  const at = (name: string): string => {
    const full = resolve(base, name);
    if (!full.startsWith(base + sep)) throw new Error(`"${name}" would leave the folder ${base}`);
    return full;
  };
  return {
    async list() {
      const entries = await orNull(readdir(base, { recursive: true, withFileTypes: true }));
      return (entries ?? [])
        .filter((entry) => entry.isFile() && !entry.name.endsWith(PART))
        .map((entry) => relative(base, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
        .sort();
    },
    async read(name) {
      const bytes = await orNull(readFile(at(name)));
      return bytes === null ? null : new Uint8Array(bytes);
    },
    write: (name, bytes) => writeWhole(at(name), bytes),
    async remove(name) {
      await rm(at(name), { force: true });
      await orNull(syncFolder(dirname(at(name))));
    },
  };
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const part = join(folder, `.${encodeHex(randomBytes(6))}${PART}`);
  try {
    const file = await open(part, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    await syncFolder(folder);
  } finally {
    await rm(part, { force: true });
  }
}

/** Without it a renamed file may be lost with the power. Windows has no such call on folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
