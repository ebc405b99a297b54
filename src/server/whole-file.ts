// A file that appears whole: written beside its place, flushed, and moved there, so that a kill or a power cut leaves the
// old one or the new one. What a kill leaves beside it ends in .part and is never read.

import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex } from '../core/bytes/hex.ts';

export interface WholeFileOptions {
  /** Of the file (0644). */
  readonly mode?: number;
  /** Of folders that are not there yet; as the process makes them if not given. */
  readonly folderMode?: number;
  /** Whether a file that is there gives way (true). */
  readonly isReplacing?: boolean;
}

const PART = '.part';

export const isPart = (name: string): boolean => name.endsWith(PART);

/** Where a file is written before it is moved; another name each time, for two may write at once. */
export const partOf = (path: string): string => join(dirname(path), `.${encodeHex(randomBytes(6))}${PART}`);

/** Durable when it resolves. */
export async function writeWhole(
  path: string,
  content: Uint8Array | string,
  { mode = 0o644, folderMode, isReplacing = true }: WholeFileOptions = {},
): Promise<'written' | 'already-there'> {
  await mkdir(dirname(path), { recursive: true, ...(folderMode === undefined ? {} : { mode: folderMode }) });
  const part = partOf(path);
  try {
    const file = await open(part, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (isReplacing) await rename(part, path);
    else if (!(await linkNew(part, path))) return 'already-there';
    await syncFolder(dirname(path));
    return 'written';
  } finally {
    await rm(part, { force: true });
  }
}

/** Durable when it resolves; fine when there is nothing to remove. */
export async function removeWhole(path: string): Promise<void> {
  await rm(path, { force: true });
  await ifThere(syncFolder(dirname(path)));
}

export async function readIfThere(path: string): Promise<Bytes | null> {
  const bytes = await ifThere(readFile(path));
  return bytes === null ? null : new Uint8Array(bytes);
}

/** Null where a file or a folder on the way to it is missing. */
export async function ifThere<T>(doing: Promise<T>): Promise<T | null> {
  try {
    return await doing;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT') || isErrorCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

export const isErrorCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** A link is made only where there is nothing, and only one of two can make it. */
async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Without it a moved file may be lost with the power. Windows opens no folders and needs no such flush. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
