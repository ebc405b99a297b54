// A COSE_Sign1 (RFC 9052, section 4.2) by a tablet's key: protected header { 1: alg, 4: first 4 bytes of SHA-256 of the
// key } and nothing else, alg -19 for Ed25519 and -9 for P-256 (RFC 9864). Whoever verifies knows the keys, so the one
// right header of each is known too, byte for byte.

import { type Bytes, isSameBytes } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, isCborMap, parseCbor } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { keyHintOf, sigStructure } from '../signature/cose-sign1.ts';
import {
  DEVICE_SIGNATURE_BYTES,
  type DevicePublicKey,
  type DeviceSigner,
  type VerifyDeviceSignature,
} from './device-key.ts';

export interface DeviceCose {
  readonly header: Bytes;
  readonly payload: Bytes;
  readonly signature: Bytes;
  /** Sig_structure (RFC 9052, section 4.4): what the signature is over. */
  readonly signedBytes: Bytes;
}

const ALG = 1;
const KID = 4;
const ALG_ED25519 = -19;
const ALG_ESP256 = -9;
const KEY_HINT_BYTES = 4;

export async function signByDevice(payload: Bytes, externalAad: Bytes, signer: DeviceSigner): Promise<Bytes> {
  const header = await headerOf(signer.publicKey);
  const signature = await signer.sign(sigStructure(header, externalAad, payload));
  return encodeCbor([header, new Map(), payload, signature]);
}

/** Says nothing about whether the signature holds, nor whose it is. */
export function parseDeviceCose(bytes: Bytes, externalAad: Bytes): Result<DeviceCose, 'device-cose'> {
  const parsed = parseCbor(bytes, { maxDepth: 2 });
  if (!parsed.ok || !isCborArray(parsed.value) || parsed.value.length !== 4) return refused('device-cose');
  const [header, unprotected, payload, signature] = parsed.value;
  if (!isCborBytes(header) || !isHeader(header)) return refused('device-cose');
  if (!isCborMap(unprotected) || unprotected.size !== 0) return refused('device-cose');
  if (!isCborBytes(payload) || !isCborBytes(signature) || signature.length !== DEVICE_SIGNATURE_BYTES)
    return refused('device-cose');
  return ok({ header, payload, signature, signedBytes: sigStructure(header, externalAad, payload) });
}

/** Checks that one of these keys signed it: a tablet has two while one takes over from the other. */
export async function verifyDeviceCose(
  { header, signature, signedBytes }: DeviceCose,
  keys: readonly DevicePublicKey[],
  verify: VerifyDeviceSignature,
): Promise<Result<DevicePublicKey, 'device-header' | 'device-signature'>> {
  let isNamed = false;
  for (const key of keys) {
    if (!isSameBytes(header, await headerOf(key))) continue;
    isNamed = true;
    if (await verify(key, signature, signedBytes)) return ok(key);
  }
  return refused(isNamed ? 'device-signature' : 'device-header');
}

async function headerOf(key: DevicePublicKey): Promise<Bytes> {
  return encodeCbor(
    new Map<number, CborValue>([
      [ALG, key.algorithm === 'ed25519' ? ALG_ED25519 : ALG_ESP256],
      [KID, await keyHintOf(key.bytes)],
    ]),
  );
}

function isHeader(bytes: Bytes): boolean {
  const parsed = parseCbor(bytes, { maxDepth: 1 });
  if (!parsed.ok || !isCborMap(parsed.value) || parsed.value.size !== 2) return false;
  const [alg, kid] = [parsed.value.get(ALG), parsed.value.get(KID)];
  const isKnown = alg === ALG_ED25519 || alg === ALG_ESP256;
  return isKnown && isCborBytes(kid) && kid.length === KEY_HINT_BYTES;
}
