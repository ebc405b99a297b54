// The targets role: which files there are, with their hashes (section 5.6, without delegations).

import type { Result } from '../../result.ts';
import { checkFreeze } from './check-freeze.ts';
import { downloadNamed, isCurrent } from './download-named.ts';
import { TUF_LIMITS } from './limits.ts';
import type { Metadata } from './metadata.ts';
import type { TufClient } from './ports.ts';
import type { TufRefusal } from './refusal.ts';
import { readStored } from './stored-metadata.ts';

/** Its rollback was refused with the snapshot, which names its version. */
export async function updateTargets(
  client: TufClient,
  root: Metadata<'root'>,
  snapshot: Metadata<'snapshot'>,
  startSeconds: number,
): Promise<Result<Metadata<'targets'>, TufRefusal>> {
  const claim = snapshot.signed.targets;
  const trusted = await readStored(client, 'targets', root);
  if (trusted !== null && (await isCurrent(trusted, claim))) return checkFreeze(trusted, startSeconds);
  const came = await downloadNamed(client, 'targets', root, claim, TUF_LIMITS.targetsBytes);
  if (!came.ok) return came;
  const current = checkFreeze(came.value, startSeconds);
  if (current.ok) await client.store.write('targets', current.value.bytes);
  return current;
}
