// Tablets' keys that really sign: Ed25519 from a seed, P-256 made by the platform.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { type DeviceSigner, parseDeviceKey } from '../../src/core/identity/device-key.ts';
import { createSigner } from '../../src/core/signature/signer.ts';

export async function testEd25519Device(byte: number): Promise<DeviceSigner> {
  const { publicKey, sign } = await createSigner(new Uint8Array(32).fill(byte));
  return { publicKey: { algorithm: 'ed25519', bytes: publicKey }, sign };
}

/** Another key each time. */
export async function testP256Device(): Promise<DeviceSigner> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ]);
  const raw: Bytes = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const publicKey = parseDeviceKey(raw);
  if (!publicKey.ok) throw new Error(publicKey.error);
  return {
    publicKey: publicKey.value,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, message)),
  };
}
