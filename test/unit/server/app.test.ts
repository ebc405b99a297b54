// Routes without a network: headers of every answer, pages, health, and what happens while the database is away.

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deviceKeyId, openDeviceVerifier } from '../../../src/core/identity/device-key.ts';
import { registerDevice } from '../../../src/core/identity/device-register.ts';
import { ok } from '../../../src/core/result.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { BODY_LIMIT_MS } from '../../../src/server/access/guarded-routes.ts';
import { createApp } from '../../../src/server/app.ts';
import { createChanges } from '../../../src/server/changes.ts';
import { openDayKeyBook } from '../../../src/server/day-keys/day-key-book.ts';
import { createPeople } from '../../../src/server/managers/people.ts';
import { createOperatorDoor } from '../../../src/server/operator-door.ts';
import type { ServerEvent } from '../../../src/server/request-log.ts';
import { createSiteRegister } from '../../../src/server/sites/site-register.ts';
import type { StoredDevice } from '../../../src/server/storage/device-store.ts';
import { type Storage, StorageAway } from '../../../src/server/storage/port.ts';
import { openPostgresStorage } from '../../../src/server/storage/postgres-storage.ts';
import { openSqlPool } from '../../../src/server/storage/sql-pool.ts';
import { openStores, type Stores } from '../../../src/server/storage/stores.ts';
import { openSiteTrust } from '../../../src/server/trust/site-trust.ts';
import { fieldsFor } from '../../support/enrolled-tablet.ts';
import { createSealedTablet } from '../../support/sealed-tablet.ts';
import { deviceOf, scanOf } from '../../support/test-batch.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { createTestStation } from '../../support/test-station.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12);
const BATCHES = '/api/sites/lindenhof/batches';
const PUBLIC_ORIGIN = { text: 'http://localhost:4173', authority: 'localhost:4173' };
const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; style-src 'self'; font-src 'self'; media-src 'self' blob: mediastream:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

let folder: string;
let events: ServerEvent[];

const FILES = {
  'index.html': '<title>scanner</title>',
  'console/index.html': '<title>console</title>',
  'demo/clock/index.html': '<title>clock</title>',
  'demo/wind-clock.js': 'wind',
  'sw.js': 'self',
  'manifest.webmanifest': '{}',
  'assets/reader-abc123.wasm': 'wasm',
  'assets/app-abc123.js': 'app',
  '.secret': 'no',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pages-'));
  await writeFile(join(folder, 'outside.txt'), 'no');
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(join(folder, 'pages', name, '..'), { recursive: true });
    await writeFile(join(folder, 'pages', name), text);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  events = [];
});

/** No server listens there: this is the real storage, and its database is away. */
const awayTarget = () => ({ socketFolder: folder, user: 'nobody', database: 'none' });
const awayStorage = () => openPostgresStorage(openSqlPool(awayTarget()));

/** The storage is what is tested here: a tablet that it knows, whose nonces are all new. */
async function knowing(stores: Stores, isAtSite: boolean): Promise<Stores> {
  const { publicKey } = await testEd25519Device(1);
  const keyId = await deviceKeyId(publicKey);
  const current = { keyId, key: publicKey, sinceSeconds: NOW_MS / 1000 };
  const registered = await registerDevice(
    { site: 'lindenhof', device: deviceOf(1), key: publicKey },
    null,
    0,
  );
  const device: StoredDevice = {
    ...registered,
    current,
    gate: 'gate-1',
    enrolledAtSeconds: NOW_MS / 1000,
    lastSeenAtSeconds: NOW_MS / 1000,
    wipe: 'none',
    isPinResetOrdered: false,
  };
  return {
    ...stores,
    devices: {
      ...stores.devices,
      findByKey: async () => (isAtSite ? { device, key: publicKey } : null),
      keysOf: async () => [publicKey],
    },
    nonces: { ...stores.nonces, remember: async () => ok(null) },
  };
}

