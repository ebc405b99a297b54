// The published folder as a tablet would take it: nothing is handed out that a tablet refuses. Ends in time do not count
// here: a server whose repository has ended still takes records, and its tablets keep what they hold.

import { ok, type Result, refused } from '../../core/result.ts';
import { refreshDocuments } from '../../core/trust/held/refresh-documents.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import { publishedPath, readRoots, versionedName } from '../../core/trust/publish/read-published.ts';
import type { TargetDocuments } from '../../core/trust/targets/targets.ts';
import { nameHashOf } from '../../core/trust/tuf/check-file.ts';
import type { HeldSet } from '../../core/trust/tuf/held-set.ts';
import { createMemoryTufStore } from '../../core/trust/tuf/memory-store.ts';
import type { KeyEngine, TufFetch } from '../../core/trust/tuf/ports.ts';
import { refusalText } from '../../core/trust/tuf/refusal.ts';
import { type HandedOut, handOut } from './handed-out.ts';

export interface PublishedTrust {
  readonly set: HeldSet;
  readonly documents: TargetDocuments;
  /** By their path below the repository's base: 'timestamp.json', 'rulesets/HASH.city-7.json'. */
  readonly filesByPath: ReadonlyMap<string, HandedOut>;
}

/** Before every end. */
const ANY_TIME = 0;

/** The refusal names the file, the place in it and the reason. */
export async function verifyPublished(
  folder: RepositoryFolder,
  keys: KeyEngine,
): Promise<Result<PublishedTrust, string>> {
  const roots = await readRoots(folder, await folder.list(), keys);
  if (!roots.ok) return refused(refusalText(roots.error));
  const newest = roots.value.at(-1);
  if (newest === undefined) return refused('1.root.json: nothing was published here');
  const client = {
    fetch: fetchFrom(folder),
    store: createMemoryTufStore([['root', newest.bytes]]),
    keys,
  };
  const refreshed = await refreshDocuments(client, ANY_TIME);
  if (!refreshed.ok) return refused(refusalText(refreshed.error));
  const { set, documents } = refreshed.value;

  const { timestamp, snapshot, targets, filesByName } = set;
  const files = new Map<string, HandedOut>();
  for (const metadata of [...roots.value, snapshot, targets])
    files.set(versionedName(metadata), handOut(metadata.bytes));
  for (const [name, bytes] of filesByName) {
    const hash = nameHashOf(targets.signed.filesByName.get(name)?.hashes ?? new Map()) ?? '';
    files.set(publishedPath(name, hash), handOut(bytes));
  }
  files.set('timestamp.json', handOut(timestamp.bytes));
  return ok({ set, documents, filesByPath: files });
}

const fetchFrom = (folder: RepositoryFolder): TufFetch => ({
  async fetch({ path }, maxBytes) {
    const bytes = await folder.read(path.split('/').map(decodeURIComponent).join('/'));
    if (bytes === null) return { kind: 'not-found' };
    return bytes.length > maxBytes ? { kind: 'too-large' } : { kind: 'bytes', bytes };
  },
});
