// The only door to tweetnacl's Ed25519. Import it dynamically: most platforms verify natively and never load it.
// tweetnacl takes S >= L, so it stands behind the strict rule (signature/strict-ed25519.ts) like every engine.

import nacl from 'tweetnacl';
import type { Bytes } from '../bytes/bytes.ts';

/** Key of 32 bytes, signature of 64; other lengths throw. */
export const verifyWithTweetnacl = (
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): boolean => nacl.sign.detached.verify(message, signature, publicKey);

/** The seed is the 32 bytes of an RFC 8032 private key. */
export const signWithTweetnacl = (seed: Uint8Array, message: Uint8Array): Bytes =>
  new Uint8Array(nacl.sign.detached(message, nacl.sign.keyPair.fromSeed(seed).secretKey));

export const publicKeyOfSeed = (seed: Uint8Array): Bytes =>
  new Uint8Array(nacl.sign.keyPair.fromSeed(seed).publicKey);
