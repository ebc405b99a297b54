// The timestamp role: what is the newest snapshot (section 5.4).

import { ok, type Result } from '../../result.ts';
import { checkFreeze } from './check-freeze.ts';
import { isSignedEnough } from './count-signatures.ts';
import { downloadMetadata } from './download.ts';
import { TUF_LIMITS } from './limits.ts';
import type { Metadata } from './metadata.ts';
import { parseMetadata } from './parse-metadata.ts';
import type { TufClient } from './ports.ts';
import { refuse, type TufRefusal } from './refusal.ts';
import { readStored } from './stored-metadata.ts';

type Timestamp = Metadata<'timestamp'>;
const FILE = 'timestamp.json';

/** The one that is held goes on when the repository has the same version, whatever else it says there. */
export async function updateTimestamp(
  client: TufClient,
  root: Metadata<'root'>,
  startSeconds: number,
): Promise<Result<Timestamp, TufRefusal>> {
  const trusted = await readStored(client, 'timestamp', root);
  const came = await downloadTimestamp(client, root);
  if (!came.ok) return came;
  if (trusted !== null && came.value.signed.version === trusted.signed.version)
    return checkFreeze(trusted, startSeconds);
  const next = checkTimestampRollback(came.value, trusted);
  if (!next.ok) return next;
  const current = checkFreeze(next.value, startSeconds);
  if (current.ok) await client.store.write('timestamp', current.value.bytes);
  return current;
}

/** Sections 5.4.1 and 5.4.2. */
async function downloadTimestamp(
  { fetch, keys }: TufClient,
  root: Metadata<'root'>,
): Promise<Result<Timestamp, TufRefusal>> {
  const bytes = await downloadMetadata(fetch, 'timestamp', null, TUF_LIMITS.timestampBytes);
  if (!bytes.ok) return bytes;
  const timestamp = parseMetadata(bytes.value, 'timestamp');
  if (!timestamp.ok) return timestamp;
  const isSigned = await isSignedEnough(timestamp.value, root.signed.rolesByName.timestamp, keys);
  return isSigned ? timestamp : refuse('too-few-signatures', FILE);
}

/** Checks that neither the timestamp nor the snapshot that it names goes back (section 5.4.3). */
function checkTimestampRollback(came: Timestamp, trusted: Timestamp | null): Result<Timestamp, TufRefusal> {
  if (trusted === null) return ok(came);
  if (came.signed.version < trusted.signed.version)
    return refuse('rollback', FILE, `version ${came.signed.version} after ${trusted.signed.version}`);
  const [from, to] = [trusted.signed.snapshot.version, came.signed.snapshot.version];
  return to < from ? refuse('rollback', FILE, `snapshot ${to} after ${from}`) : ok(came);
}
