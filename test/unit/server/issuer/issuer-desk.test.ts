// The issuer's desk: places, taking back, publishing; by several processes at once, and by one that is killed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { statusAt } from '../../../../src/core/trust/status/status-list.ts';
import { type HeldStatusList, verifyStatusToken } from '../../../../src/core/trust/status/status-token.ts';
import {
  allotPlace,
  beginList,
  changeStatus,
  countLists,
  drawFreePlaces,
  type NewList,
  publishLists,
} from '../../../../src/server/issuer/issuer-desk.ts';
import { encodeKeyFile, writePrivateFile } from '../../../../src/server/key-file.ts';

const NOW = 1_800_000_000;
const URI = 'https://health.lindenhof.example/status/0';
const SUPPORT = join(import.meta.dirname, '../../../support');
const SEED = new Uint8Array(32).fill(7);

let folder: string;
let desk: string;
let out: string;
let keyPath: string;
let publicKey: Bytes;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-'));
  [desk, out, keyPath] = [join(folder, 'issuer'), join(folder, 'lists'), join(folder, 'keys/status.json')];
  await writePrivateFile(keyPath, await encodeKeyFile(SEED), { isReplacing: false });
  publicKey = (await createSigner(SEED)).publicKey;
});
afterEach(() => rm(folder, { recursive: true }));

const begin = (other: Partial<NewList> = {}) =>
  beginList(desk, {
    issuer: 'lindenhof-health',
    list: 0,
    uri: URI,
    bits: 2,
    indices: 1024,
    keyPath,
    ...other,
  });

const tokenPath = () => join(out, 'lindenhof-health/0.cwt');
const readToken = async () => new Uint8Array(await readFile(tokenPath()));

/** As a tablet takes it that holds `held`. */
async function take(held: HeldStatusList | null, nowSeconds = NOW): Promise<HeldStatusList> {
  const expected = { uri: URI, keys: [publicKey], held, nowSeconds };
  const verified = await verifyStatusToken(await readToken(), expected, await chooseEngine());
  if (!verified.ok) throw new Error(verified.error);
  return verified.value;
}

describe('a list', () => {
  it('is begun once, privately, and knows its own', async () => {
    expect(await begin()).toBe('begun');
    expect(await begin()).toBe('there-already');
    expect((await stat(desk)).mode & 0o777).toBe(0o700);
    expect((await stat(join(desk, 'list-0.json'))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(desk, 'list-0.json'), 'utf8')).keyPath).toBe('../keys/status.json');
    expect(await countLists(desk)).toEqual([
      {
        issuer: 'lindenhof-health',
        list: 0,
        uri: URI,
        bits: 2,
        places: 1024,
        taken: 0,
        revoked: 0,
        suspended: 0,
        issuedAt: null,
      },
    ]);
  });

  it.each([
    ['another address', { uri: 'https://elsewhere.example/0' }, 'another uri'],
    ['other bits', { bits: 1 }, 'another bits'],
    ['another issuer', { issuer: 'somebody' }, 'another issuer'],
    ['another issuer beside it', { issuer: 'somebody', list: 1 }, 'a desk of its own'],
    ['an address that is none', { uri: 'lists/0' }, 'http://'],
    ['an id that is none', { issuer: 'Health' }, 'lower-case'],
    ['a number too high', { list: 65_536 }, '65535'],
    ['too many places', { list: 1, indices: 2 ** 20 + 1 }, '1048576'],
    ['no key', { keyPath: '/nowhere.json' }, 'no-key-file'],
  ] as const)('is refused with %s', async (_, other, why) => {
    await begin();
    await expect(begin(other)).rejects.toThrow(why);
  });

  it('that is damaged is said, and not begun anew', async () => {
    await begin();
    await writeFile(join(desk, 'list-0.json'), '{}');
    await expect(begin()).rejects.toThrow('list-0.json cannot be used');
    await expect(allotPlace(desk, 0)).rejects.toThrow('list-0.json cannot be used');
    await expect(publishLists(desk, out, NOW)).rejects.toThrow('list-0.json cannot be used');
  });

  it('that is not there is said', async () => {
    await expect(allotPlace(desk, 0)).rejects.toThrow('no issuer');
    await expect(publishLists(desk, out, NOW)).rejects.toThrow('no issuer');
    await expect(countLists(desk)).rejects.toThrow('no issuer');
    expect(await readdir(folder)).toEqual(['keys']);
    await begin();
    await expect(allotPlace(desk, 3)).rejects.toThrow('no list 3');
  });
});

