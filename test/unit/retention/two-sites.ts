// Two sites of one server over several days: its real day keys on a disk, its real ingest on a real database, and a tablet
// at each site that seals and signs. Only the clock is virtual. Each evening a backup can be taken: the database, and the
// data folder without keys/.

import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { type DeviceSigner, openDeviceVerifier } from '../../../src/core/identity/device-key.ts';
import type { Head, LogIdentity } from '../../../src/core/log/envelope.ts';
import { pseudonymOf } from '../../../src/core/log/pseudonym.ts';
import { parseReceipt } from '../../../src/core/log/receipt.ts';
import { signBatch } from '../../../src/core/log/sealed/batch.ts';
import { openDayKeys, signDayKeys } from '../../../src/core/log/sealed/day-key-message.ts';
import { keyNameOf, openPseudonymKey } from '../../../src/core/log/sealed/day-keys.ts';
import { hashBeforeFirst } from '../../../src/core/log/sealed/envelope.ts';
import { createSealer } from '../../../src/core/log/sealed/sealer.ts';
import { boxKeyPairOf } from '../../../src/core/nacl/box.ts';
import type { PassId } from '../../../src/core/pass/pass.ts';
import { chooseEngine, type Ed25519Engine } from '../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../src/core/signature/signer.ts';
import type { Site } from '../../../src/core/trust/trust.ts';
import { type DayKeyBook, openDayKeyBook } from '../../../src/server/day-keys/day-key-book.ts';
import { ingestBatch } from '../../../src/server/ingest.ts';
import { openSession, type SqlTarget } from '../../../src/server/storage/sql.ts';
import { openStores, type Stores } from '../../../src/server/storage/stores.ts';
import { deviceOf, hashOf } from '../../support/test-batch.ts';
import { copyTestDatabase, createTestDatabase } from '../../support/test-database.ts';
import { testEd25519Device } from '../../support/test-device.ts';

export const SITES: readonly Site[] = ['lindenhof', 'westtor'].map((id) => ({
  id,
  name: id,
  timeZone: 'Europe/Berlin',
  dayStartMinutes: 240,
  gates: [{ id: 'gate-1', name: 'Gate 1' }],
}));
export const ISSUER = 'city';
export const RULES = { seenBeforeWindowSeconds: 900, retentionDays: 2 };
const BATCH = 500;

export const chance = (length: number): Bytes => new Uint8Array(randomBytes(length));

export interface Backup {
  readonly day: string;
  readonly database: SqlTarget;
  /** The data folder as it was, without keys/. */
  readonly folder: string;
}

interface Tablet {
  readonly identity: LogIdentity;
  readonly signer: DeviceSigner;
  head: Head;
  lastReceipt: Bytes | null;
}

export class TwoSites {
  readonly #engine: Ed25519Engine;
  readonly #receipt: Signer;
  readonly #tablets: ReadonlyMap<string, Tablet>;
  readonly #folders: string[];
  readonly folder: string;
  readonly database: SqlTarget;
  #stores: Stores;
  book: DayKeyBook;
  nowMs = 0;

  private constructor(parts: {
    engine: Ed25519Engine;
    receipt: Signer;
    tablets: ReadonlyMap<string, Tablet>;
    folder: string;
    database: SqlTarget;
    book: DayKeyBook;
  }) {
    this.#engine = parts.engine;
    this.#receipt = parts.receipt;
    this.#tablets = parts.tablets;
    this.folder = parts.folder;
    this.#folders = [parts.folder];
    this.database = parts.database;
    this.#stores = openStores(parts.database);
    this.book = parts.book;
  }

  static async open(): Promise<TwoSites> {
    const tablets = new Map<string, Tablet>();
    for (const [at, { id: site }] of SITES.entries()) {
      const identity = { site, device: deviceOf(at + 1), epoch: 1 };
      const head = { seq: 0, hash: await hashBeforeFirst(identity) };
      tablets.set(site, { identity, signer: await testEd25519Device(at + 1), head, lastReceipt: null });
    }
    const folder = await mkdtemp(join(tmpdir(), 'retention-'));
    const database = await createTestDatabase();
    const parts = { engine: await chooseEngine(), receipt: await createSigner(chance(32)), tablets, folder };
    const book = await openDayKeyBook(join(folder, 'keys'), chance, { monotonicMs: () => 0, say: () => {} });
    const sites = new TwoSites({ ...parts, database, book });
    await sites.reopenBook(join(folder, 'keys'));
    await sites.#stores.migrate();
    return sites;
  }

  /** Day keys of another folder, looked at by the virtual clock. */
  async reopenBook(folder: string): Promise<void> {
    const world = { monotonicMs: () => this.nowMs, say: () => {} };
    this.book = await openDayKeyBook(folder, chance, world);
  }

  /** What a server does at each minute, here once. */
  async look(nowMs: number): Promise<void> {
    this.nowMs = nowMs;
    await this.book.look(
      SITES.map((site) => ({ site, ...RULES })),
      nowMs,
    );
    for (const { id } of SITES) await this.#stores.log.dropSightings(id, this.book.pseudonymDays(id));
  }

  prepareDays = (days: readonly string[]): Promise<void> => this.#stores.log.prepareDays(days);

