// A key that signs trust, in a file: JSON with the Ed25519 seed sealed by a passphrase (scrypt, then AES-256-GCM over the
// seed with everything else in the file authenticated). Beside it the public half, NAME.pub, to hand to others.

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, isSameBytes, utf8ToBytes } from '../core/bytes/bytes.ts';
import { encodeHex, parseHex } from '../core/bytes/hex.ts';
import { ok, type Result, refused } from '../core/result.ts';
import { createSigner, type Signer } from '../core/signature/signer.ts';
import type { HeldKey } from '../core/trust/publish/build-metadata.ts';
import { drawSeed, writePrivateFile } from './key-file.ts';
import { ifThere } from './whole-file.ts';

export const TRUST_KEY_REFUSALS = [
  'not-a-trust-key',
  'unknown-trust-key-version',
  'weak-or-costly-scrypt',
  'wrong-passphrase',
  'seed-and-public-key-differ',
] as const;
export type TrustKeyRefusal = (typeof TRUST_KEY_REFUSALS)[number];

const KIND = 'gatelight-trust-key';
const PUBLIC_KIND = 'gatelight-trust-public-key';
const VERSION = 1;
const CIPHER = 'aes-256-gcm';
/** 128 MiB and a good half second for each guess: N 2^17, r 8, p 1. */
const LOG2_COST = 17;
/** What a file may ask of the machine that opens it. */
const COST_RANGE = { least: 15, most: 20 };
/** For a passphrase that everybody knows. */
export const LEAST_LOG2_COST = COST_RANGE.least;
const BLOCK_SIZE = 8;

interface KeyFields {
  readonly kind: typeof KIND;
  readonly version: number;
  readonly holder: string;
  readonly publicKey: string;
  readonly scrypt: { readonly log2Cost: number; readonly salt: string };
  readonly nonce: string;
}

export interface MadeKey extends HeldKey {
  readonly signer: Signer;
}

/** Makes a key; refuses to touch one that is there. */
export async function makeTrustKey(
  folder: string,
  holder: string,
  passphrase: string,
  log2Cost = LOG2_COST,
): Promise<Result<MadeKey, 'already-there'>> {
  const seed = drawSeed();
  const signer = await createSigner(seed);
  const { publicKey } = signer;
  const text = await encodeTrustKey(holder, seed, passphrase, log2Cost);
  const written = await writePrivateFile(join(folder, `${holder}.json`), text, { isReplacing: false });
  if (!written.ok) return written;
  const open = { kind: PUBLIC_KIND, version: VERSION, holder, publicKey: encodeHex(publicKey) };
  await writePrivateFile(join(folder, `${holder}.pub`), toText(open), { isReplacing: true });
  return ok({ holder, publicKey, signer });
}

export async function encodeTrustKey(
  holder: string,
  seed: Bytes,
  passphrase: string,
  log2Cost = LOG2_COST,
): Promise<string> {
  const { publicKey } = await createSigner(seed);
  const fields: KeyFields = {
    kind: KIND,
    version: VERSION,
    holder,
    publicKey: encodeHex(publicKey),
    scrypt: { log2Cost, salt: encodeHex(randomBytes(16)) },
    nonce: encodeHex(randomBytes(12)),
  };
  const cipher = createCipheriv(CIPHER, await stretch(passphrase, fields), Buffer.from(fields.nonce, 'hex'));
  cipher.setAAD(authenticated(fields));
  const sealed = Buffer.concat([cipher.update(seed), cipher.final()]);
  return toText({ ...fields, sealed: encodeHex(sealed), tag: encodeHex(cipher.getAuthTag()) });
}

/** The passphrase may be wrong, or the file changed: one cannot be told from the other. */
export async function openTrustKey(
  text: string,
  passphrase: string,
): Promise<Result<Signer, TrustKeyRefusal>> {
  const parsed = parseKeyFields(text);
  if (!parsed.ok) return parsed;
  const { fields, sealed, tag } = parsed.value;
  const decipher = createDecipheriv(
    CIPHER,
    await stretch(passphrase, fields),
    Buffer.from(fields.nonce, 'hex'),
    {
      authTagLength: 16,
    },
  );
  decipher.setAAD(authenticated(fields));
  decipher.setAuthTag(tag);
  let seed: Bytes;
  try {
    seed = new Uint8Array(Buffer.concat([decipher.update(sealed), decipher.final()]));
  } catch {
    return refused('wrong-passphrase');
  }
  const signer = await createSigner(seed);
  return encodeHex(signer.publicKey) === fields.publicKey
    ? ok(signer)
    : refused('seed-and-public-key-differ');
}

