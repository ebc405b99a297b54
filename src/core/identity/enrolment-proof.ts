// What tablet and server prove to one another by the one-time code, which itself never travels, and the six digits by which
// a person sees that nobody stands between them.

import { type Bytes, concatBytes, utf8ToBytes } from '../bytes/bytes.ts';
import { sha256 } from '../bytes/sha256.ts';
import type { DevicePublicKey } from './device-key.ts';
import { isSameSecret } from './same-secret.ts';

/** What a server shows of itself to a tablet: its Ed25519 key, and the hash of the first TUF root. */
export interface ServerIdentity {
  readonly key: Bytes;
  readonly rootHash: Bytes;
}

const KEY_BYTES = 32;
const HASH_BYTES = 32;
const DIGITS_LABEL = utf8ToBytes('gatelight-enrol-digits-1');

/** HMAC(code, the tablet's public key): 32 bytes under Ed25519, 65 under P-256, so never the server's 64. */
export const tabletProof = (code: Bytes, tablet: DevicePublicKey): Promise<Bytes> => hmac(code, tablet.bytes);

/** HMAC(code, the server's key || hash of the TUF root). */
export function serverProof(code: Bytes, { key, rootHash }: ServerIdentity): Promise<Bytes> {
  if (key.length !== KEY_BYTES || rootHash.length !== HASH_BYTES)
    throw new Error(`a server's key of ${key.length} bytes and a root's hash of ${rootHash.length}`);
  return hmac(code, concatBytes(key, rootHash));
}

export const isTabletProof = async (code: Bytes, tablet: DevicePublicKey, proof: Bytes): Promise<boolean> =>
  isSameSecret(await tabletProof(code, tablet), proof);

export const isServerProof = async (code: Bytes, server: ServerIdentity, proof: Bytes): Promise<boolean> =>
  isSameSecret(await serverProof(code, server), proof);

/** SHA-256(label || code || tablet's key || server's key) as a number, mod 10^6: the same on both screens, or not. */
export async function enrolmentDigits(
  code: Bytes,
  tablet: DevicePublicKey,
  serverKey: Bytes,
): Promise<string> {
  const digest = await sha256(concatBytes(DIGITS_LABEL, code, tablet.bytes, serverKey));
  const number = digest.reduce((rest, byte) => (rest * 256 + byte) % 1_000_000, 0);
  return String(number).padStart(6, '0');
}

async function hmac(code: Bytes, message: Bytes): Promise<Bytes> {
  const subtle = crypto.subtle;
  if (subtle === undefined)
    throw new Error('this page has no WebCrypto: it must be opened by https or at localhost');
  const key = await subtle.importKey('raw', code, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', key, message));
}
