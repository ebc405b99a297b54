// The only door to tweetnacl's X25519 and its secretbox (XSalsa20-Poly1305). Agreeing on a key takes a millisecond or
// more, sealing under it microseconds: agree once a session. Lengths that are not the algorithm's own throw.

import nacl from 'tweetnacl';
import { type Bytes, isSameBytes } from '../bytes/bytes.ts';

export const BOX_KEY_BYTES = 32;
export const BOX_NONCE_BYTES = 24;
/** How much longer a sealed message is. */
export const BOX_TAG_BYTES = 16;

export interface BoxKeyPair {
  readonly publicKey: Bytes;
  readonly secretKey: Bytes;
}

/** Making pairs and agreeing on keys, the two that take time: a platform may have a faster engine for them. */
export interface KeyAgreement {
  readonly pairOf: typeof boxKeyPairOf;
  readonly agree: typeof agreeOnKey;
}

/** The pair of a secret of 32 random bytes, of which it keeps a copy of its own. */
export function boxKeyPairOf(secret: Bytes): BoxKeyPair {
  const { publicKey, secretKey } = nacl.box.keyPair.fromSecretKey(secret);
  return { publicKey: new Uint8Array(publicKey), secretKey: new Uint8Array(secretKey) };
}

/** Null for a public key of small order: what anybody's secret agrees on with it is known to everybody. */
export function agreeOnKey(publicKey: Bytes, secretKey: Bytes): Bytes | null {
  const shared = new Uint8Array(nacl.box.before(publicKey, secretKey));
  return isSameBytes(shared, knownToAll(secretKey)) ? null : shared;
}

export const TWEETNACL_AGREEMENT: KeyAgreement = { pairOf: boxKeyPairOf, agree: agreeOnKey };

export const sealBox = (message: Bytes, nonce: Bytes, key: Bytes): Bytes =>
  new Uint8Array(nacl.secretbox(message, nonce, key));

/** Null where this key and nonce did not seal these bytes. */
export function openBox(sealed: Bytes, nonce: Bytes, key: Bytes): Bytes | null {
  const opened = nacl.secretbox.open(sealed, nonce, key);
  return opened === null ? null : new Uint8Array(opened);
}

let sharedWithZero: Bytes | null = null;

/** What every secret agrees on with every point of small order: found once, with any secret. */
function knownToAll(anySecret: Bytes): Bytes {
  sharedWithZero ??= new Uint8Array(nacl.box.before(new Uint8Array(BOX_KEY_BYTES), anySecret));
  return sharedWithZero;
}
