// A site in service, from the files that an operator names: those of a demo, which are made by the same parts.

import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { prepareDemo } from '../../../src/server/demo/prepare-demo.ts';
import { drawSeed, encodeKeyFile, writePrivateFile } from '../../../src/server/key-file.ts';
import { prepareSite, type SiteFiles } from '../../../src/server/prepare-site.ts';
import { openSiteTrust, type SiteTrust } from '../../../src/server/trust/site-trust.ts';

const NOW = Date.UTC(2026, 10, 23, 13, 32) / 1000;
const HOUR = 3600;

let template: string;
let folder: string;
let nowSeconds: number;
let said: string[];
let asked: string[];
let opened: SiteTrust[];

beforeAll(async () => {
  nowSeconds = NOW;
  template = await mkdtemp(join(tmpdir(), 'site-template-'));
  const world = { nowSeconds: () => NOW, pagesFolder: template, program: 'gatelight' };
  const demo = await prepareDemo(template, world);
  await openSiteTrust(demo.trust, { engine: await chooseEngine(), nowSeconds: () => NOW, say: () => {} });
  await rm(join(template, 'settings.cose'));
});
afterAll(() => rm(template, { recursive: true }));

beforeEach(async () => {
  [nowSeconds, said, asked, opened] = [NOW, [], [], []];
  folder = await mkdtemp(join(tmpdir(), 'site-'));
  await cp(template, join(folder, 'given'), { recursive: true });
  return async () => {
    for (const site of opened) await site.close();
    await rm(folder, { recursive: true });
  };
});

async function open(files: Partial<SiteFiles> = {}): Promise<SiteTrust> {
  const given = join(folder, 'given');
  const { trust, demoRoutes } = await prepareSite({
    dataDir: join(folder, 'data'),
    trustDir: join(given, 'trust'),
    keysDir: join(given, 'keys'),
    settingsFile: join(given, 'settings.json'),
    listsDir: join(given, 'lists'),
    askPassphrase: async (holder) => {
      asked.push(holder);
      return 'demo';
    },
    ...files,
  });
  expect(demoRoutes).toBeNull();
  const engine = await chooseEngine();
  const world = { engine, nowSeconds: () => nowSeconds, say: (line: string) => void said.push(line) };
  const site = await openSiteTrust(trust, world);
  opened.push(site);
  return site;
}

const timestamp = () => readFile(join(folder, 'given/trust/published/timestamp.json'), 'utf8');

describe('with the online key', () => {
  it('signs the timestamp anew, and writes elsewhere only in its data folder', async () => {
    const site = await open();
    expect(asked).toEqual(['server']);
    const before = await timestamp();
    nowSeconds += HOUR;
    await site.look();
    expect(await timestamp()).not.toBe(before);
    expect((await site.readList('lindenhof-health', 0))?.bytes).toEqual(
      new Uint8Array(await readFile(join(folder, 'given/lists/lindenhof-health/0.cwt'))),
    );
    const signed = await readFile(join(folder, 'data/settings.cose'));
    expect((await site.readSettings()).bytes).toEqual(new Uint8Array(signed));
    await expect(readFile(join(folder, 'given/settings.cose'))).rejects.toThrow('ENOENT');
    expect(said).toEqual([]);
  });

  it('does not start when its passphrase is wrong', async () => {
    await expect(open({ askPassphrase: async () => 'omed' })).rejects.toThrow(
      /server\.json cannot be used: the passphrase is wrong/,
    );
  });
});

describe('without it', () => {
  it('asks for no passphrase, and only hands out', async () => {
    await rm(join(folder, 'given/trust/keys'), { recursive: true });
    const site = await open();
    const before = await timestamp();
    nowSeconds += HOUR;
    await site.look();
    expect([asked, await timestamp()]).toEqual([[], before]);
  });
});

describe('the start is refused', () => {
  it('with a receipt key that servers.json does not name', async () => {
    const path = join(folder, 'given/keys/receipt.json');
    await writePrivateFile(path, await encodeKeyFile(drawSeed()), { isReplacing: true });
    await expect(open()).rejects.toThrow(/servers\.json names other keys for lindenhof .*receipt/);
  });

  it.each([
    ['keys/time.json', /time\.json cannot be used \(no-key-file\)/],
    ['settings.json', /settings\.json cannot be used: there is no settings\.json/],
    ['trust/published/1.root.json', /published.*1\.root\.json/],
    ['trust/published/timestamp.json', /published cannot be handed out: timestamp\.json: not-found/],
  ])('without %s', async (name, words) => {
    await rm(join(folder, 'given', name));
    if (name.endsWith('timestamp.json')) await rm(join(folder, 'given/trust/keys'), { recursive: true });
    await expect(open()).rejects.toThrow(words);
  });
});
