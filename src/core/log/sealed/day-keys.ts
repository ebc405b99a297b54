// The two keys of a site's day. Records are sealed to the public half of the one; pseudonyms are made under the other.
// Chance is an argument. What lives how long is key-ends.ts.

import type { Bytes } from '../../bytes/bytes.ts';
import { sha256 } from '../../bytes/sha256.ts';
import { BOX_KEY_BYTES, boxKeyPairOf } from '../../nacl/box.ts';
import type { DayMac } from '../pseudonym.ts';
import { KEY_NAME_BYTES } from './envelope.ts';

/** What tablets hold: the public half. */
export interface SealKey {
  readonly site: string;
  /** 'YYYY-MM-DD', the site's. */
  readonly day: string;
  readonly publicKey: Bytes;
  /** First 4 bytes of the public key's SHA-256: which key it was, where a day has had two. */
  readonly name: Bytes;
}

/** What the server holds until retention ends. */
export interface SealKeyPair extends SealKey {
  readonly secretKey: Bytes;
}

export const PSEUDONYM_KEY_BYTES = 32;

/** `secret`: 32 random bytes, never used for anything else. */
export async function createSealKeyPair(site: string, day: string, secret: Bytes): Promise<SealKeyPair> {
  if (secret.length !== BOX_KEY_BYTES) throw new Error(`a seal key is ${BOX_KEY_BYTES} bytes long`);
  const pair = boxKeyPairOf(secret);
  return { site, day, ...pair, name: await keyNameOf(pair.publicKey) };
}

export const sealKeyOf = ({ site, day, publicKey, name }: SealKeyPair): SealKey => ({
  site,
  day,
  publicKey,
  name,
});

export const keyNameOf = async (publicKey: Bytes): Promise<Bytes> =>
  (await sha256(publicKey)).slice(0, KEY_NAME_BYTES);

/** The site's pseudonyms of a day: 32 random bytes, held by the platform so that no script reads them back. */
export async function openPseudonymKey(key: Bytes): Promise<DayMac> {
  if (key.length !== PSEUDONYM_KEY_BYTES)
    throw new Error(`a pseudonym key is ${PSEUDONYM_KEY_BYTES} bytes long`);
  const subtle = crypto.subtle;
  if (subtle === undefined)
    throw new Error('this page has no WebCrypto: it must be opened by https or at localhost');
  const held = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return async (message) => new Uint8Array(await subtle.sign('HMAC', held, message));
}
