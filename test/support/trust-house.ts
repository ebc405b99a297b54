// Everything that judges passes at one site, made and handed out by the real parts: the repository (trust-desk.ts), the
// site's settings, issuers that sign passes, their status lists. What is handed out can be kept, to be played again later.

import { deflateSync } from 'node:zlib';
import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { sha256 } from '../../src/core/bytes/sha256.ts';
import { chooseEngine, type Ed25519Engine } from '../../src/core/signature/engine.ts';
import { createSigner, SEED_BYTES, type Signer } from '../../src/core/signature/signer.ts';
import type { TrustSource } from '../../src/core/trust/held/ports.ts';
import { encodeDocument, type JsonEntry } from '../../src/core/trust/publish/edit-document.ts';
import type { SiteSettings } from '../../src/core/trust/settings/settings.ts';
import { signSettings } from '../../src/core/trust/settings/signed-settings.ts';
import { signStatusToken } from '../../src/core/trust/status/status-token.ts';
import { rulesetFile } from '../../src/core/trust/targets/targets.ts';
import type { Policy } from '../../src/core/trust/trust.ts';
import type { FetchAnswer } from '../../src/core/trust/tuf/ports.ts';
import { TEST_RULESET_NUMBER, type TestIssuer } from './test-issuer.ts';
import { heldList, type StatusChanges, TEST_LIST, TEST_POLICY, TEST_SITE } from './test-trust.ts';
import { DAY_SECONDS, type Holder, issuerEntry, standardPolicy, TrustDesk } from './trust-desk.ts';

/** All that a server hands out at one moment. */
export interface Handed {
  /** The published folder. */
  readonly files: ReadonlyMap<string, Bytes>;
  readonly settings: Bytes | null;
  /** Tokens by 'ISSUER/LIST'. */
  readonly listsByPlace: ReadonlyMap<string, Bytes>;
}

/** What the network makes of a request: 'repository timestamp.json', 'settings', 'status city/7'. Null: nothing. */
export type Meddle = (request: string) => FetchAnswer | null;

export function sourceOf(handed: Handed, meddle: Meddle = () => null): TrustSource {
  const answer = async (request: string, bytes: Bytes | null, maxBytes: number): Promise<FetchAnswer> => {
    const meddled = meddle(request);
    const given = meddled ?? (bytes === null ? { kind: 'not-found' } : { kind: 'bytes', bytes });
    return given.kind === 'bytes' && given.bytes.length > maxBytes ? { kind: 'too-large' } : given;
  };
  return {
    repository: {
      fetch: ({ path }, maxBytes) => answer(`repository ${path}`, handed.files.get(path) ?? null, maxBytes),
    },
    fetchSettings: (maxBytes) => answer('settings', handed.settings, maxBytes),
    fetchStatusList: (issuer, list, maxBytes) =>
      answer(`status ${issuer}/${list}`, handed.listsByPlace.get(`${issuer}/${list}`) ?? null, maxBytes),
  };
}

/** What keys the server and the lists of a house have; another number is another key. */
export type HouseKey = 'settings' | 'settings-2' | 'time' | 'time-2' | 'receipt' | 'status' | 'status-2';
const HOUSE_KEYS: readonly HouseKey[] = [
  'settings',
  'settings-2',
  'time',
  'time-2',
  'receipt',
  'status',
  'status-2',
];

export class TrustHouse {
  /** Entries of issuers.json by id; change them, then publish. */
  readonly issuersById = new Map<string, JsonEntry>();
  servers: readonly JsonEntry[];
  policies: readonly JsonEntry[] = [standardPolicy()];
  rules: JsonEntry = HEALTH_RULES;
  settingsBy: Signer;
  listsBy: Signer;
  settingsVersion = 0;
  #settings: Bytes | null = null;
  readonly #listsByPlace = new Map<string, Bytes>();

  private constructor(
    readonly desk: TrustDesk,
    readonly engine: Ed25519Engine,
    readonly signers: Readonly<Record<HouseKey, Signer>>,
  ) {
    this.servers = [this.serverEntry()];
    this.settingsBy = signers.settings;
    this.listsBy = signers.status;
  }

  /** A root and first documents are published, the site's settings signed; there is no issuer yet. */
  static async open(): Promise<TrustHouse> {
    signersOnce ??= createHouseSigners();
    const house = new TrustHouse(await TrustDesk.open(), await chooseEngine(), await signersOnce);
    await house.desk.stageRoot();
    await house.publish();
    await house.setPolicy();
    return house;
  }

  get nowSeconds(): number {
    return this.desk.nowSeconds;
  }