/** The public half of a holder's key, from either file; null where there is neither. */
export async function findTrustKey(folder: string, holder: string): Promise<HeldKey | null> {
  for (const [name, kind] of [
    [`${holder}.json`, KIND],
    [`${holder}.pub`, PUBLIC_KIND],
  ] as const) {
    const text = await ifThere(readFile(join(folder, name), 'utf8'));
    if (text === null) continue;
    const json = parseJson(text);
    const publicKey = json?.kind === kind && json.holder === holder ? hexBytes(json.publicKey, 32) : null;
    if (publicKey === null) throw new Error(`${join(folder, name)} is no key of ${holder}`);
    return { holder, publicKey };
  }
  return null;
}

/** The signer of a holder whose private key lies here, or a sentence that says why not. */
export async function openTrustKeyFile(
  folder: string,
  holder: string,
  askPassphrase: (holder: string) => Promise<string>,
): Promise<Result<Signer, string>> {
  const path = join(folder, `${holder}.json`);
  const text = await ifThere(readFile(path, 'utf8'));
  if (text === null) return refused(`there is no key file ${path}`);
  const signer = await openTrustKey(text, await askPassphrase(holder));
  if (signer.ok) return signer;
  const why =
    signer.error === 'wrong-passphrase' ? 'the passphrase is wrong, or the file was changed' : signer.error;
  return refused(`${path} cannot be used: ${why}`);
}

/** Who of these has its private key here; null: none. */
export async function findHolder(folder: string, wanted: readonly HeldKey[]): Promise<string | null> {
  for (const holder of await privateHolders(folder)) {
    const key = await findTrustKey(folder, holder);
    if (key !== null && wanted.some(({ publicKey }) => isSameBytes(publicKey, key.publicKey))) return holder;
  }
  return null;
}

/** Whose private keys lie here. */
export async function privateHolders(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => (/^[a-z0-9][a-z0-9-]{0,23}\.json$/.test(name) ? [name.slice(0, -5)] : []));
}

function parseKeyFields(
  text: string,
): Result<{ readonly fields: KeyFields; readonly sealed: Bytes; readonly tag: Bytes }, TrustKeyRefusal> {
  const json = parseJson(text);
  if (json?.kind !== KIND) return refused('not-a-trust-key');
  if (json.version !== VERSION) return refused('unknown-trust-key-version');
  const { holder, scrypt: cost } = json;
  const { log2Cost, salt } = (typeof cost === 'object' && cost !== null ? cost : {}) as Record<
    string,
    unknown
  >;
  const [publicKey, saltBytes] = [hexBytes(json.publicKey, 32), hexBytes(salt, 16)];
  const [nonce, sealed, tag] = [hexBytes(json.nonce, 12), hexBytes(json.sealed, 32), hexBytes(json.tag, 16)];
  if (typeof holder !== 'string' || publicKey === null || saltBytes === null)
    return refused('not-a-trust-key');
  if (nonce === null || sealed === null || tag === null) return refused('not-a-trust-key');
  if (typeof log2Cost !== 'number' || !Number.isInteger(log2Cost)) return refused('not-a-trust-key');
  if (log2Cost < COST_RANGE.least || log2Cost > COST_RANGE.most) return refused('weak-or-costly-scrypt');
  const fields: KeyFields = {
    kind: KIND,
    version: VERSION,
    holder,
    publicKey: encodeHex(publicKey),
    scrypt: { log2Cost, salt: encodeHex(saltBytes) },
    nonce: encodeHex(nonce),
  };
  return ok({ fields, sealed, tag });
}

/** Every field but the sealed seed and its tag, in one fixed order. */
const authenticated = ({ kind, version, holder, publicKey, scrypt: { log2Cost, salt }, nonce }: KeyFields) =>
  utf8ToBytes(JSON.stringify([kind, version, holder, publicKey, log2Cost, salt, nonce]));

function stretch(passphrase: string, { scrypt: { log2Cost, salt } }: KeyFields): Promise<Buffer> {
  const cost = 2 ** log2Cost;
  const options = { N: cost, r: BLOCK_SIZE, p: 1, maxmem: 128 * BLOCK_SIZE * (cost + 64) };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), Buffer.from(salt, 'hex'), 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

const toText = (json: object): string => `${JSON.stringify(json, null, 2)}\n`;

function parseJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function hexBytes(value: unknown, length: number): Bytes | null {
  const bytes = typeof value === 'string' ? parseHex(value) : null;
  return bytes?.ok && bytes.value.length === length ? bytes.value : null;
}
