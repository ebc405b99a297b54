// Trust for the command line, from a server and from a folder: the same, and refused in the same ways; and at which moment
// its ends count.

import { copyFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFolderSource } from '../../../src/cli/folder-source.ts';
import { type Moments, type OpenedTrust, openTrust, rootOption } from '../../../src/cli/open-trust.ts';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { statusOf } from '../../../src/core/trust/status/status-of.ts';
import { serveHanded, writeDataFolder } from '../../support/data-folder.ts';
import { createTestIssuer } from '../../support/test-issuer.ts';
import { TEST_LIST } from '../../support/test-trust.ts';
import { DAY_SECONDS, DESK_NOW_SECONDS as NOW } from '../../support/trust-desk.ts';
import { TrustHouse } from '../../support/trust-house.ts';

const HOUR = 3600;
const REVOKED = { list: TEST_LIST, index: 5 };

let folder: string;
let data: string;
let house: TrustHouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-trust-'));
  data = join(folder, 'data');
  house = await TrustHouse.open();
  house.issuersById.set('city', house.entryOf(await createTestIssuer({ id: 'city' })));
  await house.publish();
  await house.publishList('city', [[REVOKED.index, 'revoked']]);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => writeDataFolder(data, house.hand()));

const at = (nowSeconds: number, atSeconds = nowSeconds): Moments => ({ nowSeconds, atSeconds });

const open = (place = data, root: Bytes | null = null, moments = at(NOW), site: string | null = null) =>
  openTrust({ place, site, root }, house.engine, moments);

async function opened(place = data, moments = at(NOW)): Promise<OpenedTrust> {
  const trust = await open(place, null, moments);
  if (!trust.ok) throw new Error(trust.error);
  return trust.value;
}

async function refusal(place = data, moments = at(NOW), root: Bytes | null = null): Promise<string> {
  const trust = await open(place, root, moments);
  return trust.ok ? 'taken' : trust.error;
}

const revoked = ({ trust }: OpenedTrust) => trust.issuers.map((issuer) => statusOf(REVOKED, issuer)).join();

it('is the same from a folder and from a server', async () => {
  const fromFolder = await opened();
  expect(fromFolder.trust.site.id).toBe('lindenhof');
  expect(fromFolder.warnings).toEqual([]);
  expect(revoked(fromFolder)).toBe('revoked');
  const server = await serveHanded(house.hand());
  try {
    expect(await opened(server.origin)).toEqual(fromFolder);
    expect(await opened(`${server.origin}/`)).toEqual(fromFolder);
  } finally {
    await server.close();
  }
});

it('of a folder is of its first site, and of no other', async () => {
  expect((await open(data, null, at(NOW), 'lindenhof')).ok).toBe(true);
  const other = await open(data, null, at(NOW), 'kiosk');
  expect(other.ok ? 'taken' : other.error).toMatch(/has the settings of lindenhof, not of kiosk/);
});

describe('the first root', () => {
  it('is named, and pinned by that name', async () => {
    const { root } = await opened();
    expect(root).toBe(encodeHex(await house.rootHash()));
    expect(await refusal(data, at(NOW), rootOption(root))).toBe('taken');
  });

  it('is refused when it is another', async () => {
    expect(await refusal(data, at(NOW), new Uint8Array(32))).toContain('begins with another root');
  });

  it.each(['abc', '00'.repeat(31), 'x'.repeat(64)])('is not named %s', (hex) => {
    expect(() => rootOption(hex)).toThrow('64 hex digits');
  });
});