describe('places', () => {
  it('are given once each until none is left', async () => {
    await begin({ indices: 8 });
    const given = [];
    for (let count = 0; count < 8; count++) given.push((await allotPlace(desk, 0)).index);
    expect(given.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await expect(allotPlace(desk, 0)).rejects.toThrow('begin another list');
    await expect(drawFreePlaces(desk, 0, 1)).rejects.toThrow('begin another list');
  });

  it('are drawn without being taken, each another and none that is', async () => {
    await begin({ indices: 8 });
    const taken = (await allotPlace(desk, 0)).index;
    const drawn = (await drawFreePlaces(desk, 0, 7)).map(({ index }) => index);
    expect([...drawn, taken].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await countLists(desk))[0]?.taken).toBe(1);
  });

  it('are never given twice by several processes at once', async () => {
    await begin();
    const children = [0, 1, 2].map(() => startChild('allot', desk, '40'));
    const own = Promise.all(Array.from({ length: 20 }, async () => (await allotPlace(desk, 0)).index));
    const said = await Promise.all(children.map((child) => readStream(child.stdout)));
    const given = [...(await own), ...said.flatMap((text) => text.split('\n').filter(Boolean).map(Number))];
    expect(given).toHaveLength(140);
    expect(new Set(given).size).toBe(140);
    expect((await countLists(desk))[0]?.taken).toBe(140);
    expect(await readdir(desk)).toEqual(['list-0.json']);
  }, 60_000);
});

describe('taking back', () => {
  it('counts from the next list on', async () => {
    await begin();
    const [one, two] = [await allotPlace(desk, 0), await allotPlace(desk, 0)];
    await publishLists(desk, out, NOW);
    const first = await take(null);
    expect([one, two].map(({ index }) => statusAt(first.list, index))).toEqual(['valid', 'valid']);

    expect(await changeStatus(desk, one, 'revoked')).toBe('changed');
    expect(await changeStatus(desk, one, 'revoked')).toBe('unchanged');
    expect(await changeStatus(desk, two, 'suspended')).toBe('changed');
    await publishLists(desk, out, NOW);
    const second = await take(first);
    expect([one, two].map(({ index }) => statusAt(second.list, index))).toEqual(['revoked', 'suspended']);

    expect(await changeStatus(desk, two, 'valid')).toBe('changed');
    await publishLists(desk, out, NOW);
    expect(statusAt((await take(second)).list, two.index)).toBe('valid');
  });

  it('takes a place that nobody was given, so that nobody is given it', async () => {
    await begin({ indices: 8 });
    const [drawn = { list: 0, index: 0 }] = await drawFreePlaces(desk, 0, 1);
    await changeStatus(desk, drawn, 'revoked');
    const given = [];
    for (let count = 0; count < 7; count++) given.push((await allotPlace(desk, 0)).index);
    expect(given).not.toContain(drawn.index);
  });

  it('knows which places there are, and what a list can say', async () => {
    await begin({ bits: 1, indices: 1001 });
    for (const index of [1001, -1, 0.5])
      await expect(changeStatus(desk, { list: 0, index }, 'revoked')).rejects.toThrow('0 to 1000');
    await expect(changeStatus(desk, { list: 1, index: 0 }, 'revoked')).rejects.toThrow('no list 1');
    await expect(changeStatus(desk, { list: 0, index: 0 }, 'suspended')).rejects.toThrow('2 bits');
    expect(await changeStatus(desk, { list: 0, index: 1000 }, 'revoked')).toBe('changed');
  });
});

