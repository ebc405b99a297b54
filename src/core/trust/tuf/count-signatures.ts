// The threshold rule: a role's metadata counts when enough different keys of that role have signed it. A key counts
// once, under however many ids it is listed. A bad signature beside enough good ones does no harm.

import { parseHex } from '../../bytes/hex.ts';
import type { Metadata, Role, RoleName } from './metadata.ts';
import type { KeyEngine } from './ports.ts';

/** Checks that `metadata` is signed by at least `role.threshold` different keys of `role`. */
export async function isSignedEnough(
  metadata: Pick<Metadata<RoleName>, 'signatures' | 'signedBytes'>,
  role: Role,
  keys: KeyEngine,
): Promise<boolean> {
  const signers = new Set<string>();
  for (const key of role.keys) {
    const identity = keys.identify(key);
    const signature = parseHex(metadata.signatures.get(key.id) ?? '');
    if (identity === null || !signature.ok || signature.value.length === 0) continue;
    if (await keys.verify(key, signature.value, metadata.signedBytes)) signers.add(identity);
    if (signers.size >= role.threshold) return true;
  }
  return false;
}

/** Whether two roles have the same keys, whatever their ids: if not, they were rotated. */
export function isSameKeys(a: Role, b: Role, keys: KeyEngine): boolean {
  const left = identitiesOf(a, keys);
  const right = identitiesOf(b, keys);
  return left.size === right.size && [...left].every((identity) => right.has(identity));
}

const identitiesOf = (role: Role, keys: KeyEngine): ReadonlySet<string> =>
  new Set(role.keys.map((key) => keys.identify(key) ?? `unusable ${key.type} ${key.scheme} ${key.public}`));
