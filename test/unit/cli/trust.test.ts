// gatelight trust: from an empty folder to what two different clients take over HTTP, through a change of keys.

import { createReadStream } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { trustCommand } from '../../../src/cli/trust.ts';
import { tufClientCommand } from '../../../src/cli/tuf-client.ts';
import { issuerEntry } from '../../support/trust-desk.ts';
import { runCommand } from './run-command.ts';
import { base, begin, beginsIn, bringKey, done, entryFile, trust } from './trust-office.ts';

/** A server of files and nothing else. */
async function serve(folder: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const file = createReadStream(join(folder, decodeURIComponent(request.url ?? '')));
    file.on('error', () => response.writeHead(404).end());
    file.pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('a repository', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await begin('one');
  });

  it('lies in files that only their owner reads, and in public ones', async () => {
    const keys = await readdir(join(dir, 'keys'));
    expect(keys.filter((name) => name.endsWith('.json')).sort()).toEqual(
      ['anna', 'ben', 'carol', 'server'].map((name) => `${name}.json`),
    );
    for (const name of keys) expect((await stat(join(dir, 'keys', name))).mode & 0o777).toBe(0o600);
    const published = (await readdir(join(dir, 'published'))).map((name) =>
      name.replace(/^[0-9a-f]{64}/, 'HASH'),
    );
    expect(published.sort()).toEqual([
      '1.root.json',
      '1.snapshot.json',
      '1.targets.json',
      'HASH.issuers.json',
      'HASH.policies.json',
      'HASH.servers.json',
      'timestamp.json',
    ]);
    expect(await readdir(join(dir, 'staged'))).toEqual(['files']);
  });

  it('is begun once', async () => {
    const again = await trust('init', dir, '--holders', 'dora,eve,fay');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('holds a repository already') });
    expect(await readdir(join(dir, 'keys'))).not.toContain('dora.json');
  });

  it('is taken by tuf-js and by the tablet’s client over HTTP, through a change of keys', async () => {
    const { url, server } = await serve(join(dir, 'published'));
    try {
      const [theirs, ours] = [join(base, 'tuf-js'), join(base, 'ours')];
      await mkdir(theirs);
      await copyFile(join(dir, 'published', '1.root.json'), join(theirs, 'root.json'));
      const ourOptions = ['--metadata-dir', ours, '--metadata-url', url];
      const init = await runCommand(tufClientCommand, ...ourOptions, 'init', join(theirs, 'root.json'));
      expect(init).toEqual({ code: 0, out: '', err: '' });
      const issuers = async () => {
        const updater = new Updater({
          metadataDir: theirs,
          metadataBaseUrl: url,
          targetDir: theirs,
          targetBaseUrl: url,
        });
        await updater.refresh();
        const target = await updater.getTargetInfo('issuers.json');
        if (target === undefined) throw new Error('no issuers.json');
        const path = join(theirs, 'issuers.json');
        await updater.downloadTarget(target, path);
        const download = ['--target-name', 'issuers.json', '--target-base-url', url, '--target-dir', ours];
        const got = await runCommand(tufClientCommand, ...ourOptions, ...download, 'download');
        expect(got).toEqual({ code: 0, out: '', err: '' });
        const text = await readFile(path, 'utf8');
        expect(await readFile(join(ours, 'issuers.json'), 'utf8')).toBe(text);
        return JSON.parse(text).issuers.map(({ id }: { id: string }) => id);
      };
      expect(await issuers()).toEqual([]);

      await done(
        'add-issuer',
        dir,
        await entryFile('harbour.json', issuerEntry('harbour', { keys: [beginsIn(8)] })),
      );
      await done('sign', dir, '--as', 'ben', '--yes');
      await done('sign', dir, '--as', 'anna', '--yes');
      await done('publish', dir);
      expect(await issuers()).toEqual(['harbour']);

      const staged = await done('rotate-root', dir, '--replace', 'anna=dora', '--online', 'server-2');
      expect(staged).toMatch(/ {2}- anna {2}[0-9a-f]{64} {2}signs no more/);
      expect(staged).toMatch(/ {2}\+ dora {2}[0-9a-f]{64}/);
      await done('sign', dir, '--as', 'dora', '--yes');
      await done('sign', dir, '--as', 'ben', '--yes');
      const early = await trust('publish', dir);
      expect(early).toMatchObject({ code: 1, err: expect.stringContaining('1 more of: anna, carol') });
      await done('sign', dir, '--as', 'carol', '--yes');
      await done('publish', dir);
      expect(await issuers()).toEqual(['harbour']);

      await done('remove-issuer', dir, 'harbour');
      await done('sign', dir, '--as', 'dora', '--yes');
      await done('sign', dir, '--as', 'carol', '--yes');
      await done('publish', dir);
      expect(await issuers()).toEqual([]);
      expect(JSON.parse(await readFile(join(theirs, 'root.json'), 'utf8')).signed.version).toBe(2);
      expect((await trust('sign', dir, '--as', 'anna', '--yes')).code).toBe(1);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }, 120_000);

  it('has its timestamp signed anew', async () => {
    const version = async () =>
      JSON.parse(await readFile(join(dir, 'published', 'timestamp.json'), 'utf8')).signed.version;
    const before = await version();
    await done('timestamp', dir);
    expect(await version()).toBe(before + 1);
  });

  it('says how it stands', async () => {
    const status = await done('status', dir);
    expect(status).toContain('2 of dora, ben, carol sign; the timestamp server-2');
    expect(status).toContain('nothing is staged');
  });
});

