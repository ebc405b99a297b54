// Makes the next versions of what a change touches. Earlier signatures on something staged do not survive a change of it.

import { type Bytes, isSameBytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { ISSUERS_FILE, POLICIES_FILE, SERVERS_FILE } from '../targets/targets.ts';
import { buildRoot, buildSnapshot, buildTargets, type RootKeys } from './build-metadata.ts';
import type { RepositoryFolder } from './folder.ts';
import { heldKeysOf } from './key-holders.ts';
import type { Published } from './read-published.ts';
import { endOf } from './role-terms.ts';
import { governingRoot, type Staged, writeStagedContent, writeStagedRole } from './staged.ts';

export interface Stage {
  readonly folder: RepositoryFolder;
  readonly published: Published | null;
  readonly staged: Staged | null;
  readonly nowSeconds: number;
}

export const FIRST_FILES: ReadonlyMap<string, Bytes> = new Map([
  [ISSUERS_FILE, encodeDocument({ format: 1, issuers: [] })],
  [POLICIES_FILE, encodeDocument({ format: 1, policies: [] })],
  [SERVERS_FILE, encodeDocument({ format: 1, servers: [] })],
]);

export async function stageFiles(
  { folder, published, nowSeconds }: Stage,
  filesByName: ReadonlyMap<string, Bytes>,
): Promise<void> {
  const { lastVersions } = published ?? { lastVersions: { targets: 0, snapshot: 0 } };
  const targetsVersion = lastVersions.targets + 1;
  const targetsTerm = { version: targetsVersion, expiresAt: endOf('targets', nowSeconds) };
  const snapshotTerm = { version: lastVersions.snapshot + 1, expiresAt: endOf('snapshot', nowSeconds) };
  await writeStagedContent(folder, {
    targets: await buildTargets(targetsTerm, filesByName),
    snapshot: buildSnapshot(snapshotTerm, targetsVersion),
    filesByName,
  });
}

export async function stageRoot({ folder, published, nowSeconds }: Stage, keys: RootKeys): Promise<void> {
  const version = (published?.root.signed.version ?? 0) + 1;
  const root = await buildRoot({ version, expiresAt: endOf('root', nowSeconds) }, keys);
  await writeStagedRole(folder, 'root', root);
}

/** The keys that the newest root names, staged or published. */
export function currentKeys(published: Published | null, staged: Staged | null): RootKeys | null {
  const root = governingRoot(published, staged);
  return root === null ? null : { offline: heldKeysOf(root, 'root'), online: heldKeysOf(root, 'timestamp') };
}

/** Whether two roots' worth of keys differ in who signs targets and snapshot: these must then be signed anew. */
export const isSameOffline = (a: RootKeys, b: RootKeys): boolean =>
  a.offline.length === b.offline.length &&
  a.offline.every(({ publicKey }) => b.offline.some((other) => isSameBytes(other.publicKey, publicKey)));

/** Puts an entry into a document's list in the place of the one with the same id, or at its end. */
export function putEntry(document: Bytes, list: string, idField: string, entry: JsonEntry): Bytes {
  const { json, entries } = readEntries(document, list);
  const at = entries.findIndex((other) => other[idField] === entry[idField]);
  const next = at < 0 ? [...entries, entry] : entries.with(at, entry);
  return encodeDocument({ ...json, [list]: next });
}

/** Null when no entry has that id. */
export function dropEntry(document: Bytes, list: string, idField: string, id: string): Bytes | null {
  const { json, entries } = readEntries(document, list);
  const next = entries.filter((entry) => entry[idField] !== id);
  return next.length === entries.length ? null : encodeDocument({ ...json, [list]: next });
}

export type JsonEntry = Readonly<Record<string, unknown>>;

/** Only for documents that their schema has read: published ones, and ones that were staged. */
function readEntries(document: Bytes, list: string) {
  const json = JSON.parse(new TextDecoder().decode(document)) as JsonEntry;
  return { json, entries: json[list] as readonly JsonEntry[] };
}

export function encodeDocument(json: object): Bytes {
  return utf8ToBytes(`${JSON.stringify(json, null, 2)}\n`);
}
