// The data folder belongs to one server at a time. The lock is a file with the owner's process number and start; one
// that was left by a killed server is taken over.

import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isAlive, startMarkOf } from './processes.ts';

export interface DataFolder {
  readonly path: string;
  release(): void;
}

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

const LOCK_FILE = 'server.lock';

/** Makes the folder where it is missing. Throws FolderInUse when another server has it. */
export function takeDataFolder(folder: string): DataFolder {
  // Passable for the database's user; what is private in it has narrower modes of its own.
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const path = realpathSync(folder);
  const lock = join(path, LOCK_FILE);
  const own = `${process.pid}\n${startMarkOf(process.pid)}\n`;
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    // A link appears with its content or not at all, and only one of two can make it.
    while (!tryLink(draft, lock)) clearStale(lock, path);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    path,
    release: () => {
      if (readLock(lock) === own) rmSync(lock, { force: true });
    },
  };
}

function clearStale(lock: string, folder: string): void {
  const found = readLock(lock);
  if (found === null) return;
  const [pidText, mark] = found.split('\n');
  const pid = Number(pidText);
  if (isAlive(pid) && mark === startMarkOf(pid)) {
    throw new FolderInUse(
      `the data folder ${folder} is in use by another Gatelight server (process ${pid}): stop that one, or give this one another folder with --data`,
    );
  }
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  // Another starter may have cleared the stale one first: what was moved is then a living lock, and goes back.
  if (readLock(aside) !== found && !existsSync(lock)) tryLink(aside, lock);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
