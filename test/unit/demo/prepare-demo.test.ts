// The demo's station: keys are kept and private, trust is a repository that stays green by itself, a restart changes
// nothing, every sample does what it says, and what its issuer takes back is taken back.

import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryTrustStore } from '../../../src/cli/memory-trust-store.ts';
import { parseBase45 } from '../../../src/core/bytes/base45.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { GL1_PREFIX } from '../../../src/core/pass/gl1.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { assembleTrust } from '../../../src/core/trust/held/assemble-trust.ts';
import type { TrustSource } from '../../../src/core/trust/held/ports.ts';
import { refreshLists } from '../../../src/core/trust/held/refresh-lists.ts';
import { refreshTrust } from '../../../src/core/trust/held/refresh-trust.ts';
import { verifySettings } from '../../../src/core/trust/settings/signed-settings.ts';
import { readStatusFacts } from '../../../src/core/trust/status/status-token.ts';
import type { Trust } from '../../../src/core/trust/trust.ts';
import type { FetchAnswer } from '../../../src/core/trust/tuf/ports.ts';
import { decideVerdict } from '../../../src/core/verdict/decide-verdict.ts';
import { openReading } from '../../../src/core/verdict/open-reading.ts';
import { type Demo, type OfferedPass, prepareDemo } from '../../../src/server/demo/prepare-demo.ts';
import { changeStatus, publishLists } from '../../../src/server/issuer/issuer-desk.ts';
import { createSiteRegister } from '../../../src/server/sites/site-register.ts';
import type { HandedOut } from '../../../src/server/trust/handed-out.ts';
import { openSiteTrust, type SiteTrust } from '../../../src/server/trust/site-trust.ts';
import { createMemorySiteStore } from '../../support/memory-site-store.ts';
import { kiosk } from '../../support/site-house.ts';

const NOW = Date.UTC(2026, 10, 23, 13, 32) / 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;

let template: string;
let dataDir: string;
let nowSeconds: number;
let said: string[];

interface OpenDemo extends Demo {
  readonly site: SiteTrust;
}

const sites: SiteTrust[] = [];

async function openDemo(dir = dataDir): Promise<OpenDemo> {
  const demo = await prepareDemo(dir, {
    nowSeconds: () => nowSeconds,
    pagesFolder: dir,
    program: 'node dist/node/gatelight.js',
  });
  const own = said;
  const site = await openSiteTrust(demo.trust, {
    engine: await chooseEngine(),
    nowSeconds: () => nowSeconds,
    say: (line) => void own.push(line),
  });
  sites.push(site);
  return { ...demo, site };
}

/** As a tablet that holds nothing yet gets it. */
async function fetchTrust({ site }: OpenDemo): Promise<Trust> {
  const answer = (handed: HandedOut | null): FetchAnswer =>
    handed === null ? { kind: 'not-found' } : { kind: 'bytes', bytes: handed.bytes };
  const source: TrustSource = {
    repository: { fetch: async ({ path }) => answer(await site.readPublished(path)) },
    fetchSettings: async () => answer(await site.readSettings()),
    fetchStatusList: async (issuer, list) => answer(await site.readList(issuer, list)),
  };
  const client = { source, store: createMemoryTrustStore(), engine: await chooseEngine(), rootHash: null };
  const came = await refreshTrust(client, nowSeconds);
  if (!came.ok) throw new Error(JSON.stringify(came.error));
  const { held } = came.value;
  const { lists, troubles } = await refreshLists(client, held, nowSeconds);
  expect(troubles).toEqual([]);
  const trust = assembleTrust(held, lists);
  if (trust === null) throw new Error('the site has no server or no bounds');
  return trust;
}

/** Waits for the list of that time: lists are looked at behind the rest. */
const listOf = (demo: OpenDemo, issuedAt: number) =>
  vi.waitFor(async () => {
    const list = await demo.site.readList('lindenhof-health', 0);
    expect(list === null ? null : readStatusFacts(list.bytes, nowSeconds)).toMatchObject({ issuedAt });
  });

/** Every file of the folder and when it was written last. */
async function filesOf(dir: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path, `${(await stat(path)).mtimeMs} ${encodeHex(await readFile(path))}`);
  }
  return files;
}

const publishedFiles = async () => (await readdir(join(dataDir, 'trust/published'))).sort();

beforeAll(async () => {
  nowSeconds = NOW;
  said = [];
  template = await mkdtemp(join(tmpdir(), 'demo-template-'));
  await fetchTrust(await openDemo(template));
});
afterAll(() => rm(template, { recursive: true }));

