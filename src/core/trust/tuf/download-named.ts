// Files whose version, and perhaps length and hashes, another role has already named: snapshot and targets.

import { ok, type Result } from '../../result.ts';
import { checkFile } from './check-file.ts';
import { isSignedEnough } from './count-signatures.ts';
import { downloadMetadata } from './download.ts';
import { fileNameOf, type Metadata, type MetaFile } from './metadata.ts';
import { parseMetadata } from './parse-metadata.ts';
import type { TufClient } from './ports.ts';
import { refuse, type TufRefusal } from './refusal.ts';

type NamedRole = 'snapshot' | 'targets';

/** Sections 5.5.1 to 5.5.4, and 5.6.1 to 5.6.4: hashes before signatures, then the version. */
export async function downloadNamed<R extends NamedRole>(
  { fetch, keys }: TufClient,
  role: R,
  root: Metadata<'root'>,
  claim: MetaFile,
  limitBytes: number,
): Promise<Result<Metadata<R>, TufRefusal>> {
  const file = fileNameOf(role);
  const inName = root.signed.isConsistent ? claim.version : null;
  const bytes = await downloadMetadata(fetch, role, inName, Math.min(limitBytes, claim.length ?? limitBytes));
  if (!bytes.ok) return bytes;
  const mismatch = await checkFile(bytes.value, claim);
  if (mismatch !== null) return refuse(mismatch, file);
  const metadata = parseMetadata(bytes.value, role);
  if (!metadata.ok) return metadata;
  if (!(await isSignedEnough(metadata.value, root.signed.rolesByName[role], keys)))
    return refuse('too-few-signatures', file);
  const { version } = metadata.value.signed;
  if (version !== claim.version)
    return refuse('wrong-version', file, `${version} instead of ${claim.version}`);
  return ok(metadata.value);
}

/** Whether what is held is the very file that is claimed: then there is nothing to ask for. */
export const isCurrent = async (held: Metadata<NamedRole>, claim: MetaFile): Promise<boolean> =>
  held.signed.version === claim.version && (await checkFile(held.bytes, claim)) === null;
