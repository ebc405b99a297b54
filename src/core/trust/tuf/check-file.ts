// Against mix and match: whether a file is the very one that the role above it speaks of.

import type { Bytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import type { Hashes } from './metadata.ts';
import type { TufCode } from './refusal.ts';

const DIGESTS_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['sha256', 'SHA-256'],
  ['sha512', 'SHA-512'],
]);

export interface FileClaim {
  readonly length: number | null;
  readonly hashes: Hashes | null;
}

/** Checks length and every hash that we know; claims with unknown hashes alone prove nothing and are refused. */
export async function checkFile(
  bytes: Bytes,
  { length, hashes }: FileClaim,
): Promise<Extract<TufCode, 'wrong-length' | 'wrong-hash' | 'unknown-hash'> | null> {
  if (length !== null && bytes.length !== length) return 'wrong-length';
  if (hashes === null) return null;
  const known = [...hashes].flatMap(([algorithm, hash]) => {
    const digest = DIGESTS_BY_NAME.get(algorithm);
    return digest === undefined ? [] : [{ digest, hash }];
  });
  if (known.length === 0) return 'unknown-hash';
  for (const { digest, hash } of known) {
    if ((await digestHex(digest, bytes)) !== hash) return 'wrong-hash';
  }
  return null;
}

/** The hash by which a consistent repository names the file. */
export const nameHashOf = (hashes: Hashes): string | null =>
  [...DIGESTS_BY_NAME.keys()].map((name) => hashes.get(name)).find((hash) => hash !== undefined) ?? null;

async function digestHex(algorithm: string, bytes: Bytes): Promise<string> {
  const subtle = crypto.subtle;
  if (subtle === undefined)
    throw new Error('this page has no WebCrypto: it must be opened by https or at localhost');
  return encodeHex(new Uint8Array(await subtle.digest(algorithm, bytes)));
}