beforeEach(async () => {
  said = [];
  nowSeconds = NOW;
  dataDir = await mkdtemp(join(tmpdir(), 'demo-'));
  await cp(template, dataDir, { recursive: true, preserveTimestamps: true });
});
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the keys', () => {
  it('are readable by their owner alone', async () => {
    const folder = join(dataDir, 'keys');
    const names = ['issuer', 'receipt', 'settings', 'status', 'stranger', 'time'].map(
      (name) => `${name}.json`,
    );
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await readdir(folder)).sort()).toEqual(names);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    for (const name of ['anna', 'ben', 'chris', 'server'])
      expect((await stat(join(dataDir, `trust/keys/${name}.json`))).mode & 0o777).toBe(0o600);
  });

  it('are other ones in another folder', async () => {
    const other = await mkdtemp(join(tmpdir(), 'demo-'));
    const [one, two] = [await fetchTrust(await openDemo()), await fetchTrust(await openDemo(other))];
    await rm(other, { recursive: true });
    expect(encodeHex(two.receiptKeys[0] ?? new Uint8Array())).not.toBe(
      encodeHex(one.receiptKeys[0] ?? new Uint8Array()),
    );
  });

  it.each(['keys/receipt.json', 'trust/keys/server.json'])(
    'stop the start when %s is damaged, which is left as it is',
    async (name) => {
      const path = join(dataDir, name);
      await writeFile(path, '{"kind":"gatelight-key"');
      await expect(openDemo()).rejects.toThrow(name.replace('.json', ''));
      expect(await readFile(path, 'utf8')).toBe('{"kind":"gatelight-key"');
    },
  );
});

describe('sites', () => {
  it.each(['station', 'building'])(
    'may be founded: a second one, of class %s, that tablets take',
    async (name) => {
      const { site: trust } = await openDemo();
      const engine = await chooseEngine();
      const sites = createSiteRegister({
        trust,
        store: createMemorySiteStore(),
        engine,
        nowSeconds: () => nowSeconds,
        say: (line) => void said.push(line),
      });
      const founded = await sites.create(kiosk({ class: name }));
      expect(founded).toMatchObject({ ok: true, value: { class: name, clippings: [] } });
      const settings = await sites.readSettings('kiosk');
      const verified = await verifySettings(
        settings?.bytes ?? new Uint8Array(),
        trust.documents.servers,
        engine,
      );
      expect(verified).toMatchObject({ ok: true, value: { server: { site: '*', class: name } } });
      expect(said).toEqual([]);
    },
  );
});

describe('trust', () => {
  it('is what a tablet takes: the station, its issuer with a list, the server’s keys', async () => {
    const demo = await openDemo();
    const trust = await fetchTrust(demo);
    expect(trust.site).toMatchObject({ id: 'lindenhof', timeZone: 'Europe/Berlin', dayStartMinutes: 240 });
    expect(trust.site.gates).toHaveLength(4);
    expect(trust).toMatchObject({ issuedAt: NOW, clippings: [] });
    expect(trust.receiptKeys).toEqual([demo.trust.signers.receipt.publicKey]);
    expect(trust.timeKeys).toEqual([demo.trust.signers.time.publicKey]);
    expect(
      trust.issuers.map(({ id, status }) => [id, status === 'none' ? 'none' : [...status.keys()]]),
    ).toEqual([['lindenhof-health', [0]]]);
    expect(said).toEqual([]);
  });

  it('is as it was after a restart: no file is written', async () => {
    const before = await filesOf(dataDir);
    nowSeconds += 49 * 60;
    const demo = await openDemo();
    await demo.site.look();
    await fetchTrust(demo);
    expect(await filesOf(dataDir)).toEqual(before);
  });

  it('stays green for a year of looks, with root, targets, snapshot and list renewed before their last quarter', async () => {
    const demo = await openDemo();
    for (const day of [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 180, 183, 186, 189, 366]) {
      nowSeconds = NOW + day * DAY;
      await demo.site.look();
      await listOf(demo, nowSeconds);
    }
    const trust = await fetchTrust(demo);
    const ages = trust.issuers.map(({ status }) => (status === 'none' ? null : status.get(0)?.issuedAt));
    expect([trust.issuedAt, ages]).toEqual([nowSeconds, [nowSeconds]]);
    expect(await publishedFiles()).toEqual(
      expect.arrayContaining(['1.root.json', '2.root.json', '3.root.json']),
    );
    expect(said).toEqual([]);
  });

  it('is there again after years in which nobody started it', async () => {
    nowSeconds += 3 * 365 * DAY;
    const demo = await openDemo();
    expect((await fetchTrust(demo)).issuedAt).toBe(nowSeconds);
    expect(said).toEqual([]);
  });

  it('begins anew where the first publication was broken off', async () => {
    for (const name of ['timestamp.json', '1.snapshot.json'])
      await rm(join(dataDir, 'trust/published', name));
    expect((await fetchTrust(await openDemo())).site.id).toBe('lindenhof');
  });

  it('keeps what people changed, and what they staged, over its renewals', async () => {
    await mkdir(join(dataDir, 'trust/staged'));
    const staged = join(dataDir, 'trust/staged/root.json');
    await writeFile(staged, 'waits for signatures');
    const settings = join(dataDir, 'settings.json');
    await writeFile(settings, (await readFile(settings, 'utf8')).replace('Gate 1 East', 'Gate 1 Ost'));
    nowSeconds += 30 * DAY;
    const demo = await openDemo();
    expect((await fetchTrust(demo)).site.gates[0]?.name).toBe('Gate 1 Ost');
    expect(await readFile(staged, 'utf8')).toBe('waits for signatures');
  });
});