  /** All of them go through the site's gate, and their scans reach the server. */
  async scanAll(site: string, day: string, passes: readonly PassId[]): Promise<void> {
    const tablet = this.#tabletOf(site);
    const { sealKey, mac } = await this.#askForKeys(tablet, day);
    const sealer = createSealer(chance);
    let { seq, hash: prev } = tablet.head;
    let waiting: Bytes[] = [];
    for (const [at, pass] of passes.entries()) {
      const record = {
        kind: 'scan',
        minute: Math.floor(this.nowMs / 60_000) + Math.floor(at / 40),
        gate: 'gate-1',
        direction: 'in',
        verdict: 'admit',
        reason: 'ok',
        issuer: ISSUER,
        pseudonym: await pseudonymOf(ISSUER, pass, mac),
        isOwnKey: false,
        trustAgeHours: 1,
      } as const;
      const next = { identity: tablet.identity, seq: ++seq, dayKey: sealKey, atMs: at * 1500, prev, record };
      const sealing = sealer.seal(next);
      sealing.committed();
      prev = hashOf(sealing.envelope);
      waiting.push(sealing.envelope);
      if (waiting.length < BATCH && at < passes.length - 1) continue;
      await this.#send(tablet, waiting);
      waiting = [];
    }
    sealer.endSession();
  }

  async #askForKeys({ identity: { site, device } }: Tablet, day: string) {
    const own = boxKeyPairOf(chance(32));
    const address = { site, device, nonce: chance(16) };
    const keys = { sealKeys: this.book.sealKeys(site, day), pseudonymKeys: this.book.pseudonymKeys(site) };
    const answer = await signDayKeys(address, keys, own.publicKey, chance, this.#receipt);
    const trusted = [this.#receipt.publicKey];
    const given = await openDayKeys(answer, address, own.secretKey, trusted, this.#engine);
    if (!given.ok) throw new Error(given.error);
    const [seal] = given.value.sealKeys;
    const pseudonym = given.value.pseudonymKeys.find((key) => key.day === day);
    if (seal?.day !== day || pseudonym === undefined) throw new Error(`no keys for ${day}`);
    const sealKey = { site, ...seal, name: await keyNameOf(seal.publicKey) };
    return { sealKey, mac: await openPseudonymKey(pseudonym.key) };
  }

  async #send(tablet: Tablet, envelopes: readonly Bytes[]): Promise<void> {
    const { identity, signer, lastReceipt, head } = tablet;
    const batch = await signBatch(identity, head.seq + 1, envelopes, lastReceipt, signer);
    const site = SITES.find(({ id }) => id === identity.site);
    if (site === undefined) throw new Error('no such site');
    const answer = await ingestBatch(site, batch, {
      storage: this.#stores.log,
      engine: this.#engine,
      trust: {
        inUse: { server: { receiptKeys: [this.#receipt.publicKey] } },
        signers: { receipt: this.#receipt },
      },
      sealed: {
        deviceKeysOf: async () => [signer.publicKey],
        verifyDevice: openDeviceVerifier(this.#engine),
        findSealKey: this.book.findSealKey,
        rulesOf: () => RULES,
      },
      nowMs: () => this.nowMs,
    });
    if (answer.kind !== 'receipt' || answer.added !== envelopes.length) throw new Error(answer.kind);
    const receipt = parseReceipt(answer.bytes);
    if (!receipt.ok) throw new Error(receipt.error);
    tablet.lastReceipt = answer.bytes;
    tablet.head = { seq: receipt.value.upTo, hash: receipt.value.head };
  }

  /** The last receipt that the site's tablet holds. */
  headOf = (site: string): Head => this.#tabletOf(site).head;

  identityOf = (site: string): LogIdentity => this.#tabletOf(site).identity;

  #tabletOf(site: string): Tablet {
    const tablet = this.#tablets.get(site);
    if (tablet === undefined) throw new Error('no such site');
    return tablet;
  }

  async backUp(day: string): Promise<Backup> {
    await this.#stores.close();
    const database = await copyTestDatabase(this.database);
    this.#stores = openStores(this.database);
    return {
      day,
      database,
      folder: await this.copyFolder((path) => !path.startsWith(join(this.folder, 'keys'))),
    };
  }

  async copyFolder(isTaken: (path: string) => boolean): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'retention-copy-'));
    this.#folders.push(folder);
    await cp(this.folder, folder, { recursive: true, filter: isTaken });
    return folder;
  }

  async close(): Promise<void> {
    await this.#stores.close();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }
}

/** The envelopes of a site's tablet, as they lie in that database. */
export async function readLog(database: SqlTarget, site: string): Promise<readonly Bytes[]> {
  const session = openSession(database);
  try {
    const rows = await session.sql<{ envelope: Uint8Array }[]>`
      SELECT envelope FROM scan WHERE site_id = ${site} ORDER BY device_id, epoch, seq`;
    return rows.map(({ envelope }) => new Uint8Array(envelope));
  } finally {
    await session.close();
  }
}

/** Days of which sightings are kept, and how many. */
export async function countSightings(database: SqlTarget): Promise<readonly (readonly [string, number])[]> {
  const session = openSession(database);
  try {
    const rows = await session.sql<{ day: string; count: number }[]>`
      SELECT day::text AS day, count(*)::integer AS count FROM sighting GROUP BY day ORDER BY day`;
    return rows.map(({ day, count }) => [day, count] as const);
  } finally {
    await session.close();
  }
}

/** Every row of every table, as text; byte strings in hex. */
export async function readEverything(database: SqlTarget): Promise<string> {
  const session = openSession(database);
  try {
    const tables = await session.sql<{ name: string }[]>`
      SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`;
    const parts: string[] = [];
    for (const { name } of tables) {
      const rows = await session.sql.unsafe<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`);
      parts.push(...rows.map(({ row }) => row));
    }
    return parts.join('\n');
  } finally {
    await session.close();
  }
}