describe('publishing', () => {
  it('signs for a week, says how much it wrote, and hides how many were taken back', async () => {
    await begin({ indices: 2 ** 20 });
    const [published] = await publishLists(desk, out, NOW);
    expect(published).toEqual({
      issuer: 'lindenhof-health',
      list: 0,
      issuedAt: NOW,
      bytes: (await readToken()).length,
    });
    expect(await take(null)).toMatchObject({ issuedAt: NOW, expiresAt: NOW + 7 * 86_400, ttlSeconds: 3600 });
    const { taken, revoked } = (await countLists(desk))[0] ?? { taken: 0, revoked: 0 };
    expect(revoked).toBeGreaterThanOrEqual(1024);
    expect(revoked).toBeLessThanOrEqual(2048);
    expect(taken).toBe(revoked);
    await publishLists(desk, out, NOW);
    expect((await countLists(desk))[0]?.revoked).toBe(revoked);
  });

  it('publishes every list, each under its number', async () => {
    await begin();
    await begin({ list: 12, uri: 'https://health.lindenhof.example/status/12', bits: 1 });
    expect((await publishLists(desk, out, NOW)).map(({ list }) => list)).toEqual([0, 12]);
    expect((await readdir(join(out, 'lindenhof-health'))).sort()).toEqual(['0.cwt', '12.cwt']);
  });

  it('never goes back in time, nor stays in one second, whatever the clock does', async () => {
    await begin();
    const issued = [];
    for (const now of [NOW, NOW, NOW - 3600, NOW + 1])
      issued.push((await publishLists(desk, out, now))[0]?.issuedAt);
    expect(issued).toEqual([NOW, NOW + 1, NOW + 2, NOW + 3]);
  });

  it('says so when the clock was far ahead, and keeps the list that is out', async () => {
    await begin();
    await publishLists(desk, out, NOW + 86_400);
    const before = await readToken();
    await expect(publishLists(desk, out, NOW)).rejects.toThrow('Set the clock right');
    expect(await readToken()).toEqual(before);
  });

  it('remembers a list before anybody can see it', async () => {
    await begin();
    await writeFile(out, 'no folder');
    await expect(publishLists(desk, out, NOW)).rejects.toThrow();
    await rm(out);
    expect((await publishLists(desk, out, NOW))[0]?.issuedAt).toBe(NOW + 1);
  });

  it('refuses to publish from an older copy of the desk', async () => {
    await begin();
    await publishLists(desk, out, NOW);
    const copy = await readFile(join(desk, 'list-0.json'));
    await changeStatus(desk, { list: 0, index: 5 }, 'revoked');
    await publishLists(desk, out, NOW);
    const newest = await readToken();
    await writeFile(join(desk, 'list-0.json'), copy);
    await expect(publishLists(desk, out, NOW + 60)).rejects.toThrow('older copy');
    expect(await readToken()).toEqual(newest);
  });

  it('goes on over a file that is no list', async () => {
    await begin();
    await mkdir(join(out, 'lindenhof-health'), { recursive: true });
    await writeFile(tokenPath(), 'rubbish');
    await publishLists(desk, out, NOW);
    expect((await take(null)).issuedAt).toBe(NOW);
  });

  it('leaves a whole list wherever it is killed, and never one that a tablet must refuse', async () => {
    await begin();
    await publishLists(desk, out, NOW);
    let held = await take(null);
    for (const afterMs of [0, 3, 6, 9, 12, 15]) {
      const child = startChild('publish', desk, out);
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill('SIGKILL');
      await once(child, 'close');
      const left = await take(held, NOW);
      expect(left.issuedAt).toBeGreaterThan(held.issuedAt);
      await changeStatus(desk, { list: 0, index: 1023 }, afterMs % 2 === 0 ? 'suspended' : 'valid');
      await publishLists(desk, out, NOW);
      held = await take(left, NOW);
      expect(held.issuedAt).toBeGreaterThan(left.issuedAt);
    }
    expect(await readdir(desk)).toEqual(['list-0.json']);
  }, 60_000);
});

const startChild = (...args: readonly string[]) =>
  spawn(process.execPath, [join(SUPPORT, 'run-script.mjs'), join(SUPPORT, 'desk-child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
