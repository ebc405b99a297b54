// A private key in a file: JSON with the Ed25519 seed in hex, readable by its owner alone. Written whole or not at all.

import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex, parseHex } from '../core/bytes/hex.ts';
import { ok, type Result, refused } from '../core/result.ts';
import { createSigner, SEED_BYTES, type Signer } from '../core/signature/signer.ts';
import { readIfThere, writeWhole } from './whole-file.ts';

export const KEY_FILE_REFUSALS = [
  'no-key-file',
  'not-json',
  'not-a-key-file',
  'unknown-key-version',
  'bad-seed',
  'seed-and-public-key-differ',
] as const;
export type KeyFileRefusal = (typeof KEY_FILE_REFUSALS)[number];

const KIND = 'gatelight-key';
const VERSION = 1;

export const drawSeed = (): Bytes => new Uint8Array(randomBytes(SEED_BYTES));

export async function readKeyFile(path: string): Promise<Result<Signer, KeyFileRefusal>> {
  const bytes = await readIfThere(path);
  return bytes === null ? refused('no-key-file') : parseKeyFile(new TextDecoder().decode(bytes));
}

export async function parseKeyFile(text: string): Promise<Result<Signer, KeyFileRefusal>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refused('not-json');
  }
  if (typeof json !== 'object' || json === null) return refused('not-a-key-file');
  const fields = json as Readonly<Record<string, unknown>>;
  if (fields.kind !== KIND || fields.algorithm !== 'Ed25519') return refused('not-a-key-file');
  if (fields.version !== VERSION) return refused('unknown-key-version');
  const seed = typeof fields.seed === 'string' ? parseHex(fields.seed) : refused('not-hex');
  if (!seed.ok || seed.value.length !== SEED_BYTES) return refused('bad-seed');
  const signer = await createSigner(seed.value);
  if (fields.publicKey !== encodeHex(signer.publicKey)) return refused('seed-and-public-key-differ');
  return ok(signer);
}

export async function encodeKeyFile(seed: Bytes): Promise<string> {
  const { publicKey } = await createSigner(seed);
  const fields = {
    kind: KIND,
    version: VERSION,
    algorithm: 'Ed25519',
    publicKey: encodeHex(publicKey),
    seed: encodeHex(seed),
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** Whether anyone but the owner may read it. Always false where files have no such modes. */
export async function isReadableByOthers(path: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0;
}

/** Writes a file that only its owner reads. Refuses to replace one unless told to; a kill leaves the old one or the new. */
export async function writePrivateFile(
  path: string,
  text: string,
  { isReplacing }: { readonly isReplacing: boolean },
): Promise<Result<null, 'already-there'>> {
  const written = await writeWhole(path, text, { mode: 0o600, folderMode: 0o700, isReplacing });
  return written === 'written' ? ok(null) : refused(written);
}
