// A file that appears whole: its modes, who gives way, and what is left when it cannot be written.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isPart, partOf, readIfThere, removeWhole, writeWhole } from '../../../src/server/whole-file.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'whole-'));
});
afterEach(() => rm(base, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

it('has the modes that were asked for, and so have the folders on its way', async () => {
  const path = join(base, 'keys/a.json');
  await writeWhole(path, 'a', { mode: 0o600, folderMode: 0o700 });
  expect([await modeOf(path), await modeOf(join(base, 'keys'))]).toEqual([0o600, 0o700]);
});

it('replaces, unless told not to', async () => {
  const path = join(base, 'a');
  expect(await writeWhole(path, 'one', { isReplacing: false })).toBe('written');
  expect(await writeWhole(path, 'two', { isReplacing: false })).toBe('already-there');
  expect(await readFile(path, 'utf8')).toBe('one');
  expect(await writeWhole(path, 'two')).toBe('written');
  expect(await readFile(path, 'utf8')).toBe('two');
  expect(await readdir(base)).toEqual(['a']);
});

it('gives a new file to one of many writers only, and each reader a whole one', async () => {
  const path = join(base, 'a');
  const texts = Array.from({ length: 20 }, (_, at) => String(at).repeat(50_000));
  const outcomes = await Promise.all(texts.map((text) => writeWhole(path, text, { isReplacing: false })));
  expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
  await Promise.all(texts.map((text) => writeWhole(path, text)));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect(await readdir(base)).toEqual(['a']);
});

it('leaves what was there, and no part, when it cannot be written', async () => {
  await mkdir(join(base, 'a'));
  await expect(writeWhole(join(base, 'a'), 'text')).rejects.toThrow();
  await writeFile(join(base, 'b'), 'no folder');
  await expect(writeWhole(join(base, 'b/c'), 'text')).rejects.toThrow();
  expect((await readdir(base)).sort()).toEqual(['a', 'b']);
});

it('is null where it or its folder is missing', async () => {
  await writeFile(join(base, 'b'), 'b');
  expect(await readIfThere(join(base, 'a'))).toBeNull();
  expect(await readIfThere(join(base, 'b/c'))).toBeNull();
  await expect(readIfThere(base)).rejects.toThrow('EISDIR');
  await removeWhole(join(base, 'a/c'));
  await removeWhole(join(base, 'b'));
  expect(await readdir(base)).toEqual([]);
});

it('is written beside its place, under a name that no reader takes', () => {
  const [one, other] = [partOf('/folder/a.json'), partOf('/folder/a.json')];
  expect(one).toMatch(/^\/folder\/\.[0-9a-f]+\.part$/);
  expect(one).not.toBe(other);
  expect([isPart(one), isPart('/folder/a.json')]).toEqual([true, false]);
});
