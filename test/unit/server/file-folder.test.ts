// A folder whose files appear whole, and that no name leads out of.

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { openFileFolder } from '../../../src/server/file-folder.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'folder-'));
});
afterEach(() => rm(base, { recursive: true }));

it('is empty where there is none, and is made by its first write', async () => {
  const folder = openFileFolder(join(base, 'later'));
  expect(await folder.list()).toEqual([]);
  expect(await folder.read('a.json')).toBeNull();
  await folder.remove('a.json');
  await folder.write('rules/b.json', utf8ToBytes('b'));
  await folder.write('a.json', utf8ToBytes('a'));
  expect(await folder.list()).toEqual(['a.json', 'rules/b.json']);
});

it('replaces a file whole and leaves no part of one', async () => {
  const folder = openFileFolder(base);
  await folder.write('a.json', utf8ToBytes('longer than the next'));
  await folder.write('a.json', utf8ToBytes('next'));
  expect(await folder.read('a.json')).toEqual(utf8ToBytes('next'));
  expect(await readdir(base)).toEqual(['a.json']);
});

it('shows readers no file that is still being written', async () => {
  await writeFile(join(base, '.0123456789ab.part'), 'half');
  expect(await openFileFolder(base).list()).toEqual([]);
});

it('leaves nothing behind when it cannot write', async () => {
  await mkdir(join(base, 'a.json'));
  await expect(openFileFolder(base).write('a.json', utf8ToBytes('a'))).rejects.toThrow();
  expect(await readdir(base)).toEqual(['a.json']);
});

it.each(['../a.json', '/etc/hostname', 'x/../../a.json', '.', ''])('is not left by %j', async (name) => {
  const folder = openFileFolder(join(base, 'inner'));
  await expect(folder.read(name)).rejects.toThrow('would leave the folder');
  await expect((async () => folder.write(name, utf8ToBytes('a')))()).rejects.toThrow(
    'would leave the folder',
  );
  await expect(folder.remove(name)).rejects.toThrow('would leave the folder');
  expect(await readdir(base)).toEqual([]);
});
