// Metadata from a repository, hostile until its signatures are counted: strict about every field that is used, and
// content with unknown ones, which are signed with the rest. Refuses what is no UTF-8 or JSON, duplicate signatures and
// key ids, versions that are no whole numbers from 1, dates that do not exist. Key ids need not be the hash of their key.

import type { Bytes } from '../../bytes/bytes.ts';
import { ok, type Result } from '../../result.ts';
import { encodeCanonicalJson } from './canonical-json.ts';
import {
  type JsonObject,
  Misshapen,
  readList,
  readMoment,
  readObject,
  readText,
  readWhole,
} from './json-reader.ts';
import { TUF_LIMITS } from './limits.ts';
import {
  fileNameOf,
  type Hashes,
  type Metadata,
  type MetaFile,
  ROLE_NAMES,
  type Role,
  type RoleName,
  type RootSigned,
  type SignedByRole,
  type SnapshotSigned,
  type TargetFile,
  type TargetsSigned,
  type TimestampSigned,
  type TufKey,
} from './metadata.ts';
import { refuse, type TufRefusal } from './refusal.ts';

export function parseMetadata<R extends RoleName>(bytes: Bytes, role: R): Result<Metadata<R>, TufRefusal> {
  const json = parseJson(bytes);
  if (json === undefined) return refuse('not-json', fileNameOf(role));
  try {
    const frame = readObject(json, 'the file');
    const signed = readObject(frame.signed, 'signed');
    const signatures = readSignatures(frame.signatures);
    const signedBytes = encodeCanonicalJson(signed);
    if (!signedBytes.ok) throw new Misshapen('malformed', `signed: ${signedBytes.error}`);
    return ok({
      role,
      signed: readSigned(signed, role),
      signatures,
      signedBytes: signedBytes.value,
      bytes,
    });
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return refuse(error.code, fileNameOf(role), error.place);
  }
}

function parseJson(bytes: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function readSignatures(value: unknown): ReadonlyMap<string, string> {
  const signatures = new Map<string, string>();
  for (const item of readList(value, 'signatures')) {
    const entry = readObject(item, 'signatures');
    const id = readText(entry.keyid, 'signatures: keyid');
    if (signatures.has(id)) throw new Misshapen('duplicate-signature', id);
    signatures.set(id, readText(entry.sig, 'signatures: sig'));
  }
  return signatures;
}

const READERS: {
  readonly [R in RoleName]: (signed: JsonObject) => Omit<SignedByRole[R], 'version' | 'expiresAt'>;
} = {
  root: readRoot,
  timestamp: readTimestamp,
  snapshot: readSnapshot,
  targets: readTargets,
};

function readSigned<R extends RoleName>(signed: JsonObject, role: R): SignedByRole[R] {
  if (signed._type !== role) throw new Misshapen('wrong-type', '_type');
  const spec = readText(signed.spec_version, 'spec_version');
  if (!/^1\.\d{1,4}(\.\d{1,4})?$/.test(spec)) throw new Misshapen('other-spec', spec.slice(0, 20));
  const version = readVersion(signed.version, 'version');
  const expiresAt = readMoment(signed.expires, 'expires');
  return { version, expiresAt, ...READERS[role](signed) } as SignedByRole[R];
}

function readVersion(value: unknown, place: string): number {
  if (typeof value === 'number' && value > TUF_LIMITS.version) throw new Misshapen('fast-forward', place);
  return readWhole(value, 1, place);
}

function readRoot(signed: JsonObject): Omit<RootSigned, 'version' | 'expiresAt'> {
  const consistent = signed.consistent_snapshot ?? false;
  if (typeof consistent !== 'boolean') throw new Misshapen('malformed', 'consistent_snapshot');
  const keysById = new Map(
    Object.entries(readObject(signed.keys, 'keys')).map(([id, key]) => [id, readKey(id, key)]),
  );
  const roles = readObject(signed.roles, 'roles');
  const [root, timestamp, snapshot, targets] = ROLE_NAMES.map((name) =>
    readRole(roles[name], keysById, `roles: ${name}`),
  ) as [Role, Role, Role, Role];
  return { isConsistent: consistent, rolesByName: { root, timestamp, snapshot, targets } };
}

function readKey(id: string, value: unknown): TufKey {
  const place = `keys: ${id.slice(0, 64)}`;
  const key = readObject(value, place);
  const keyval = readObject(key.keyval, place);
  return {
    id,
    type: readText(key.keytype, place),
    scheme: readText(key.scheme, place),
    public: readText(keyval.public, place),
  };
}

function readRole(value: unknown, keysById: ReadonlyMap<string, TufKey>, place: string): Role {
  const role = readObject(value, place);
  const ids = readList(role.keyids, place).map((id) => readText(id, place));
  if (new Set(ids).size !== ids.length) throw new Misshapen('duplicate-key', place);
  return {
    keys: ids.flatMap((id) => keysById.get(id) ?? []),
    threshold: readWhole(role.threshold, 1, place),
  };
}

function readTimestamp(signed: JsonObject): Omit<TimestampSigned, 'version' | 'expiresAt'> {
  const meta = readObject(signed.meta, 'meta');
  return { snapshot: readMetaFile(meta['snapshot.json'], 'meta: snapshot.json') };
}

function readSnapshot(signed: JsonObject): Omit<SnapshotSigned, 'version' | 'expiresAt'> {
  const meta = readObject(signed.meta, 'meta');
  const filesByName = new Map(
    Object.entries(meta).map(([name, file]) => [name, readMetaFile(file, `meta: ${name.slice(0, 64)}`)]),
  );
  const targets = filesByName.get('targets.json');
  if (targets === undefined) throw new Misshapen('malformed', 'meta: targets.json');
  return { filesByName, targets };
}

function readMetaFile(value: unknown, place: string): MetaFile {
  const file = readObject(value, place);
  const [length, hashes] = [file.length, file.hashes];
  return {
    version: readVersion(file.version, place),
    length: length === undefined ? null : readWhole(length, 1, place),
    hashes: hashes === undefined ? null : readHashes(hashes, place),
  };
}

function readTargets(signed: JsonObject): Omit<TargetsSigned, 'version' | 'expiresAt'> {
  const targets = Object.entries(readObject(signed.targets, 'targets'));
  return { filesByName: new Map(targets.map(([name, file]) => [name, readTargetFile(name, file)])) };
}

function readTargetFile(name: string, value: unknown): TargetFile {
  const place = `targets: ${name.slice(0, 64)}`;
  const file = readObject(value, place);
  return {
    length: readWhole(file.length, 0, place),
    hashes: readHashes(file.hashes, place),
  };
}

function readHashes(value: unknown, place: string): Hashes {
  const entries = Object.entries(readObject(value, place));
  if (entries.length === 0) throw new Misshapen('malformed', place);
  return new Map(entries.map(([algorithm, hash]) => [algorithm, readText(hash, place).toLowerCase()]));
}
