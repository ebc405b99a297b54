// Signs with a 32-byte Ed25519 seed (RFC 8032, section 5.1.5): WebCrypto where it can, tweetnacl otherwise.
// Both give the same bytes, for Ed25519 is deterministic.

import { type Bytes, concatBytes } from '../bytes/bytes.ts';

export interface Signer {
  readonly publicKey: Bytes;
  sign(message: Bytes): Promise<Bytes>;
}

export const SEED_BYTES = 32;

/** PKCS #8 around a seed (RFC 8410, section 7), up to where the seed begins. */
const PKCS8_HEAD = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

/** Throws on a seed that is not 32 bytes. */
export async function createSigner(seed: Bytes): Promise<Signer> {
  if (seed.length !== SEED_BYTES)
    throw new Error(`an Ed25519 seed is ${SEED_BYTES} bytes, this one is ${seed.length}`);
  const { publicKeyOfSeed, signWithTweetnacl } = await import('../nacl/ed25519.ts');
  const publicKey = publicKeyOfSeed(seed);
  const ownSeed = seed.slice();
  const signNatively = await openNativeSigning(ownSeed);
  return { publicKey, sign: signNatively ?? (async (message) => signWithTweetnacl(ownSeed, message)) };
}

async function openNativeSigning(seed: Bytes): Promise<Signer['sign'] | null> {
  const subtle = crypto.subtle;
  if (subtle === undefined) return null;
  try {
    const key = await subtle.importKey('pkcs8', concatBytes(PKCS8_HEAD, seed), 'Ed25519', false, ['sign']);
    return async (message) => new Uint8Array(await subtle.sign('Ed25519', key, message));
  } catch {
    return null;
  }
}