describe('what is missing or spoilt', () => {
  it.each([
    ['no folder', () => rm(data, { recursive: true }), 'not-found'],
    ['no settings', () => rm(join(data, 'settings.cose')), 'settings: not-found'],
    ['no timestamp', () => rm(join(data, 'trust/published/timestamp.json')), 'timestamp.json'],
    [
      'a file in place of a folder',
      async () => {
        await rm(join(data, 'trust'), { recursive: true });
        await writeFile(join(data, 'trust'), '');
      },
      'not-found',
    ],
    ['endless settings', () => truncate(join(data, 'settings.cose'), 2 ** 40), 'settings: too-large'],
    [
      'somebody else’s settings',
      () => copyFile(join(data, 'lists/city/7.cwt'), join(data, 'settings.cose')),
      'settings',
    ],
  ])('%s: says so', async (_, spoil, why) => {
    await spoil();
    const said = await refusal();
    expect(said).toContain(data);
    expect(said).toContain(why);
  });

  it('a server that is not there is said, and one that is no address', async () => {
    expect(await refusal('http://127.0.0.1:9/')).toContain('no trust from http://127.0.0.1:9/');
    await expect(open('http://')).rejects.toThrow('server');
  });

  it('a list that is missing is only warned of, and its passes are unknown', async () => {
    await rm(join(data, 'lists'), { recursive: true });
    const trust = await opened();
    expect(trust.warnings).toEqual([expect.stringContaining('list 7 of city did not come (not-found)')]);
    expect(revoked(trust)).toBe('unknown');
  });
});

describe('moments', () => {
  it('refuses what has ended by now, and says what to do', async () => {
    const said = await refusal(data, at(NOW + 2 * DAY_SECONDS));
    expect(said).toContain('expired');
    expect(said).toContain('--at');
  });

  it('judges by an old copy at an old moment', async () => {
    const trust = await opened(data, at(NOW + 400 * DAY_SECONDS, NOW + HOUR));
    expect([trust.warnings, revoked(trust)]).toEqual([[], 'revoked']);
  });

  it('refuses an old copy at a moment when it had ended', async () => {
    expect(await refusal(data, at(NOW + 400 * DAY_SECONDS, NOW + 2 * DAY_SECONDS))).toContain('expired');
  });

  it('judges by today’s trust at a moment before it was made, and at one after it ends', async () => {
    for (const moment of [NOW - 3 * DAY_SECONDS, NOW + 30 * DAY_SECONDS]) {
      const trust = await opened(data, at(NOW, moment));
      expect([trust.warnings, revoked(trust)]).toEqual([[], 'revoked']);
    }
  });

  it('takes lists with a clock that is behind what was signed', async () => {
    const trust = await opened(data, at(NOW - 3 * DAY_SECONDS));
    expect([trust.warnings, revoked(trust)]).toEqual([[], 'revoked']);
  });

  it('warns of a list that ended at both', async () => {
    const handed = house.hand();
    await house.publishList('city', [], NOW - 8 * DAY_SECONDS);
    await writeDataFolder(data, { ...handed, listsByPlace: house.hand().listsByPlace });
    await house.publishList('city', [[REVOKED.index, 'revoked']]);
    expect((await opened()).warnings).toEqual([expect.stringContaining('status-expired')]);
    const trust = await opened(data, at(NOW, NOW - 7 * DAY_SECONDS));
    expect(trust.warnings).toEqual([]);
  });
});

it('is not led out of its folder', async () => {
  await writeFile(join(folder, 'secret'), 'secret');
  await mkdir(join(data, 'trust/published/folder'));
  const { repository } = openFolderSource(data);
  for (const path of [
    '../../../secret',
    '%2e%2e/%2E%2E/%2e%2e/secret',
    '..%2F..%2F..%2Fsecret',
    '/etc/hostname',
    '',
    '.',
    'folder',
  ])
    expect(await repository.fetch({ kind: 'target', path }, 1000)).toEqual({ kind: 'not-found' });
  expect(await repository.fetch({ kind: 'target', path: '%' }, 1000)).toMatchObject({ kind: 'unreachable' });
  expect(await repository.fetch({ kind: 'metadata', path: 'timestamp.json' }, 10)).toEqual({
    kind: 'too-large',
  });
});