async function appOn(storage: Storage, demoRoutes: Hono | null = null, knowsTablet = false, isAtSite = true) {
  const { parts } = await createTestStation(NOW_MS / 1000);
  const engine = await chooseEngine();
  const trust = await openSiteTrust(parts, { engine, nowSeconds: () => NOW_MS / 1000, say: () => {} });
  const away = openStores(awayTarget());
  const stores = knowsTablet ? await knowing(away, isAtSite) : away;
  const nowSeconds = () => NOW_MS / 1000;
  const sites = createSiteRegister({ trust, store: stores.sites, engine, nowSeconds, say: () => {} });
  return createApp({
    stores,
    storage,
    trust,
    sites,
    engine,
    dayKeys: await openDayKeyBook(join(folder, 'keys'), (length) => new Uint8Array(randomBytes(length))),
    verifyDevice: openDeviceVerifier(engine),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    isEnrolmentOpen: false,
    sealed: {
      deviceKeysOf: async () => [(await testEd25519Device(1)).publicKey],
      verifyDevice: openDeviceVerifier(engine),
      findSealKey: () => null,
      rulesOf: () => ({ seenBeforeWindowSeconds: 300, retentionDays: 7 }),
    },
    nowMs: () => NOW_MS,
    publicOrigin: PUBLIC_ORIGIN,
    operator: createOperatorDoor(folder),
    people: createPeople({ stores, publicOrigin: PUBLIC_ORIGIN, nowMs: () => NOW_MS }),
    changes: createChanges(),
    version: '1.2.3',
    uptime: () => 5,
    stopping: new AbortController().signal,
    pagesFolder: join(folder, 'pages'),
    demoRoutes,
    log: (event) => void events.push(event),
  });
}

async function batchRequest() {
  const method = 'POST';
  const log = await createSealedTablet(1);
  await log.add(scanOf());
  const body = await log.batch(1);
  const tablet = { publicOrigin: PUBLIC_ORIGIN, signer: await testEd25519Device(1) };
  const fields = await fieldsFor(tablet, { method, target: BATCHES, body }, NOW_MS / 1000);
  return { method, headers: { ...fields, 'Content-Type': 'application/cbor' }, body };
}

