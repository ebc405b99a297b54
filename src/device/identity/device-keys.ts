// Makes a tablet's signing keys and signs by them: Ed25519, or ECDSA with P-256 where the platform has no Ed25519. Private
// halves are never extractable.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { DeviceAlgorithm, DeviceSigner } from '../../core/identity/device-key.ts';
import type { StoredKey } from './stored-identity.ts';

const ED25519 = { name: 'Ed25519' } as const;
const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGN_P256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
const USAGES = ['sign', 'verify'] as const;

export async function makeDeviceKey(nowSeconds: number): Promise<StoredKey> {
  const { algorithm, pair } = await makePair();
  return {
    algorithm,
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
    privateKey: pair.privateKey,
    sinceSeconds: Math.floor(nowSeconds),
  };
}

export const signerOf = ({ algorithm, publicKey, privateKey }: StoredKey): DeviceSigner => ({
  publicKey: { algorithm, bytes: publicKey },
  async sign(message: Bytes) {
    const how = algorithm === 'ed25519' ? ED25519 : SIGN_P256;
    return new Uint8Array(await crypto.subtle.sign(how, privateKey, message));
  },
});

async function makePair(): Promise<{ readonly algorithm: DeviceAlgorithm; readonly pair: CryptoKeyPair }> {
  try {
    const pair = (await crypto.subtle.generateKey(ED25519, false, USAGES)) as CryptoKeyPair;
    return { algorithm: 'ed25519', pair };
  } catch (error) {
    // A platform that does not know the algorithm says NotSupportedError, some old ones SyntaxError.
    const name = error instanceof DOMException ? error.name : '';
    if (name !== 'NotSupportedError' && name !== 'SyntaxError') throw error;
    return { algorithm: 'ecdsa-p256-sha256', pair: await crypto.subtle.generateKey(P256, false, USAGES) };
  }
}
