// Ed25519 verification with one answer everywhere: the strict rule first, then WebCrypto where it works, else tweetnacl.

import { type Bytes, concatBytes } from '../bytes/bytes.ts';
import { encodeHex, parseHex } from '../bytes/hex.ts';
import { isStrictSignature } from './strict-ed25519.ts';

export interface Ed25519Engine {
  readonly name: 'webcrypto' | 'tweetnacl';
  /** False for whatever is not a good signature, wrong lengths included; never throws on hostile bytes. */
  verify(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean>;
}

/** Whether one of these keys made the signature: there are two while one takes over from the other. */
export async function isSignedByOne(
  keys: readonly Bytes[],
  signature: Bytes,
  message: Bytes,
  engine: Ed25519Engine,
): Promise<boolean> {
  for (const key of keys) if (await engine.verify(key, signature, message)) return true;
  return false;
}

/** Keys come from trust, which holds few; the bound is for a trust document that holds many. */
const MAX_CACHED_KEYS = 64;

/** Says false to everything on a platform without Ed25519: let chooseEngine find out. */
export function openWebCryptoEngine(): Ed25519Engine {
  const keysByHex = new Map<string, Promise<SubtleKey | null>>();
  return {
    name: 'webcrypto',
    async verify(publicKey, signature, message) {
      const subtle = crypto.subtle;
      if (subtle === undefined || !isStrictSignature(publicKey, signature)) return false;
      const key = await cachedKey(subtle, keysByHex, publicKey);
      if (key === null) return false;
      return subtle.verify('Ed25519', key, signature, message).catch(() => false);
    },
  };
}

export async function openTweetnaclEngine(): Promise<Ed25519Engine> {
  const { verifyWithTweetnacl } = await import('../nacl/ed25519.ts');
  return {
    name: 'tweetnacl',
    async verify(publicKey, signature, message) {
      return isStrictSignature(publicKey, signature) && verifyWithTweetnacl(publicKey, signature, message);
    },
  };
}

/** WebCrypto if it tells a known good signature from a spoilt one; once, at start. */
export async function chooseEngine(): Promise<Ed25519Engine> {
  const native = openWebCryptoEngine();
  return (await isWorking(native)) ? native : openTweetnaclEngine();
}

/** RFC 8032, section 7.1, TEST 2. */
const KNOWN = {
  publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  message: '72',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
};

async function isWorking(engine: Ed25519Engine): Promise<boolean> {
  const [publicKey, message, signature] = [KNOWN.publicKey, KNOWN.message, KNOWN.signature].map(knownBytes);
  if (publicKey === undefined || message === undefined || signature === undefined) return false;
  const spoilt = concatBytes(message, Uint8Array.of(0));
  return (
    (await engine.verify(publicKey, signature, message)) &&
    !(await engine.verify(publicKey, signature, spoilt))
  );
}

function knownBytes(hex: string): Bytes | undefined {
  const parsed = parseHex(hex);
  return parsed.ok ? parsed.value : undefined;
}

function cachedKey(
  subtle: NonNullable<typeof crypto.subtle>,
  keysByHex: Map<string, Promise<SubtleKey | null>>,
  publicKey: Bytes,
): Promise<SubtleKey | null> {
  const hex = encodeHex(publicKey);
  const cached = keysByHex.get(hex);
  if (cached !== undefined) return cached;
  const [oldest] = keysByHex.keys();
  if (oldest !== undefined && keysByHex.size >= MAX_CACHED_KEYS) keysByHex.delete(oldest);
  const imported = importKey(subtle, publicKey);
  keysByHex.set(hex, imported);
  return imported;
}

/** Null where the platform has no Ed25519, and where it already sees here that the key is no point of the curve. */
async function importKey(
  subtle: NonNullable<typeof crypto.subtle>,
  publicKey: Bytes,
): Promise<SubtleKey | null> {
  try {
    return await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  } catch {
    return null;
  }
}
