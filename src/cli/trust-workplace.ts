// The folder in which trust is made: keys/, staged/ and published/. Everything is read and verified before a command
// does anything.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Bytes } from '../core/bytes/bytes.ts';
import type { Result } from '../core/result.ts';
import { chooseEngine } from '../core/signature/engine.ts';
import type { Signer } from '../core/signature/signer.ts';
import type { HeldKey } from '../core/trust/publish/build-metadata.ts';
import type { JsonEntry } from '../core/trust/publish/edit-document.ts';
import type { RepositoryFolder } from '../core/trust/publish/folder.ts';
import { isHolderName } from '../core/trust/publish/key-holders.ts';
import { type Published, readPublished } from '../core/trust/publish/read-published.ts';
import type { Stage } from '../core/trust/publish/stage-change.ts';
import { readStaged, type Staged } from '../core/trust/publish/staged.ts';
import { terminalSafe } from '../core/trust/publish/summarise-entries.ts';
import { parseDocuments } from '../core/trust/targets/parse-documents.ts';
import { type TargetDocuments, targetRefusalText } from '../core/trust/targets/targets.ts';
import { ed25519Keys } from '../core/trust/tuf/ed25519-keys.ts';
import type { KeyEngine } from '../core/trust/tuf/ports.ts';
import { refusalText, type TufRefusal } from '../core/trust/tuf/refusal.ts';
import { openFileFolder } from '../server/file-folder.ts';
import { isReadableByOthers } from '../server/key-file.ts';
import { findTrustKey, makeTrustKey, openTrustKeyFile } from '../server/trust-key-file.ts';
import { type CommandIo, UsageError } from './command.ts';
import type { AskPassphrase } from './trust-asking.ts';

/** A refusal with a sentence for the one who typed the command; nothing was changed. Exit code 1. */
export class TrustRefused extends Error {
  override readonly name = 'TrustRefused';
}

export interface Workplace {
  readonly dir: string;
  readonly keysDir: string;
  readonly stagedFolder: RepositoryFolder;
  readonly publishedFolder: RepositoryFolder;
  readonly published: Published | null;
  readonly staged: Staged | null;
  readonly keys: KeyEngine;
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export const keysFolder = (dir: string): string => join(resolve(dir), 'keys');

export async function openWorkplace(path: string): Promise<Workplace> {
  const place = await openFolders(path);
  const published = orRefused(
    await readPublished(place.publishedFolder, place.keys),
    join(place.dir, 'published'),
  );
  const staged = orRefused(
    await readStaged(place.stagedFolder),
    `${join(place.dir, 'staged')} (gatelight trust discard drops what is staged)`,
  );
  return { ...place, published, staged };
}

/** Without a look at what is staged, which may be unreadable. */
export async function openFolders(path: string) {
  const dir = resolve(path);
  return {
    dir,
    keysDir: keysFolder(dir),
    stagedFolder: openFileFolder(join(dir, 'staged')),
    publishedFolder: openFileFolder(join(dir, 'published')),
    keys: ed25519Keys(await chooseEngine()),
  };
}

/** Refuses a folder in which nothing was begun. */
export function requireBegun(place: Workplace): void {
  if (place.published === null && place.staged === null)
    throw new TrustRefused(`nothing was begun in ${place.dir}: gatelight trust init ${place.dir}`);
}

export const stageOf = ({ stagedFolder, published, staged }: Workplace): Stage => ({
  folder: stagedFolder,
  published,
  staged,
  nowSeconds: nowSeconds(),
});

/** What is published, whole; nothing at all where nothing is. */
export function publishedDocuments({ published }: Workplace): TargetDocuments | null {
  const set = published?.set ?? null;
  return set === null ? null : documentsOf(set.filesByName);
}

export function documentsOf(filesByName: ReadonlyMap<string, Bytes>): TargetDocuments {
  const documents = parseDocuments(filesByName);
  if (documents.ok) return documents.value;
  throw new TrustRefused(terminalSafe(targetRefusalText(documents.error)));
}

/** One of the documents that are always there. */
export function fileOf(files: ReadonlyMap<string, Bytes>, name: string): Bytes {
  const bytes = files.get(name);
  if (bytes === undefined) throw new TrustRefused(`${name} is not among what is staged or published`);
  return bytes;
}

/** One entry of a list, or several in an array. */
export async function readEntryFile(path: string): Promise<readonly JsonEntry[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'no JSON';
    throw new UsageError(`${path} cannot be read (${String(code)})`);
  }
  const entries: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (!entries.every(isEntry)) throw new UsageError(`${path} holds no entry: an object, or an array of them`);
  return entries;
}

const isEntry = (value: unknown): value is JsonEntry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function parseHolder(text: string): string {
  if (isHolderName(text)) return text;
  throw new UsageError(`"${text}" names nobody: 1 to 24 lower-case letters, digits and dashes`);
}

/** The key of that holder, from keys/; made there where it is missing. */
export async function findOrMakeKey(
  keysDir: string,
  holder: string,
  ask: AskPassphrase,
  io: CommandIo,
): Promise<HeldKey> {
  const found = await findTrustKey(keysDir, holder);
  if (found !== null) return found;
  const made = await makeTrustKey(keysDir, holder, await ask(holder, { isNew: true }));
  if (!made.ok) throw new TrustRefused(`${join(keysDir, holder)}.json is there already`);
  io.out(`made      ${join(keysDir, holder)}.json`);
  return made.value;
}

export async function openSigner(
  keysDir: string,
  holder: string,
  ask: AskPassphrase,
  io: CommandIo,
): Promise<Signer> {
  const path = join(keysDir, `${holder}.json`);
  const opened = await openTrustKeyFile(keysDir, holder, async () => {
    if (await isReadableByOthers(path)) io.err(`${path} can be read by others: chmod 600 ${path}`);
    return ask(holder, { isNew: false });
  });
  if (!opened.ok) throw new TrustRefused(opened.error);
  return opened.value;
}

function orRefused<T>(read: Result<T, TufRefusal>, where: string): T {
  if (read.ok) return read.value;
  throw new TrustRefused(`${where} cannot be used: ${terminalSafe(refusalText(read.error))}`);
}