describe('signing', () => {
  it('needs nothing but files: each on a machine with the own key alone', async () => {
    const office = join(base, 'office');
    const machines = ['anna', 'ben', 'carol'].map((name) => [name, join(base, `${name}-machine`)] as const);
    await bringKey('server', office);
    for (const [name, machine] of machines) {
      await bringKey(name, machine);
      await copyFile(join(machine, 'keys', `${name}.pub`), join(office, 'keys', `${name}.pub`));
    }
    await done('init', office, '--holders', 'anna,ben,carol');
    expect((await readdir(join(office, 'keys'))).filter((name) => name.endsWith('.json'))).toEqual([
      'server.json',
    ]);
    for (const [, machine] of machines.slice(1)) {
      await cp(join(office, 'staged'), join(machine, 'staged'), { recursive: true });
      await done('sign', machine, '--yes');
      await cp(join(machine, 'staged'), join(office, 'staged'), { recursive: true });
    }
    await done('publish', office);
    expect(await done('status', office)).toContain('timestamp 1');
  });

  it('shows what it is for before it is done, and asks', async () => {
    const dir = await begin('asked');
    await rm(join(dir, 'published'), { recursive: true });
    await done('init', dir, '--holders', 'anna,ben,carol');
    const asked = await trust('sign', dir, '--as', 'anna');
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('say --yes') });
    expect(asked.out).toContain('+ policy of class standard comes');
    expect(await done('status', dir)).toContain('root 1 by root 1: 0 of 2, 2 more of: anna, ben, carol');
  });

  it('is refused with a wrong passphrase, by a stranger, and where nothing is staged', async () => {
    const dir = await begin('strangers');
    expect(await trust('sign', dir, '--as', 'anna', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing is staged'),
    });
    await done('renew', dir);
    await done('keygen', dir, 'mallory');
    expect(await trust('sign', dir, '--as', 'mallory', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('signs nothing of what is staged'),
    });
    const wrong = join(base, 'wrong');
    await writeFile(wrong, 'another horse');
    const ran = await runCommand(
      trustCommand,
      'sign',
      dir,
      '--as',
      'anna',
      '--yes',
      '--passphrase-file',
      wrong,
    );
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('the passphrase is wrong') });
    expect(await done('status', dir)).toContain('targets 2 by root 1: 0 of 2');
  });
});

describe('arguments that make no sense', () => {
  it.each([
    [[]],
    [['begin', 'x']],
    [['init']],
    [['init', 'x', '--holders', 'anna,ben']],
    [['init', 'x', '--holders', 'anna,anna,ben']],
    [['init', 'x', '--holders', 'anna,ben,../c']],
    [['init', 'x', '--holders', 'anna,ben,server']],
    [['init', 'x', '--emergency']],
    [['add-issuer', 'x']],
    [['sign', 'x', 'y']],
    [['keygen', 'x', 'A B']],
    [['toString', 'x']],
  ])('%j are refused', async (args) => {
    expect((await trust(...args.map((arg) => (arg === 'x' ? join(base, 'none') : arg)))).code).toBe(2);
    await expect(stat(join(base, 'none'))).rejects.toThrow('ENOENT');
  });

  it('nor does a folder in which nothing was begun', async () => {
    expect(await trust('status', join(base, 'none'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing was begun'),
    });
  });

  it('nor an empty or a short passphrase', async () => {
    const file = join(base, 'short');
    for (const text of ['', 'seven77']) {
      await writeFile(file, text);
      const ran = await runCommand(
        trustCommand,
        'keygen',
        join(base, 'none'),
        'anna',
        '--passphrase-file',
        file,
      );
      expect(ran.code).toBe(2);
    }
  });

  it('explains itself', async () => {
    expect(await runCommand(trustCommand, '--help')).toEqual({ code: 0, out: trustCommand.usage, err: '' });
  });
});
