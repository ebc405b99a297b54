// A tablet's next key, vouched for by the one it has: COSE_Sign1 (RFC 9052, section 4.2) by the old key, external_aad
// 'gatelight-new-key-1', payload [ site, device, new key, seconds, proof ]. The proof is the new key's own signature, so that
// nobody puts another's key under a tablet's name. alg is -19 for Ed25519 and -9 for P-256 (RFC 9864).

import { type Bytes, concatBytes, isSameBytes, utf8ToBytes } from '../bytes/bytes.ts';
import {
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborMap,
  isCborUint,
  parseCbor,
} from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { keyHintOf, sigStructure } from '../signature/cose-sign1.ts';
import {
  DEVICE_SIGNATURE_BYTES,
  type DevicePublicKey,
  type DeviceSigner,
  parseDeviceKey,
  type VerifyDeviceSignature,
} from './device-key.ts';

export const KEY_LIFE_SECONDS = 90 * 86_400;
export const MAX_ROTATION_BYTES = 512;

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
  const payload = encodeCbor([...claim, proof]);
  const header = await headerOf(current.publicKey);
  const signature = await current.sign(sigStructure(header, EXTERNAL_AAD, payload));
  return encodeCbor([header, new Map(), payload, signature]);
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

/** Whoever verifies knows the key, so the one right header is known too, byte for byte. */
async function headerOf(key: DevicePublicKey): Promise<Bytes> {
  return encodeCbor(
    new Map<number, CborValue>([
      [1, key.algorithm === 'ed25519' ? -19 : -9],
      [4, await keyHintOf(key.bytes)],
    ]),
  );
}

async function openByDevice(
  bytes: Bytes,
  key: DevicePublicKey,
  verify: VerifyDeviceSignature,
): Promise<Result<Bytes, RotationRefusal>> {
  const parsed = bytes.length <= MAX_ROTATION_BYTES ? parseCbor(bytes, { maxDepth: 2 }) : null;
  if (parsed === null || !parsed.ok || !isCborArray(parsed.value) || parsed.value.length !== 4)
    return refused('rotation-cose');
  const [header, unprotected, payload, signature] = parsed.value;
  if (!isCborBytes(header) || !isCborMap(unprotected) || unprotected.size !== 0 || !isCborBytes(payload))
    return refused('rotation-cose');
  if (!isCborBytes(signature) || signature.length !== DEVICE_SIGNATURE_BYTES) return refused('rotation-cose');
  if (!isSameBytes(header, await headerOf(key))) return refused('rotation-header');
  return (await verify(key, signature, sigStructure(header, EXTERNAL_AAD, payload)))
    ? ok(payload)
    : refused('rotation-signature');
}
