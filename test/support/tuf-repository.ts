// A TUF repository that really signs, in memory: four drafts to be changed at will, and what was published of them. Its
// keys exist in tests only.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { sha256 } from '../../src/core/bytes/sha256.ts';
import { createSigner, SEED_BYTES, type Signer } from '../../src/core/signature/signer.ts';
import { encodeCanonicalJson } from '../../src/core/trust/tuf/canonical-json.ts';
import { ROLE_NAMES, type RoleName } from '../../src/core/trust/tuf/metadata.ts';
import type { TufFetch } from '../../src/core/trust/tuf/ports.ts';

/** 2026-03-01T09:00:00Z */
export const TUF_NOW_SECONDS = 1_772_355_600;
const DAY_SECONDS = 86_400;
const LIFE_DAYS: Readonly<Record<RoleName, number>> = { root: 365, timestamp: 1, snapshot: 7, targets: 30 };

export interface TufSigner extends Pick<Signer, 'sign'> {
  readonly keyId: string;
  readonly key: KeyJson;
}

interface KeyJson {
  keytype: string;
  scheme: string;
  keyval: { public: string };
}

export interface MetaJson {
  version: number;
  length?: number;
  hashes?: Record<string, string>;
}

interface Common {
  _type: string;
  spec_version: string;
  version: number;
  expires: string;
  [unknown: string]: unknown;
}

export interface Drafts {
  root: Common & {
    consistent_snapshot: boolean;
    keys: Record<string, KeyJson>;
    roles: Record<string, { keyids: string[]; threshold: number }>;
  };
  timestamp: Common & { meta: Record<string, MetaJson> };
  snapshot: Common & { meta: Record<string, MetaJson> };
  targets: Common & { targets: Record<string, { length: number; hashes: Record<string, string> }> };
}

/** Any number; the same gives the same key. */
export async function createTufSigner(number: number): Promise<TufSigner> {
  const seed = new Uint8Array(SEED_BYTES).fill(0x55);
  new DataView(seed.buffer).setUint32(0, number);
  const signer = await createSigner(seed);
  const key = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: encodeHex(signer.publicKey) } };
  return tufSignerOf(key, signer.sign);
}

export const tufSignerOf = async (key: KeyJson, sign: Signer['sign']): Promise<TufSigner> => ({
  key,
  keyId: encodeHex(await sha256(canonical(key))),
  sign,
});

export const momentOf = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

const canonical = (value: unknown): Bytes => {
  const bytes = encodeCanonicalJson(value);
  if (!bytes.ok) throw new Error(`cannot be signed: ${bytes.error}`);
  return bytes.value;
};

export class TufRepository {
  /** What is served: 'metadata/1.root.json', 'targets/HASH.name'. */
  readonly served = new Map<string, Bytes>();
  /** Every path that was asked for. */
  readonly asked: string[] = [];
  readonly drafts: Drafts;
  readonly signers: Record<RoleName, TufSigner[]> = { root: [], timestamp: [], snapshot: [], targets: [] };
  /** Whether timestamp and snapshot name lengths and hashes, too. */
  isHashing = false;

  private constructor(nowSeconds: number) {
    const common = (role: RoleName): Common => ({
      _type: role,
      spec_version: '1.0.31',
      version: 0,
      expires: momentOf(nowSeconds + LIFE_DAYS[role] * DAY_SECONDS),
    });
    this.drafts = {
      root: { ...common('root'), consistent_snapshot: true, keys: {}, roles: {} },
      timestamp: { ...common('timestamp'), meta: {} },
      snapshot: { ...common('snapshot'), meta: {} },
      targets: { ...common('targets'), targets: {} },
    };
  }

  /** Root and targets 2 of 3, timestamp and snapshot 1 of 1; everything is published once. */
  static async open(nowSeconds = TUF_NOW_SECONDS): Promise<TufRepository> {
    const repository = new TufRepository(nowSeconds);
    const first: Readonly<Record<RoleName, readonly number[]>> = {
      root: [1, 2, 3],
      timestamp: [11],
      snapshot: [21],
      targets: [31, 32, 33],
    };
    for (const role of ROLE_NAMES) {
      const signers = await Promise.all(first[role].map(createTufSigner));
      repository.appoint(role, signers, Math.min(2, signers.length));
    }
    await repository.publish('root', 'targets', 'snapshot', 'timestamp');
    return repository;
  }

  /** Names the keys of a role, in the draft of the root; they sign from now on. */
  appoint(role: RoleName, signers: readonly TufSigner[], threshold: number): void {
    this.signers[role] = [...signers];
    for (const { keyId, key } of signers) this.drafts.root.keys[keyId] = key;
    this.drafts.root.roles[role] = { keyids: signers.map(({ keyId }) => keyId), threshold };
  }

  async addFile(name: string, bytes: Bytes): Promise<void> {
    const hash = encodeHex(await sha256(bytes));
    this.drafts.targets.targets[name] = { length: bytes.length, hashes: { sha256: hash } };
    const parts = name.split('/');
    const last = parts.pop();
    this.served.set(`targets/${[...parts, `${hash}.${last}`].map(encodeURIComponent).join('/')}`, bytes);
  }

  /** Each in turn with the next version, named by the role above it. */
  async publish(...roles: readonly RoleName[]): Promise<void> {
    for (const role of roles) {
      this.drafts[role].version += 1;
      await this.serve(role, await this.sign(role));
    }
  }

  /** The whole round after a change of files. */
  publishAll(): Promise<void> {
    return this.publish('targets', 'snapshot', 'timestamp');
  }

  /** The draft as it stands, signed by its signers or others. */
  async sign(role: RoleName, signers: readonly Signed[] = this.signers[role]): Promise<Bytes> {
    const signed = structuredClone(this.drafts[role]);
    const message = canonical(signed);
    const signatures = await Promise.all(
      signers.map(async ({ keyId, sign }) => ({ keyid: keyId, sig: encodeHex(await sign(message)) })),
    );
    return utf8ToBytes(JSON.stringify({ signatures, signed }, null, 1));
  }

  async serve(role: RoleName, bytes: Bytes, version = this.drafts[role].version): Promise<void> {
    const name = role === 'timestamp' ? 'timestamp.json' : `${version}.${role}.json`;
    this.served.set(`metadata/${name}`, bytes);
    const meta: MetaJson = { version };
    if (this.isHashing) {
      meta.length = bytes.length;
      meta.hashes = { sha256: encodeHex(await sha256(bytes)) };
    }
    if (role === 'targets') this.drafts.snapshot.meta['targets.json'] = meta;
    if (role === 'snapshot') this.drafts.timestamp.meta['snapshot.json'] = meta;
  }

  metadata(file: string): Bytes {
    const bytes = this.served.get(`metadata/${file}`);
    if (bytes === undefined) throw new Error(`${file} was never published`);
    return bytes;
  }

  /** As a good mirror answers; a limit is the client's own affair. */
  readonly fetch: TufFetch = {
    fetch: async ({ kind, path }) => {
      const place = `${kind === 'target' ? 'targets' : 'metadata'}/${path}`;
      this.asked.push(place);
      const bytes = this.served.get(place);
      return bytes === undefined ? { kind: 'not-found' } : { kind: 'bytes', bytes };
    },
  };
}

type Signed = Pick<TufSigner, 'keyId' | 'sign'>;
