// The folder of the day keys on the disk. Each step is on the disk when it resolves, and what destroys goes through in two
// of them: the bytes first, the name after. A flash disk or a file system that copies on write may keep the old bytes where
// no program reaches them: against whoever takes the disk apart only its encryption as a whole helps.

import { chmod, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Bytes } from '../../core/bytes/bytes.ts';
import { ifThere, isPart, readIfThere, removeWhole, writeWhole } from '../whole-file.ts';

export interface KeyFiles {
  /** Every file, 'lindenhof/2026-03-02.seal'. Clears away what a kill left half written. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Bytes | null>;
  /** Readable by its owner alone; whole or not at all. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Fills the file with chance, in its place. Fine where there is none. */
  overwrite(name: string): Promise<void>;
  /** Fine where there is none. */
  remove(name: string): Promise<void>;
}

/** Makes the folder where it is missing, for its owner alone. */
export async function openKeyFiles(
  folder: string,
  randomBytes: (length: number) => Bytes,
): Promise<KeyFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const at = (name: string): string => join(folder, name);
  return {
    async list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      // Never overwritten: it may be a second name of a key that is in use.
      for (const { parentPath, name } of files) if (isPart(name)) await rm(join(parentPath, name));
      return files
        .filter(({ name }) => !isPart(name))
        .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
        .sort();
    },
    read: (name) => readIfThere(at(name)),
    async write(name, bytes) {
      await writeWhole(at(name), bytes, { mode: 0o600, folderMode: 0o700 });
    },
    async overwrite(name) {
      const file = await ifThere(open(at(name), 'r+'));
      if (file === null) return;
      try {
        const { size } = await file.stat();
        await file.write(randomBytes(size), 0, size, 0);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    remove: (name) => removeWhole(at(name)),
  };
}
