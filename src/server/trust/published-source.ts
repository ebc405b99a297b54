// The published repository as it is handed out: verified whole, and verified again when a new timestamp lies there, which
// every publication writes last. What cannot be used is said once; the last good one stays in use.

import { isSameBytes } from '../../core/bytes/bytes.ts';
import { type Result, refused } from '../../core/result.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import type { KeyEngine } from '../../core/trust/tuf/ports.ts';
import type { HandedOut } from './handed-out.ts';
import type { TroubleBook } from './trouble-book.ts';
import { type PublishedTrust, verifyPublished } from './verify-published.ts';

export interface PublishedSource {
  readonly inUse: PublishedTrust;
  look(): Promise<void>;
  /** Also a file of the publication before, for a tablet in the middle of its refresh. */
  find(path: string): HandedOut | null;
}

export interface PublishedSourceOptions {
  readonly folder: RepositoryFolder;
  /** As an operator knows it. */
  readonly folderName: string;
  readonly keys: KeyEngine;
  readonly troubles: TroubleBook;
}

/** Throws a sentence when what lies there cannot be used. */
export async function openPublishedSource(options: PublishedSourceOptions): Promise<PublishedSource> {
  const { folder, folderName, keys, troubles } = options;
  const first = await verifyPublished(folder, keys);
  if (!first.ok) throw new Error(`${folderName} cannot be handed out: ${first.error}`);
  let inUse = first.value;
  let before: PublishedTrust | null = null;
  return {
    get inUse() {
      return inUse;
    },
    async look() {
      const timestamp = await folder.read('timestamp.json');
      if (timestamp !== null && isSameBytes(timestamp, inUse.set.timestamp.bytes)) return;
      const next = refuseOlder(await verifyPublished(folder, keys), inUse);
      troubles.note(
        'published',
        next.ok ? null : `${folderName}: ${next.error}. What was handed out before stays in use.`,
      );
      if (!next.ok) return;
      if (next.value.set.snapshot.signed.version !== inUse.set.snapshot.signed.version) before = inUse;
      inUse = next.value;
    },
    find: (path) => inUse.filesByPath.get(path) ?? before?.filesByPath.get(path) ?? null,
  };
}

/** An old copy put back: tablets have seen more. */
function refuseOlder(
  next: Result<PublishedTrust, string>,
  { set: { timestamp } }: PublishedTrust,
): Result<PublishedTrust, string> {
  if (!next.ok) return next;
  const { version } = next.value.set.timestamp.signed;
  const last = timestamp.signed.version;
  return version < last ? refused(`timestamp.json: version ${version} came after ${last}`) : next;
}
