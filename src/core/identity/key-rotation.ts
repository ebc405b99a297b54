// A tablet's next key, vouched for by the one it has: COSE_Sign1 by the old key (device-cose.ts), external_aad
// 'gatelight-new-key-1', payload [ site, device, new key, seconds, proof ]. The proof is the new key's own signature, so that
// nobody puts another's key under a tablet's name.

import { type Bytes, concatBytes, isSameBytes, utf8ToBytes } from '../bytes/bytes.ts';
import {
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborUint,
  parseCbor,
} from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { parseDeviceCose, signByDevice, verifyDeviceCose } from './device-cose.ts';
import {
  type DevicePublicKey,
  type DeviceSigner,
  parseDeviceKey,
  type VerifyDeviceSignature,
} from './device-key.ts';

export const KEY_LIFE_SECONDS = 90 * 86_400;
export const MAX_ROTATION_BYTES = 512;
/** So many replaced keys a tablet keeps, to vouch again for its own before a server that was set back: a year of them. */
export const KEYS_BEFORE = 4;

export interface RotatingDevice {
  readonly site: string;
  readonly device: string;
}

export interface KeyRotation {
  readonly key: DevicePublicKey;
  readonly createdSeconds: number;
}

export const ROTATION_REFUSALS = [
  'rotation-cose',
  'rotation-header',
  'rotation-signature',
  'rotation-shape',
  'rotation-other-device',
  'rotation-same-key',
  'rotation-proof',
] as const;
export type RotationRefusal = (typeof ROTATION_REFUSALS)[number];

export const isRotationDue = (keySinceSeconds: number, nowSeconds: number): boolean =>
  nowSeconds - keySinceSeconds >= KEY_LIFE_SECONDS;

export async function signRotation(
  { site, device }: RotatingDevice,
  nowSeconds: number,
  current: DeviceSigner,
  next: DeviceSigner,
): Promise<Bytes> {
  const createdSeconds = Math.floor(nowSeconds);
  const claim = [site, device, next.publicKey.bytes, createdSeconds];
  const proof = await next.sign(proofBytes(current.publicKey, claim));
  return signByDevice(encodeCbor([...claim, proof]), EXTERNAL_AAD, current);
}

export async function verifyRotation(
  bytes: Bytes,
  own: RotatingDevice,
  current: DevicePublicKey,
  verify: VerifyDeviceSignature,
): Promise<Result<KeyRotation, RotationRefusal>> {
  const payload = await openByDevice(bytes, current, verify);
  if (!payload.ok) return payload;
  const parsed = parseCbor(payload.value, { maxDepth: 1 });
  if (!parsed.ok || !isCborArray(parsed.value) || parsed.value.length !== 5) return refused('rotation-shape');
  const [site, device, keyBytes, createdSeconds, proof] = parsed.value;
  const key = parseDeviceKey(isCborBytes(keyBytes) ? keyBytes : NO_BYTES);
  if (!key.ok || !isCborUint(createdSeconds) || !isCborBytes(proof)) return refused('rotation-shape');
  if (site !== own.site || device !== own.device) return refused('rotation-other-device');
  if (isSameBytes(key.value.bytes, current.bytes)) return refused('rotation-same-key');
  const proven = proofBytes(current, parsed.value.slice(0, 4));
  if (!(await verify(key.value, proof, proven))) return refused('rotation-proof');
  return ok({ key: key.value, createdSeconds });
}

const NO_BYTES: Bytes = new Uint8Array(0);
const EXTERNAL_AAD = utf8ToBytes('gatelight-new-key-1');
const PROOF_LABEL = utf8ToBytes('gatelight-new-key-proof-1\0');

const proofBytes = (current: DevicePublicKey, claim: readonly CborValue[]): Bytes =>
  concatBytes(PROOF_LABEL, encodeCbor([current.bytes, ...claim]));

async function openByDevice(
  bytes: Bytes,
  key: DevicePublicKey,
  verify: VerifyDeviceSignature,
): Promise<Result<Bytes, RotationRefusal>> {
  const cose = bytes.length <= MAX_ROTATION_BYTES ? parseDeviceCose(bytes, EXTERNAL_AAD) : null;
  if (cose === null || !cose.ok) return refused('rotation-cose');
  const verified = await verifyDeviceCose(cose.value, [key], verify);
  if (verified.ok) return ok(cose.value.payload);
  return refused(verified.error === 'device-header' ? 'rotation-header' : 'rotation-signature');
}
