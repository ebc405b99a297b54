// A tablet as its server holds it: which keys speak for it, since when, in which epoch, and whether it was revoked. A new key
// stands beside the old one until it is first used, so that a lost answer locks nobody out. Values only: where they are
// kept is the server's business.

import type { Bytes } from '../bytes/bytes.ts';
import { ok, type Result, refused } from '../result.ts';
import { type DevicePublicKey, deviceKeyId, type VerifyDeviceSignature } from './device-key.ts';
import { type RotationRefusal, verifyRotation } from './key-rotation.ts';
import { MAX_CREATED_AHEAD_SECONDS } from './request-form.ts';

export interface HeldKey {
  readonly keyId: string;
  readonly key: DevicePublicKey;
  readonly sinceSeconds: number;
}

export interface RegisteredDevice {
  readonly site: string;
  readonly device: string;
  /** Grows with each enrolment: the tablet's log begins anew with it. */
  readonly epoch: number;
  readonly current: HeldKey;
  /** Vouched for by the current key and not yet used. */
  readonly next: HeldKey | null;
  /** Ids of keys that once were current: the latest few, to tell an old tablet from a stranger. */
  readonly replaced: readonly string[];
  readonly revokedAtSeconds: number | null;
}

const MAX_REPLACED = 8;

export type KeyRefusal = 'key-unknown' | 'key-replaced' | 'device-revoked';

/** `before`: what is known of this very device, also if it was revoked; a manager has just confirmed it anew. */
export async function registerDevice(
  { site, device, key }: { readonly site: string; readonly device: string; readonly key: DevicePublicKey },
  before: RegisteredDevice | null,
  nowSeconds: number,
): Promise<RegisteredDevice> {
  if (before !== null && (before.device !== device || before.site !== site))
    throw new Error('a device goes on under its own id and at its own site only');
  const current = await holdKey(key, nowSeconds);
  const replaced = before === null ? [] : withReplaced(before).filter((keyId) => keyId !== current.keyId);
  return {
    site,
    device,
    epoch: (before?.epoch ?? 0) + 1,
    current,
    next: null,
    replaced,
    revokedAtSeconds: null,
  };
}

/** The key behind an id, if it may speak for the device now. */
export function findDeviceKey(device: RegisteredDevice, keyId: string): Result<HeldKey, KeyRefusal> {
  const { current, next, replaced, revokedAtSeconds } = device;
  const isKnown = keyId === current.keyId || keyId === next?.keyId || replaced.includes(keyId);
  if (!isKnown) return refused('key-unknown');
  if (revokedAtSeconds !== null) return refused('device-revoked');
  if (keyId === current.keyId) return ok(current);
  return next !== null && keyId === next.keyId ? ok(next) : refused('key-replaced');
}

/** After a request whose signature held: the first one under the next key ends the one before. */
export function noteKeyUsed(device: RegisteredDevice, keyId: string): RegisteredDevice {
  if (device.next === null || keyId !== device.next.keyId) return device;
  return { ...device, current: device.next, next: null, replaced: withReplaced({ ...device, next: null }) };
}

export type RotateRefusal =
  | RotationRefusal
  | 'device-revoked'
  | 'rotation-known-key'
  | 'rotation-from-the-future'
  | 'rotation-too-old';

/** The same rotation again, whose answer was lost, is taken again; another one takes the place of one that was not used. */
export async function rotateDeviceKey(
  device: RegisteredDevice,
  rotation: Bytes,
  nowSeconds: number,
  verify: VerifyDeviceSignature,
): Promise<Result<RegisteredDevice, RotateRefusal>> {
  if (device.revokedAtSeconds !== null) return refused('device-revoked');
  const verified = await verifyRotation(rotation, device, device.current.key, verify);
  if (!verified.ok) return verified;
  const { key, createdSeconds } = verified.value;
  if (createdSeconds > nowSeconds + MAX_CREATED_AHEAD_SECONDS) return refused('rotation-from-the-future');
  if (createdSeconds < device.current.sinceSeconds - MAX_CREATED_AHEAD_SECONDS)
    return refused('rotation-too-old');
  const next = await holdKey(key, nowSeconds);
  if (device.replaced.includes(next.keyId)) return refused('rotation-known-key');
  return ok(device.next?.keyId === next.keyId ? device : { ...device, next });
}

/** The first time counts. */
export const revokeDevice = (device: RegisteredDevice, nowSeconds: number): RegisteredDevice =>
  device.revokedAtSeconds === null ? { ...device, revokedAtSeconds: nowSeconds } : device;

const holdKey = async (key: DevicePublicKey, sinceSeconds: number): Promise<HeldKey> => ({
  keyId: await deviceKeyId(key),
  key,
  sinceSeconds,
});

const withReplaced = ({ current, next, replaced }: RegisteredDevice): readonly string[] =>
  [...replaced, current.keyId, ...(next === null ? [] : [next.keyId])].slice(-MAX_REPLACED);
