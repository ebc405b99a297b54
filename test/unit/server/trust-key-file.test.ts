// A key under a passphrase: opened by it alone, changed in no field unnoticed, private on the disk, never replaced.

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import {
  findTrustKey,
  makeTrustKey,
  openTrustKey,
  privateHolders,
} from '../../../src/server/trust-key-file.ts';

const PASSPHRASE = 'correct horse battery';
let folder: string;
let text: string;
let publicKey: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trust-keys-'));
  const made = await makeTrustKey(folder, 'anna', PASSPHRASE);
  if (!made.ok) throw new Error(made.error);
  publicKey = made.value.publicKey;
  text = await readFile(join(folder, 'anna.json'), 'utf8');
});
afterAll(() => rm(folder, { recursive: true }));

const edited = (change: (fields: Record<string, unknown>) => void): string => {
  const fields = JSON.parse(text);
  change(fields);
  return JSON.stringify(fields);
};
const flip = (hex: unknown) => `${String(hex).startsWith('0') ? '1' : '0'}${String(hex).slice(1)}`;

describe('a key file', () => {
  it('is opened by its passphrase, however its accents are typed', async () => {
    const signer = await openTrustKey(text, PASSPHRASE);
    expect(signer.ok && signer.value.publicKey).toEqual(publicKey);
    const accented = await makeTrustKey(folder, 'zoe', 'caf\u00e9 au lait');
    expect(accented.ok).toBe(true);
    const file = await readFile(join(folder, 'zoe.json'), 'utf8');
    expect((await openTrustKey(file, 'cafe\u0301 au lait')).ok).toBe(true);
  });

  it('is not opened by another', async () => {
    expect(await openTrustKey(text, `${PASSPHRASE} `)).toEqual({ ok: false, error: 'wrong-passphrase' });
  });

  it.each(['holder', 'publicKey', 'nonce', 'sealed', 'tag'])('notices a change of %s', async (field) => {
    const other = edited((fields) => {
      fields[field] = field === 'holder' ? 'mallory' : flip(fields[field]);
    });
    expect(await openTrustKey(other, PASSPHRASE)).toEqual({ ok: false, error: 'wrong-passphrase' });
  });

  it.each([14, 21])('asks no cost of 2^%d of a machine', async (log2Cost) => {
    const other = edited((fields) => {
      fields.scrypt = { ...(fields.scrypt as object), log2Cost };
    });
    expect(await openTrustKey(other, PASSPHRASE)).toEqual({ ok: false, error: 'weak-or-costly-scrypt' });
  });

  it.each<[string, (fields: Record<string, unknown>) => void]>([
    ['another kind', (fields) => (fields.kind = 'gatelight-key')],
    ['a short nonce', (fields) => (fields.nonce = '00')],
    ['a short tag', (fields) => (fields.tag = '00000000')],
    ['no salt', (fields) => (fields.scrypt = { log2Cost: 17 })],
    ['no scrypt', (fields) => (fields.scrypt = null)],
  ])('with %s is none', async (_, change) => {
    expect(await openTrustKey(edited(change), PASSPHRASE)).toEqual({ ok: false, error: 'not-a-trust-key' });
  });

  it('of a later version is left alone, and so is what is no JSON', async () => {
    const later = edited((fields) => {
      fields.version = 2;
    });
    expect(await openTrustKey(later, PASSPHRASE)).toEqual({ ok: false, error: 'unknown-trust-key-version' });
    expect(await openTrustKey('{', PASSPHRASE)).toEqual({ ok: false, error: 'not-a-trust-key' });
  });

  it('can be read by its owner alone and holds no seed in clear', async () => {
    expect((await stat(join(folder, 'anna.json'))).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(text))).not.toContain('seed');
  });

  it('is never written over', async () => {
    expect(await makeTrustKey(folder, 'anna', 'something else')).toEqual({
      ok: false,
      error: 'already-there',
    });
    expect(await readFile(join(folder, 'anna.json'), 'utf8')).toBe(text);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('has a public half to hand on, which is enough to name the key', async () => {
    const other = await mkdtemp(join(folder, 'other-'));
    await writeFile(join(other, 'anna.pub'), await readFile(join(folder, 'anna.pub')));
    expect(await findTrustKey(other, 'anna')).toEqual({ holder: 'anna', publicKey });
    expect(await findTrustKey(other, 'ben')).toBeNull();
    expect(await privateHolders(other)).toEqual([]);
    expect(await readFile(join(other, 'anna.pub'), 'utf8')).toContain(encodeHex(publicKey));
  });

  it('of one holder does not pass for another’s', async () => {
    const other = await mkdtemp(join(folder, 'other-'));
    await writeFile(join(other, 'ben.pub'), await readFile(join(folder, 'anna.pub')));
    await expect(findTrustKey(other, 'ben')).rejects.toThrow('is no key of ben');
  });
});
