// Keeps the timestamp fresh with the server's online key: signed anew well within the hour, and at once where none is
// there or the newest root does not know who signed it.

import type { Signer } from '../../core/signature/signer.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import { reSignTimestamp } from '../../core/trust/publish/re-sign-timestamp.ts';
import { readRoots } from '../../core/trust/publish/read-published.ts';
import { isSignedEnough } from '../../core/trust/tuf/count-signatures.ts';
import { issuedAtOf } from '../../core/trust/tuf/held-set.ts';
import { parseMetadata } from '../../core/trust/tuf/parse-metadata.ts';
import type { KeyEngine } from '../../core/trust/tuf/ports.ts';
import type { TroubleBook } from './trouble-book.ts';

export interface TimestampKeeperOptions {
  readonly folder: RepositoryFolder;
  /** The online key; null: somebody else signs, and this server only serves. */
  readonly online: Signer | null;
  readonly keys: KeyEngine;
  readonly troubles: TroubleBook;
  readonly nowSeconds: () => number;
}

/** Looked at every minute, this is never over an hour. */
export const SIGN_AFTER_SECONDS = 50 * 60;

/** Signs when it is time to. Not to be called twice at a time. */
export async function keepTimestamp(options: TimestampKeeperOptions): Promise<'signed' | 'left' | 'refused'> {
  const { folder, online, keys, troubles, nowSeconds } = options;
  if (online === null || !(await isDue(options))) return 'left';
  const signed = await reSignTimestamp({ folder, signer: online, keys, nowSeconds });
  troubles.note(
    'timestamp',
    signed.ok ? null : `the timestamp was not signed: ${signed.error.code}: ${signed.error.detail}`,
  );
  return signed.ok ? 'signed' : 'refused';
}

async function isDue({ folder, keys, nowSeconds }: TimestampKeeperOptions): Promise<boolean> {
  const bytes = await folder.read('timestamp.json');
  const timestamp = bytes === null ? null : parseMetadata(bytes, 'timestamp');
  if (timestamp === null || !timestamp.ok) return true;
  // A clock that was set back leaves a timestamp of the future.
  if (Math.abs(nowSeconds() - issuedAtOf({ timestamp: timestamp.value })) >= SIGN_AFTER_SECONDS) return true;
  const roots = await readRoots(folder, await folder.list(), keys);
  const root = roots.ok ? roots.value.at(-1) : undefined;
  if (root === undefined) return true;
  return !(await isSignedEnough(timestamp.value, root.signed.rolesByName.timestamp, keys));
}
