// Trust that is made, signed and published in memory by the real parts. The keys of anna, ben, carol, dora and two
// servers exist in tests only.

import { type Bytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import { createSigner, SEED_BYTES, type Signer } from '../../src/core/signature/signer.ts';
import { type HeldKey, hashHex, type RootKeys } from '../../src/core/trust/publish/build-metadata.ts';
import {
  FIRST_FILES,
  type JsonEntry,
  putEntry,
  STANDARD_POLICY,
} from '../../src/core/trust/publish/edit-document.ts';
import type { RepositoryFolder } from '../../src/core/trust/publish/folder.ts';
import { publishStaged } from '../../src/core/trust/publish/publish-staged.ts';
import { reSignTimestamp } from '../../src/core/trust/publish/re-sign-timestamp.ts';
import {
  type Published,
  publishedPath,
  readPublished,
  versionedName,
} from '../../src/core/trust/publish/read-published.ts';
import { signStaged } from '../../src/core/trust/publish/sign-staged.ts';
import { stageFiles, stageRoot } from '../../src/core/trust/publish/stage-change.ts';
import { clearStaged, filesToEdit, readStaged, type Staged } from '../../src/core/trust/publish/staged.ts';
import { ISSUERS_FILE } from '../../src/core/trust/targets/targets.ts';
import { ed25519Keys } from '../../src/core/trust/tuf/ed25519-keys.ts';
import type { KeyEngine, TufFetch } from '../../src/core/trust/tuf/ports.ts';

/** 2026-03-01T09:00:00Z */
export const DESK_NOW_SECONDS = 1_772_355_600;
export const DAY_SECONDS = 86_400;
export const HOLDERS = ['anna', 'ben', 'carol', 'dora', 'server', 'server-2'] as const;
export type Holder = (typeof HOLDERS)[number];

export class BrokenOff extends Error {}

/** A folder in memory. It can stop for good before its Nth change, as a process does that is killed. */
export class MemoryFolder implements RepositoryFolder {
  readonly files = new Map<string, Bytes>();
  readonly changes: string[] = [];
  stopBefore = Number.POSITIVE_INFINITY;
  /** After each change, with its words. */
  afterChange: (change: string) => Promise<void> = async () => {};

  list = async (): Promise<readonly string[]> => [...this.files.keys()].sort();
  read = async (name: string): Promise<Bytes | null> => this.files.get(name) ?? null;
  write = (name: string, bytes: Bytes): Promise<void> =>
    this.#change(`write ${name}`, () => this.files.set(name, bytes));
  remove = (name: string): Promise<void> => this.#change(`remove ${name}`, () => this.files.delete(name));

  async #change(words: string, make: () => void): Promise<void> {
    if (this.changes.length + 1 >= this.stopBefore) throw new BrokenOff(words);
    this.changes.push(words);
    make();
    await this.afterChange(words);
  }
}

export class TrustDesk {
  readonly stagedFolder = new MemoryFolder();
  readonly publishedFolder = new MemoryFolder();
  nowSeconds = DESK_NOW_SECONDS;

  private constructor(
    readonly keys: KeyEngine,
    readonly signers: Readonly<Record<Holder, Signer>>,
  ) {}

  static async open(): Promise<TrustDesk> {
    signersOnce ??= createSigners();
    return new TrustDesk(ed25519Keys(await chooseEngine()), await signersOnce);
  }

  key = (holder: Holder): HeldKey => ({ holder, publicKey: this.signers[holder].publicKey });

  keysOf = (offline: readonly Holder[], online: readonly Holder[]): RootKeys => ({
    offline: offline.map(this.key),
    online: online.map(this.key),
  });

  async published(): Promise<Published | null> {
    const read = await readPublished(this.publishedFolder, this.keys);
    if (!read.ok) throw new Error(`${read.error.file}: ${read.error.code}`);
    return read.value;
  }

  async staged(): Promise<Staged> {
    const read = await readStaged(this.stagedFolder);
    if (!read.ok) throw new Error(`${read.error.file}: ${read.error.code}`);
    if (read.value === null) throw new Error('nothing is staged');
    return read.value;
  }

