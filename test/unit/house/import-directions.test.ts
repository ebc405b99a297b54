// The compiler itself keeps the import directions: each row adds one file to a copy of the sources and expects an error.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'gatelight-house-'));
  cpSync(join(ROOT, 'src'), join(copy, 'src'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const config = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
  config.compilerOptions.outDir = 'out';
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(config));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** What the compiler says against this text as a file of that folder; empty when it has nothing against it. */
function objections(folder: string, text: string): string {
  const probe = join(copy, 'src', folder, 'probe.ts');
  writeFileSync(probe, `${text}\n`);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-b', join('src', folder)], {
    cwd: copy,
    encoding: 'utf8',
  });
  rmSync(probe);
  return stdout
    .split('\n')
    .filter((line) => line.includes('probe.ts'))
    .join('\n');
}

describe('the compiler', () => {
  it.each([
    ['core', "export { ok } from './result.ts';"],
    ['sync', "export { ok } from '../core/result.ts';"],
    ['device', "export { waitMs } from '../sync/back-off.ts';"],
  ])('has nothing against what may be imported in %s', (folder, text) => {
    expect(objections(folder, text)).toBe('');
  });

  it.each([
    ['core', 'export const title = document.title;', "'document'"],
    ['core', "export const answer = fetch('/');", "'fetch'"],
    ['core', "export { readFileSync } from 'node:fs';", "'node:fs'"],
    ['sync', "export const answer = fetch('/');", "'fetch'"],
    ['sync', "export { readFileSync } from 'node:fs';", "'node:fs'"],
    ['decode', 'export const title = document.title;', "'document'"],
    ['camera/worker', 'export const title = document.title;', "'document'"],
    ['service-worker', 'export const title = document.title;', "'document'"],
    ['server', 'export const title = document.title;', "'document'"],
  ])('rejects what does not exist there: in %s, %s', (folder, text, name) => {
    expect(objections(folder, text)).toContain(name);
  });

  it.each([
    ['sync', 'app/guard/guard-model.ts'],
    ['core', 'sync/ports.ts'],
    ['decode', 'camera/same-code.ts'],
    ['device', 'app/guard/guard-model.ts'],
    ['camera', 'device/tablet.ts'],
    ['server', 'sync/ports.ts'],
    ['service-worker', 'camera/same-code.ts'],
    ['cli', 'app/guard/guard-model.ts'],
  ])('rejects that %s imports %s', (folder, path) => {
    expect(objections(folder, `export * as other from '../${path}';`)).toContain('TS6307');
  });
});

describe('the sources', () => {
  it('never widen what a folder may know by a triple-slash directive', () => {
    const found = spawnSync('grep', ['-rlE', '^/// *<reference', join(ROOT, 'src')], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
  });
});