describe('every answer has the security headers', () => {
  it.each([
    ['/', 200],
    ['/sw.js', 200],
    ['/console', 308],
    ['/nowhere', 404],
    ['/api/nowhere', 404],
    ['/api/trust', 404],
    ['/api/trust/timestamp.json', 200],
    ['/api/settings', 200],
    ['/api/time', 400],
    ['/api/site', 200],
    ['/api/health', 503],
    ['/api/sites/lindenhof/days/today', 401],
    ['/api/sites/elsewhere/days/today', 401],
    ['/%zz', 404],
    ['http://rebound.example/', 421],
  ])('%s %i', async (path, status) => {
    const storage = awayStorage();
    const answer = await (await appOn(storage)).request(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Security-Policy')).toBe(CSP);
    expect(answer.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(answer.headers.get('Permissions-Policy')).toBe('camera=(self)');
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(answer.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(answer.headers.get('Cross-Origin-Embedder-Policy')).toBeNull();
    await storage.close();
  });

  it('an accident too, which is logged without what the database said', async () => {
    const accident = Object.assign(new Error('invalid input: "Ada Lovelace"'), { code: '22P02' });
    const storage: Storage = { ...awayStorage(), takeBatch: () => Promise.reject(accident) };
    const answer = await (await appOn(storage, null, true)).request(BATCHES, await batchRequest());
    expect([answer.status, await answer.json()]).toEqual([500, { error: 'internal' }]);
    expect(answer.headers.get('Content-Security-Policy')).toBe(CSP);
    expect(events).toMatchObject([
      { kind: 'error', code: '22P02', route: '/api/sites/:site/batches' },
      { kind: 'request', status: 500 },
    ]);
    expect(JSON.stringify(events)).not.toContain('Lovelace');
  });
});

describe('pages', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache', FILES['index.html']],
    ['/console/', 'text/html; charset=utf-8', 'no-cache', FILES['console/index.html']],
    ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache', 'self'],
    ['/manifest.webmanifest', 'application/manifest+json; charset=utf-8', 'no-cache', '{}'],
    ['/assets/reader-abc123.wasm', 'application/wasm', 'public, max-age=31536000, immutable', 'wasm'],
    ['/assets/app-abc123.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable', 'app'],
  ])('%s', async (path, type, caching, text) => {
    const app = await appOn(awayStorage());
    const answer = await app.request(path);
    expect(answer.headers.get('Content-Type')).toBe(type);
    expect(answer.headers.get('Cache-Control')).toBe(caching);
    expect(await answer.text()).toBe(text);
    const etag = answer.headers.get('ETag') ?? '';
    expect((await app.request(path, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const head = await app.request(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each(['/demo/clock/', '/demo/clock', '/demo//clock/', '/demo/wind-clock.js', '/demo/scanner/'])(
    'a server in service has no %s',
    async (path) => {
      expect((await (await appOn(awayStorage())).request(path)).status).toBe(404);
    },
  );

  it('a demo has its page for winding the clock', async () => {
    const app = await appOn(awayStorage(), new Hono());
    for (const path of ['/demo/clock/', '/demo/wind-clock.js'])
      expect((await app.request(path)).status).toBe(200);
  });

  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/.secret',
    '/assets/%00',
    '/..%5coutside.txt',
  ])('%s leads nowhere', async (path) => {
    expect((await (await appOn(awayStorage())).request(path)).status).toBe(404);
  });

  it('says so in the form that was asked for when there is none', async () => {
    const app = await appOn(awayStorage());
    const page = await app.request('/nowhere', { headers: { Accept: 'text/html' } });
    expect(page.headers.get('Content-Type')).toMatch('text/html');
    expect(await (await app.request('/api/nowhere', { headers: { Accept: 'text/html' } })).json()).toEqual({
      error: 'not-found',
    });
  });
});

describe('while the database is away', () => {
  it('a batch is put off', async () => {
    const answer = await (await appOn(awayStorage())).request(BATCHES, await batchRequest());
    expect([answer.status, await answer.json()]).toEqual([503, { error: 'database-away' }]);
    expect(answer.headers.get('Retry-After')).toBe('1');
  });

  it('health says so', async () => {
    const answer = await (await appOn(awayStorage())).request('/api/health');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { ok: false, database: 'away', version: '1.2.3', uptime: 5 },
    ]);
  });
});

describe('more batches than are taken at once', () => {
  /** The head of a batch whose body never comes. */
  const stalled = async () => ({ ...(await batchRequest()), body: new ReadableStream(), duplex: 'half' });

  it('are not those of strangers, whose bodies nobody waits for', async () => {
    const app = await appOn(awayStorage(), null, true, false);
    const answers = await Promise.all(
      Array.from({ length: 17 }, async () => app.request(BATCHES, await stalled())),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  });

  it('are given up where the body does not come, and leave room', async () => {
    const app = await appOn(awayStorage(), null, true);
    const heads = await Promise.all(Array.from({ length: 16 }, stalled));
    const request = await batchRequest();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const waiting = heads.map((head) => app.request(BATCHES, head));
      while (vi.getTimerCount() < 16) await new Promise((resolve) => setImmediate(resolve));
      expect((await app.request(BATCHES, request)).status).toBe(503);
      await vi.advanceTimersByTimeAsync(BODY_LIMIT_MS);
      const answers = await Promise.all(waiting);
      expect(answers.map(({ status }) => status)).toEqual(new Array(16).fill(408));
    } finally {
      vi.useRealTimers();
    }
    expect(await (await app.request(BATCHES, request)).json()).toEqual({ error: 'database-away' });
  });

  it('are put off, and taken when there is room again', async () => {
    let finish: () => void = () => {};
    const full = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow: Storage = {
      ...awayStorage(),
      takeBatch: async () => {
        await full;
        throw new StorageAway('slow');
      },
    };
    const app = await appOn(slow, null, true);
    const send = async () => app.request(BATCHES, await batchRequest());
    const sent = Array.from({ length: 17 }, send);
    const answer = await Promise.race(sent);
    expect([answer.status, await answer.json()]).toEqual([503, { error: 'busy' }]);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    finish();
    const errors = await Promise.all(
      (await Promise.all(sent)).map(async (each) => (each === answer ? null : (await each.json()).error)),
    );
    expect(errors.filter((error) => error === 'database-away')).toHaveLength(16);
    expect((await (await send()).json()).error).toBe('database-away');
  });
});
