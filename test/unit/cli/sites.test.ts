// gatelight sites on a running server: what it lists, founds and changes, and how it says what was refused; and that
// gatelight read judges by the site it is told.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrust } from '../../../src/cli/open-trust.ts';
import { sitesCommand } from '../../../src/cli/sites.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSiteHouse } from '../../support/site-house.ts';
import { closeTestCluster } from '../../support/test-database.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { runCommand } from './run-command.ts';

const NOW = Math.floor(Date.now() / 1000);

let server: TestServer;
beforeAll(async () => {
  const { station } = await createSiteHouse(NOW);
  server = await startTestServer({ station });
}, 60_000);
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

const sites = (...args: readonly string[]) => runCommand(sitesCommand, ...args, '--data', server.dataDir);
const add = (id: string, siteClass = 'building', ...more: readonly string[]) =>
  sites(
    'add',
    id,
    '--name',
    'Kiosk',
    '--class',
    siteClass,
    '--zone',
    'Asia/Kolkata',
    '--gate',
    'Door',
    ...more,
  );

describe('gatelight sites', () => {
  it('lists the first site at first, and the classes of which more may be founded', async () => {
    expect(await sites('list')).toMatchObject({
      code: 0,
      out: 'lindenhof  Lindenhof station  class standard  Europe/Berlin  gate-1 gate-2',
    });
    const { out } = await sites('classes');
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['standard', 'building']);
    expect(out).toMatch(/log up to 3 days/);
  });

  it('founds a site that has its day keys and its tables at once, and stays over a restart', async () => {
    expect(await add('kiosk', 'building', '--gate', 'Back', '--day-start', '05:30')).toMatchObject({
      code: 0,
      out: 'kiosk  Kiosk  class building  Asia/Kolkata  gate-1 gate-2',
    });
    expect(
      (await readFile(join(server.dataDir, 'keys', 'kiosk', sealFileOf('Asia/Kolkata')))).length,
    ).toBeGreaterThan(0);
    await server.stop();
    await server.startAgain();
    expect((await sites('list')).out.split('\n')).toHaveLength(2);
    const told = JSON.parse((await sites('settings', 'kiosk')).out);
    expect(told.site).toMatchObject({ id: 'kiosk', class: 'building', dayStartMinutes: 330 });
  });

  it('changes gates and settings, and says the place and the bound of what is refused', async () => {
    await add('hall');
    expect((await sites('gates', 'hall', '--add', 'Roof')).out).toBe('gate-1  Door\ngate-2  Roof');
    expect((await sites('gates', 'hall', '--rename', 'gate-2=Roof, east')).out).toContain(
      'gate-2  Roof, east',
    );
    expect((await sites('gates', 'hall', '--remove', 'gate-1')).out).toBe('gate-2  Roof, east');
    expect(await sites('gates', 'hall', '--remove', 'gate-2')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/site\.gates/),
    });

    const file = join(server.dataDir, 'hall.json');
    const settings = JSON.parse((await sites('settings', 'hall')).out);
    await writeFile(file, JSON.stringify({ ...settings, policy: { ...settings.policy, retentionDays: 2 } }));
    expect((await sites('settings', 'hall', '--set', file)).code).toBe(0);
    expect(JSON.parse((await sites('settings', 'hall')).out).policy.retentionDays).toBe(2);
    await writeFile(file, JSON.stringify({ ...settings, policy: { ...settings.policy, retentionDays: 4 } }));
    expect(await sites('settings', 'hall', '--set', file)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/beyond-bounds: policy\.retentionDays: .*3, not 4/),
    });
    await writeFile(file, '{');
    expect((await sites('settings', 'hall', '--set', file)).code).toBe(1);
  });

  it.each([
    ['a class that others found', 'office', /class-not-founded: site\.class/],
    ['no class at all', 'Milder!', /class-not-founded/],
  ])('does not found a site of %s', async (_name, siteClass, message) => {
    expect(await add('palace', siteClass)).toMatchObject({ code: 1, err: expect.stringMatching(message) });
  });

  it('refuses an id that is taken', async () => {
    expect(await add('lindenhof')).toMatchObject({ code: 1, err: expect.stringMatching(/site-taken/) });
  });

  it.each([
    [['add', 'x'], /--name/],
    [
      [
        'add',
        'x',
        '--name',
        'X',
        '--class',
        'building',
        '--zone',
        'UTC',
        '--gate',
        'A',
        '--day-start',
        '25:00',
      ],
      /04:00/,
    ],
    [['gates'], /which site/],
    [['gates', 'a', 'b'], /which site/],
    [['gates', 'a', '--add', 'A', '--remove', 'b'], /at a time/],
    [['gates', 'a', '--rename', 'b'], /GATE=NAME/],
    [['close', 'a'], /not "close"/],
    [['list', 'a'], /no "a"/],
  ])('%j makes no sense', async (args, message) => {
    expect(await sites(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  it('says that no server runs', async () => {
    const ran = await runCommand(sitesCommand, 'list', '--data', join(server.dataDir, 'none'));
    expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/no server runs/) });
  });
});

describe('trust from a server', () => {
  const open = async (site: string | null) =>
    openTrust({ place: server.origin, site, root: null }, await chooseEngine(), {
      nowSeconds: NOW,
      atSeconds: NOW,
    });

  it('is of the site that is asked for, within the bounds of its class', async () => {
    await add('tower');
    const [first, tower] = [await open(null), await open('tower')];
    expect(first.ok && [first.value.trust.site.id, first.value.trust.policy.retentionDays]).toEqual([
      'lindenhof',
      7,
    ]);
    expect(tower.ok && [tower.value.trust.site.id, tower.value.trust.policy.retentionDays]).toEqual([
      'tower',
      3,
    ]);
  });

  it('is of no site that is not there', async () => {
    const palace = await open('palace');
    expect(palace.ok ? 'taken' : palace.error).toMatch(/not-found/);
  });
});

/** Of tomorrow there, whenever its day begins. */
const sealFileOf = (timeZone: string): string =>
  `${new Intl.DateTimeFormat('sv', { timeZone }).format(Date.now() + 86_400_000)}.seal`;
