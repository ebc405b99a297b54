// Folders in which trust is made by the commands themselves, with a passphrase from a file.

import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { trustCommand } from '../../../src/cli/trust.ts';
import { issuerKey } from '../../support/trust-desk.ts';
import { type Ran, runCommand } from './run-command.ts';

const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);
export let base: string;
let passphraseFile: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'trust-'));
  passphraseFile = join(base, 'passphrase');
  await writeFile(passphraseFile, 'correct horse battery\n');
});
afterAll(() => rm(base, { recursive: true }));

export const trust = (...args: readonly string[]): Promise<Ran> =>
  runCommand(trustCommand, ...args, '--passphrase-file', passphraseFile);

export async function done(...args: readonly string[]): Promise<string> {
  const ran = await trust(...args);
  expect([args, ran.code, ran.err]).toEqual([args, 0, '']);
  return ran.out;
}

export async function entryFile(name: string, json: unknown): Promise<string> {
  const path = join(base, name);
  await writeFile(path, JSON.stringify(json));
  return path;
}

export const beginsIn = (days: number, number = 1) =>
  issuerKey(number, { validFrom: now + days * DAY, validUntil: now + 400 * DAY });

/** Copies of one that was made by the commands: a passphrase costs half a second each time. */
let template: Promise<string> | null = null;

export async function begin(name: string): Promise<string> {
  template ??= makeTemplate();
  const dir = join(base, name);
  await cp(await template, dir, { recursive: true });
  return dir;
}

async function makeTemplate(): Promise<string> {
  const dir = join(base, 'template');
  await done('init', dir, '--holders', 'anna,ben,carol');
  await done('sign', dir, '--as', 'anna', '--yes');
  await done('sign', dir, '--as', 'carol', '--yes');
  await done('publish', dir);
  return dir;
}

/** A key as if it had been made there. */
export async function bringKey(name: string, dir: string): Promise<void> {
  await mkdir(join(dir, 'keys'), { recursive: true });
  const from = join(await begin('keys-of-all'), 'keys');
  for (const file of [`${name}.json`, `${name}.pub`])
    await copyFile(join(from, file), join(dir, 'keys', file));
}
