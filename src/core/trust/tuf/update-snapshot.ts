// The snapshot role: which versions belong together (section 5.5).

import { ok, type Result } from '../../result.ts';
import { checkFreeze } from './check-freeze.ts';
import { downloadNamed, isCurrent } from './download-named.ts';
import { TUF_LIMITS } from './limits.ts';
import type { Metadata } from './metadata.ts';
import type { TufClient } from './ports.ts';
import { refuse, type TufRefusal } from './refusal.ts';
import { readStored } from './stored-metadata.ts';

type Snapshot = Metadata<'snapshot'>;
const FILE = 'snapshot.json';

export async function updateSnapshot(
  client: TufClient,
  root: Metadata<'root'>,
  timestamp: Metadata<'timestamp'>,
  startSeconds: number,
): Promise<Result<Snapshot, TufRefusal>> {
  const claim = timestamp.signed.snapshot;
  const trusted = await readStored(client, 'snapshot', root);
  if (trusted !== null && (await isCurrent(trusted, claim))) return checkFreeze(trusted, startSeconds);
  const came = await downloadNamed(client, 'snapshot', root, claim, TUF_LIMITS.snapshotBytes);
  if (!came.ok) return came;
  const next = checkSnapshotRollback(came.value, trusted);
  if (!next.ok) return next;
  const current = checkFreeze(next.value, startSeconds);
  if (current.ok) await client.store.write('snapshot', current.value.bytes);
  return current;
}

/** Checks that no targets file, delegated ones included, goes back or goes away (section 5.5.5). */
function checkSnapshotRollback(came: Snapshot, trusted: Snapshot | null): Result<Snapshot, TufRefusal> {
  for (const [name, { version }] of trusted?.signed.filesByName ?? []) {
    const next = came.signed.filesByName.get(name);
    if (next === undefined) return refuse('role-removed', FILE, name);
    if (next.version < version) return refuse('rollback', FILE, `${name} ${next.version} after ${version}`);
  }
  return ok(came);
}
