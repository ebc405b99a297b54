// gatelight issuer keygen: private, never replacing a key unasked, usable at once.

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { issuerCommand } from '../../../src/cli/issuer.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { keyHintOf } from '../../../src/core/signature/cose-sign1.ts';
import { KEY_FILE_REFUSALS, parseKeyFile, readKeyFile } from '../../../src/server/key-file.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issuer-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('writes a private key file and prints its public key and hint', async () => {
  const path = join(folder, 'new', 'key.json');
  const { code, out } = await runCommand(issuerCommand, 'keygen', '--out', path);
  expect(code).toBe(0);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const signer = await readKeyFile(path);
  if (!signer.ok) throw new Error(signer.error);
  expect(out).toContain(encodeHex(signer.value.publicKey));
  expect(out).toContain(encodeHex(await keyHintOf(signer.value.publicKey)));
  expect(out).not.toContain(JSON.parse(await readFile(path, 'utf8')).seed);
});

it('leaves a key that is there, and replaces it when forced', async () => {
  const path = join(folder, 'key.json');
  await runCommand(issuerCommand, 'keygen', '--out', path);
  const first = await readFile(path, 'utf8');
  expect((await runCommand(issuerCommand, 'keygen', '--out', path)).code).toBe(1);
  expect(await readFile(path, 'utf8')).toBe(first);
  expect((await runCommand(issuerCommand, 'keygen', '--out', path, '--force')).code).toBe(0);
  expect(await readFile(path, 'utf8')).not.toBe(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it.each([[[]], [['sign']], [['keygen', 'here.json']], [['keygen', '--outt', 'x']]])(
  'refuses %j as wrong arguments',
  async (args) => {
    expect((await runCommand(issuerCommand, ...args)).code).toBe(2);
  },
);

it('explains itself', async () => {
  const { code, out } = await runCommand(issuerCommand, '--help');
  expect(code).toBe(0);
  expect(out).toBe(issuerCommand.usage);
});

it('refuses each kind of broken key file by its code', async () => {
  const path = join(folder, 'key.json');
  await runCommand(issuerCommand, 'keygen', '--out', path);
  const good = JSON.parse(await readFile(path, 'utf8'));
  const broken: Readonly<Record<(typeof KEY_FILE_REFUSALS)[number], string | null>> = {
    'no-key-file': null,
    'not-json': '{',
    'not-a-key-file': JSON.stringify({ ...good, kind: 'other' }),
    'unknown-key-version': JSON.stringify({ ...good, version: 2 }),
    'bad-seed': JSON.stringify({ ...good, seed: good.seed.slice(2) }),
    'seed-and-public-key-differ': JSON.stringify({ ...good, seed: '00'.repeat(32) }),
  };
  for (const refusal of KEY_FILE_REFUSALS) {
    const text = broken[refusal];
    const result = text === null ? await readKeyFile(join(folder, 'none')) : await parseKeyFile(text);
    expect(result).toEqual({ ok: false, error: refusal });
  }
});