  async stageRoot(keys = this.keysOf(['anna', 'ben', 'carol'], ['server'])): Promise<void> {
    await stageRoot(await this.#stage(), keys);
  }

  /** Nothing but the first, empty files, with bounds for 'standard', unless there are others. */
  async stageFiles(edit: (files: Map<string, Bytes>) => unknown = () => {}): Promise<void> {
    const stage = await this.#stage();
    const files = new Map(filesToEdit(stage.published, stage.staged));
    if (files.size === 0) for (const [name, bytes] of FIRST_FILES) files.set(name, bytes);
    edit(files);
    await stageFiles(stage, files);
  }

  stageIssuer = (entry: JsonEntry): Promise<void> =>
    this.stageFiles((files) =>
      files.set(ISSUERS_FILE, putEntry(files.get(ISSUERS_FILE) ?? utf8ToBytes(''), 'issuers', entry)),
    );

  /** The roles that each of them signed. */
  async sign(...holders: readonly Holder[]): Promise<readonly (readonly string[])[]> {
    const roles: (readonly string[])[] = [];
    for (const holder of holders)
      roles.push(
        await signStaged(
          this.stagedFolder,
          await this.published(),
          await this.staged(),
          this.signers[holder],
        ),
      );
    return roles;
  }

  publication = async (online: Holder) => ({
    publishedFolder: this.publishedFolder,
    stagedFolder: this.stagedFolder,
    published: await this.published(),
    staged: await this.staged(),
    online: this.signers[online],
    keys: this.keys,
    nowSeconds: () => this.nowSeconds,
  });

  publish = async (online: Holder = 'server') => publishStaged(await this.publication(online));

  /** Without a look at what it says: what no tool lets anybody publish. */
  async publishUnchecked(online: Holder = 'server'): Promise<void> {
    const { content } = await this.staged();
    if (content === null) throw new Error('no content is staged');
    for (const [name, bytes] of content.filesByName)
      await this.publishedFolder.write(publishedPath(name, await hashHex(bytes)), bytes);
    for (const metadata of [content.targets, content.snapshot])
      await this.publishedFolder.write(versionedName(metadata), metadata.bytes);
    await this.reSign(online);
    await clearStaged(this.stagedFolder);
  }

  /** As that server's clock says, whoever holds its key. */
  async reSign(online: Holder = 'server', nowSeconds = this.nowSeconds): Promise<void> {
    const { publishedFolder: folder, keys } = this;
    const desk = { folder, signer: this.signers[online], keys, nowSeconds: () => nowSeconds };
    const signed = await reSignTimestamp(desk);
    if (!signed.ok) throw new Error(`not signed: ${signed.error.code}: ${signed.error.detail}`);
  }

  /** A first publication: root, empty lists, the bounds of one class. */
  async begin(): Promise<void> {
    await this.stageRoot();
    await this.stageFiles();
    await this.sign('anna', 'ben');
    const published = await this.publish();
    if (!published.ok) throw new Error(`not published: ${published.error.kind}`);
  }

  get fetch(): TufFetch {
    const { files } = this.publishedFolder;
    return {
      async fetch({ path }) {
        const bytes = files.get(path);
        return bytes === undefined ? { kind: 'not-found' } : { kind: 'bytes', bytes };
      },
    };
  }

  async #stage() {
    const read = await readStaged(this.stagedFolder);
    if (!read.ok) throw new Error(`${read.error.file}: ${read.error.code}`);
    return {
      folder: this.stagedFolder,
      published: await this.published(),
      staged: read.value,
      nowSeconds: this.nowSeconds,
    };
  }
}

export const standardPolicy = (overrides: JsonEntry = {}): JsonEntry => ({
  ...STANDARD_POLICY,
  ...overrides,
});

/** Another number is another key. */
export const issuerKey = (number: number, overrides: JsonEntry = {}): JsonEntry => ({
  publicKey: encodeHex(new Uint8Array(32).fill(number)),
  algorithm: 'Ed25519',
  validFrom: DESK_NOW_SECONDS + 8 * DAY_SECONDS,
  validUntil: DESK_NOW_SECONDS + 400 * DAY_SECONDS,
  ...overrides,
});

export const issuerEntry = (id: string, overrides: JsonEntry = {}): JsonEntry => ({
  id,
  name: { en: `Issuer ${id}` },
  appeal: { en: 'Health desk, ground floor' },
  scope: 'all',
  isTest: false,
  isSmall: false,
  keys: [issuerKey(1)],
  statusLists: 'none',
  rulesets: [],
  ...overrides,
});

let signersOnce: Promise<Readonly<Record<Holder, Signer>>> | null = null;

async function createSigners(): Promise<Readonly<Record<Holder, Signer>>> {
  const signers = await Promise.all(
    HOLDERS.map(async (holder, at) => [holder, await createSigner(seedOf(at))] as const),
  );
  return Object.fromEntries(signers) as Record<Holder, Signer>;
}

function seedOf(number: number): Bytes {
  const seed = new Uint8Array(SEED_BYTES).fill(0x44);
  new DataView(seed.buffer).setUint32(0, number);
  return seed;
}