  serverEntry = (overrides: JsonEntry = {}): JsonEntry => ({
    site: TEST_SITE.id,
    class: 'standard',
    settingsKeys: this.keys('settings'),
    receiptKeys: this.keys('receipt'),
    timeKeys: this.keys('time'),
    ...overrides,
  });

  /** In hexadecimal. */
  keys = (...names: readonly HouseKey[]): readonly string[] =>
    names.map((name) => encodeHex(this.signers[name].publicKey));

  /** The entry of an issuer with its keys, its rule set, and list 7. */
  entryOf = ({ issuer }: TestIssuer, overrides: JsonEntry = {}): JsonEntry =>
    issuerEntry(issuer.id, {
      keys: issuer.keys.map((key) => ({
        ...key,
        publicKey: encodeHex(key.publicKey),
        isEmergency: true,
      })),
      rulesets: [{ number: TEST_RULESET_NUMBER, id: 'health' }],
      statusLists: [{ list: TEST_LIST, uri: listUri(issuer.id), keys: this.keys('status') }],
      ...overrides,
    });

  /** Signed by two of three. Throws on documents that are not in order. */
  async publish(online: Holder = 'server'): Promise<void> {
    await this.#stage();
    await this.desk.sign('anna', 'ben');
    const published = await this.desk.publish(online);
    if (!published.ok) throw new Error(`not published: ${JSON.stringify(published.error)}`);
  }

  /** Signed by all who can sign, whatever it says: what no tool would let them publish. */
  async publishUnchecked(edit: (files: Map<string, Bytes>) => unknown = () => {}): Promise<void> {
    await this.#stage(edit);
    await this.desk.sign('anna', 'ben', 'carol');
    await this.desk.publishUnchecked();
  }

  #stage(edit: (files: Map<string, Bytes>) => unknown = () => {}): Promise<void> {
    return this.desk.stageFiles((files) => {
      files.clear();
      files.set('issuers.json', encodeDocument({ format: 1, issuers: [...this.issuersById.values()] }));
      files.set('policies.json', encodeDocument({ format: 1, policies: this.policies }));
      files.set('servers.json', encodeDocument({ format: 1, servers: this.servers }));
      files.set(rulesetFile('health'), encodeDocument(this.rules));
      edit(files);
    });
  }

  /** The next settings of the site. */
  async setPolicy(policy: Partial<Policy> = {}, overrides: Partial<SiteSettings> = {}): Promise<void> {
    this.settingsVersion += 1;
    const settings: SiteSettings = {
      version: this.settingsVersion,
      issuedAt: this.nowSeconds,
      site: TEST_SITE,
      policy: { ...TEST_POLICY, ...policy },
      ...overrides,
    };
    this.#settings = await signSettings(settings, this.settingsBy);
  }

  /** That issuer's list 7 as of now, all valid but for these. */
  async publishList(issuer: string, changes: StatusChanges = [], issuedAt = this.nowSeconds): Promise<void> {
    const list = heldList(changes, {
      uri: listUri(issuer),
      issuedAt,
      expiresAt: issuedAt + 7 * DAY_SECONDS,
      ttlSeconds: 3600,
    });
    this.#listsByPlace.set(`${issuer}/${TEST_LIST}`, await signStatusToken(list, this.listsBy, deflateSync));
  }

  hand = (): Handed => ({
    files: new Map(this.desk.publishedFolder.files),
    settings: this.#settings,
    listsByPlace: new Map(this.#listsByPlace),
  });

  async rootHash(): Promise<Bytes> {
    return sha256(this.file('1.root.json'));
  }

  file(name: string): Bytes {
    const bytes = this.desk.publishedFolder.files.get(name);
    if (bytes === undefined) throw new Error(`${name} was never published`);
    return bytes;
  }
}

export const listUri = (issuer: string): string => `https://${issuer}.example/status/${TEST_LIST}`;

const HEALTH_RULES = {
  format: 1,
  id: 'health',
  name: 'Building health rules',
  version: 1,
  reasons: [{ number: 1, text: { en: 'No symptoms reported' }, next: { en: 'Let them in' } }],
};

let signersOnce: Promise<Readonly<Record<HouseKey, Signer>>> | null = null;

async function createHouseSigners(): Promise<Readonly<Record<HouseKey, Signer>>> {
  const entries = await Promise.all(
    HOUSE_KEYS.map(async (name, at) => {
      const seed = new Uint8Array(SEED_BYTES).fill(0x48);
      new DataView(seed.buffer).setUint32(0, at);
      return [name, await createSigner(seed)] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<HouseKey, Signer>;
}