describe('a pass taken back at the issuer’s desk', () => {
  it('is refused with the next list that the server hands out', async () => {
    const demo = await openDemo();
    const green = (await demo.samplePasses()).find(({ id }) => id === 'green');
    const [list, index] = (green?.place ?? '').split('/').map(Number);
    if (green === undefined || list === undefined || index === undefined) throw new Error('no sample');
    expect((await judge(demo, green, null)).reason).toBe('ok');
    const desk = join(dataDir, 'issuer');
    expect(await changeStatus(desk, { list, index }, 'revoked')).toBe('changed');
    nowSeconds += 60;
    await publishLists(desk, join(dataDir, 'lists'), nowSeconds);
    expect((await judge(demo, green, null)).reason).toBe('revoked');
    expect((await judge(await openDemo(), green, null)).kind).toBe('refuse');
  });
});

async function judge(
  demo: OpenDemo,
  { text }: OfferedPass,
  lastSeen: { minute: number; gate: string; direction: 'in' } | null,
) {
  const trust = await fetchTrust(demo);
  const opened = await openReading(text, trust, await chooseEngine(), nowSeconds);
  const now = { wallMs: nowSeconds * 1000, floorMs: trust.issuedAt * 1000, doubt: null };
  return decideVerdict(opened, trust, { lastSeen }, now, { gate: 'gate-1', direction: 'in' });
}

describe('the sample passes', () => {
  const ids = [
    'green',
    'week',
    'yellow',
    'red',
    'expired',
    'not-yet-valid',
    'forged',
    'unknown-issuer',
    'not-a-pass',
    'seen-before',
  ];

  it('are these', async () => {
    const samples = await (await openDemo()).samplePasses();
    expect(samples.map(({ id }) => id)).toEqual(ids);
  });

  it.each(ids)('%s gives the verdict and the reason that it announces', async (id) => {
    const demo = await openDemo();
    const sample = (await demo.samplePasses()).find((one) => one.id === id);
    if (sample === undefined) throw new Error(`no sample ${id}`);
    const seen = { minute: Math.floor(NOW / 60) - 1, gate: 'gate-2', direction: 'in' } as const;
    const verdict = await judge(demo, sample, id === 'seen-before' ? seen : null);
    expect([verdict.kind, verdict.reason]).toEqual([sample.expectedVerdict, sample.expectedReason]);
  });

  it('the one to be seen before is admitted the first time', async () => {
    const demo = await openDemo();
    const sample = (await demo.samplePasses()).find(({ id }) => id === 'seen-before');
    if (sample === undefined) throw new Error('no sample');
    expect((await judge(demo, sample, null)).kind).toBe('admit');
  });

  it('are other passes at every load, the green one small enough for a version 7 code', async () => {
    const demo = await openDemo();
    const [first, second] = [await demo.samplePasses(), await demo.samplePasses()];
    const texts = (list: readonly OfferedPass[]) =>
      list.filter(({ id }) => id !== 'not-a-pass').map(({ text }) => text);
    expect(new Set([...texts(first), ...texts(second)]).size).toBe(18);
    const cose = parseBase45((first[0]?.text ?? '').slice(GL1_PREFIX.length));
    expect(cose.ok && cose.value.length).toBeLessThanOrEqual(116);
  });

  it('are served as JSON that nothing caches', async () => {
    const demo = await openDemo();
    const answer = await demo.demoRoutes.request('/api/demo/passes');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(((await answer.json()) as readonly OfferedPass[]).map(({ id }) => id)).toEqual(ids);
  });

  it('have a place and the command that takes them back, where this demo’s issuer signed them', async () => {
    const samples = await (await openDemo()).samplePasses();
    const own = samples.filter(({ place }) => place !== null);
    expect(own.map(({ id }) => id)).toEqual([
      'green',
      'week',
      'yellow',
      'red',
      'expired',
      'not-yet-valid',
      'seen-before',
    ]);
    for (const { place, takeBack } of own) {
      expect(place).toMatch(/^0\/\d{1,7}$/);
      expect(takeBack).toMatch(
        /^node dist\/node\/gatelight\.js issuer revoke --desk .*issuer --out .*lists 0\/\d+$/,
      );
      expect(takeBack?.endsWith(` ${place}`)).toBe(true);
    }
    expect(samples.filter(({ place }) => place === null).every(({ takeBack }) => takeBack === null)).toBe(
      true,
    );
  });
});

describe('the scanner with a wound clock', () => {
  it('is the scanner’s page with one script before all others', async () => {
    const page = '<!doctype html><html><head><script type="module" src="/a.js"></script></head></html>';
    await writeFile(join(dataDir, 'index.html'), page);
    const { demoRoutes } = await openDemo();
    const answer = await demoRoutes.request('/demo/scanner/?ahead=262800');
    expect(await answer.text()).toBe(
      page.replace('<head>', '<head><script src="/demo/wind-clock.js"></script>'),
    );
    const moved = await demoRoutes.request('/demo/scanner?ahead=5');
    expect([moved.status, moved.headers.get('Location')]).toEqual([308, '/demo/scanner/?ahead=5']);
  });
});
