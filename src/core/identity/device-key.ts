// A tablet's key as others see it, and the two ports behind which its private half lies: Ed25519, or ECDSA with P-256 where
// a platform has no Ed25519. Algorithms go by their names in RFC 9421, section 6.2.

import { type Bytes, concatBytes } from '../bytes/bytes.ts';
import { encodeHex } from '../bytes/hex.ts';
import { sha256 } from '../bytes/sha256.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Ed25519Engine } from '../signature/engine.ts';

export type DeviceAlgorithm = 'ed25519' | 'ecdsa-p256-sha256';

export interface DevicePublicKey {
  readonly algorithm: DeviceAlgorithm;
  /** Ed25519: 32 bytes. P-256: the uncompressed point, 65 bytes that begin with 4. */
  readonly bytes: Bytes;
}

export interface DeviceSigner {
  readonly publicKey: DevicePublicKey;
  /** 64 bytes: an Ed25519 signature, or r || s. */
  sign(message: Bytes): Promise<Bytes>;
}

export type VerifyDeviceSignature = (
  key: DevicePublicKey,
  signature: Bytes,
  message: Bytes,
) => Promise<boolean>;

export const DEVICE_SIGNATURE_BYTES = 64;
/** 128 bits of SHA-256 in hexadecimal. */
const KEY_ID_BYTES = 16;
const POINT_BYTES = 65;
const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const P256_SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** The lengths of the two kinds differ, so the bytes say which it is. */
export function parseDeviceKey(bytes: Uint8Array): Result<DevicePublicKey, 'bad-device-key'> {
  if (bytes.length === 32) return ok({ algorithm: 'ed25519', bytes: concatBytes(bytes) });
  if (bytes.length !== POINT_BYTES || bytes[0] !== 4) return refused('bad-device-key');
  return ok({ algorithm: 'ecdsa-p256-sha256', bytes: concatBytes(bytes) });
}

/** How a request names its key. */
export const deviceKeyId = async (key: DevicePublicKey): Promise<string> =>
  encodeHex((await sha256(key.bytes)).slice(0, KEY_ID_BYTES));

export const isDeviceKeyId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

/** Ed25519 by the strict rule and the engine that was chosen, P-256 by the platform. Never throws on hostile bytes. */
export function openDeviceVerifier(engine: Ed25519Engine): VerifyDeviceSignature {
  return async (key, signature, message) => {
    if (signature.length !== DEVICE_SIGNATURE_BYTES) return false;
    return key.algorithm === 'ed25519'
      ? engine.verify(key.bytes, signature, message)
      : verifyP256(key.bytes, signature, message);
  };
}

async function verifyP256(point: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const subtle = crypto.subtle;
  if (subtle === undefined) return false;
  try {
    const key = await subtle.importKey('raw', point, P256, false, ['verify']);
    return await subtle.verify(P256_SHA256, key, signature, message);
  } catch {
    return false;
  }
}
