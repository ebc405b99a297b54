// The four roles' metadata as files (The Update Framework 1.0, section 4), without signatures yet. Key ids are the
// SHA-256 of the canonical key; who holds a key stands beside it, so that those who sign see people, not numbers.

import { type Bytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { sha256 } from '../../bytes/sha256.ts';
import { encodeCanonicalJson } from '../tuf/canonical-json.ts';
import type { RoleName } from '../tuf/metadata.ts';
import { ROLE_TERMS } from './role-terms.ts';

const SPEC_VERSION = '1.0.31';
/** The field of a key that names its holder; clients leave it alone. */
export const HOLDER_FIELD = 'x-gatelight-holder';

export interface HeldKey {
  /** Whose key it is: 'anna', 'server'. */
  readonly holder: string;
  readonly publicKey: Bytes;
}

export interface RootKeys {
  /** They sign root, targets and snapshot. */
  readonly offline: readonly HeldKey[];
  /** They sign the timestamp. */
  readonly online: readonly HeldKey[];
}

export interface Term {
  readonly version: number;
  readonly expiresAt: number;
}

export async function buildRoot(term: Term, { offline, online }: RootKeys): Promise<Bytes> {
  const [offlineIds, onlineIds] = [await idsOf(offline), await idsOf(online)];
  const keys = [...offline, ...online].map(({ holder, publicKey }, at): [string, object] => [
    [...offlineIds, ...onlineIds][at] ?? '',
    { ...keyObject(publicKey), [HOLDER_FIELD]: holder },
  ]);
  const role = (name: RoleName, keyids: readonly string[]) => ({
    keyids,
    threshold: ROLE_TERMS[name].threshold,
  });
  return unsigned('root', term, {
    consistent_snapshot: true,
    keys: Object.fromEntries(keys),
    roles: {
      root: role('root', offlineIds),
      timestamp: role('timestamp', onlineIds),
      snapshot: role('snapshot', offlineIds),
      targets: role('targets', offlineIds),
    },
  });
}

export async function buildTargets(term: Term, filesByName: ReadonlyMap<string, Bytes>): Promise<Bytes> {
  const targets: Record<string, object> = {};
  for (const [name, bytes] of [...filesByName].sort(([a], [b]) => (a < b ? -1 : 1)))
    targets[name] = { length: bytes.length, hashes: { sha256: await hashHex(bytes) } };
  return unsigned('targets', term, { targets });
}

/** Names the targets file by its version alone: its bytes grow with every signature. */
export const buildSnapshot = (term: Term, targetsVersion: number): Bytes =>
  unsigned('snapshot', term, { meta: { 'targets.json': { version: targetsVersion } } });

export async function buildTimestamp(
  term: Term,
  snapshot: { readonly version: number; readonly bytes: Bytes },
): Promise<Bytes> {
  const { version, bytes } = snapshot;
  const file = { version, length: bytes.length, hashes: { sha256: await hashHex(bytes) } };
  return unsigned('timestamp', term, { meta: { 'snapshot.json': file } });
}

export async function keyIdOf(publicKey: Bytes): Promise<string> {
  const canonical = encodeCanonicalJson(keyObject(publicKey));
  if (!canonical.ok) throw new Error(`a key has no canonical form: ${canonical.error}`);
  return hashHex(canonical.value);
}

/** '2027-01-31T12:00:00Z', the only form in which metadata names a moment. */
export const isoMoment = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

export const hashHex = async (bytes: Bytes): Promise<string> => encodeHex(await sha256(bytes));

/** A metadata file as it is written everywhere: for people to read as well, with a line's end. */
export const encodeMetadataFile = (signed: unknown, signatures: readonly object[]): Bytes =>
  utf8ToBytes(`${JSON.stringify({ signatures, signed }, null, 1)}\n`);

function unsigned(role: RoleName, { version, expiresAt }: Term, content: object): Bytes {
  const frame = { _type: role, spec_version: SPEC_VERSION, version, expires: isoMoment(expiresAt) };
  return encodeMetadataFile({ ...frame, ...content }, []);
}

const keyObject = (publicKey: Bytes) => ({
  keytype: 'ed25519',
  scheme: 'ed25519',
  keyval: { public: encodeHex(publicKey) },
});

const idsOf = (keys: readonly HeldKey[]): Promise<readonly string[]> =>
  Promise.all(keys.map(({ publicKey }) => keyIdOf(publicKey)));
