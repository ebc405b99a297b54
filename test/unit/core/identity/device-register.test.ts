// Keys that follow one another, tablets that are revoked, and orders that one tablet obeys once.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, parseCbor } from '../../../../src/core/bytes/cbor.ts';
import {
  type DeviceSigner,
  deviceKeyId,
  openDeviceVerifier,
  type VerifyDeviceSignature,
} from '../../../../src/core/identity/device-key.ts';
import { ORDER_REFUSALS, signOrder, verifyOrder } from '../../../../src/core/identity/device-order.ts';
import {
  findDeviceKey,
  noteKeyUsed,
  type RegisteredDevice,
  registerDevice,
  revokeDevice,
  rotateDeviceKey,
} from '../../../../src/core/identity/device-register.ts';
import {
  isRotationDue,
  KEY_LIFE_SECONDS,
  ROTATION_REFUSALS,
  signRotation,
  verifyRotation,
} from '../../../../src/core/identity/key-rotation.ts';
import { signServerStatement } from '../../../../src/core/identity/server-statement.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import { testEd25519Device, testP256Device } from '../../../support/test-device.ts';
import { TEST_NOW_SECONDS as NOW } from '../../../support/test-issuer.ts';

const DEVICE = '0123456789abcdef0123456789abcdef';
const OWN = { site: 'north', device: DEVICE };
const LATER = NOW + KEY_LIFE_SECONDS;

let engine: Ed25519Engine;
let verify: VerifyDeviceSignature;
let first: DeviceSigner;
let second: DeviceSigner;
let third: DeviceSigner;
let p256: DeviceSigner;
let server: Signer;

beforeAll(async () => {
  engine = await chooseEngine();
  verify = openDeviceVerifier(engine);
  [first, second, third] = [
    await testEd25519Device(1),
    await testEd25519Device(2),
    await testEd25519Device(3),
  ];
  p256 = await testP256Device();
  server = await createSigner(new Uint8Array(32).fill(4));
});

const registered = (signer = first, before: RegisteredDevice | null = null, now = NOW) =>
  registerDevice({ ...OWN, key: signer.publicKey }, before, now);
const idOf = (signer: DeviceSigner) => deviceKeyId(signer.publicKey);
function errorOf<T, E>(result: { ok: true; value: T } | { ok: false; error: E }): E | 'ok' {
  return result.ok ? 'ok' : result.error;
}
function granted<T, E>(result: { ok: true; value: T } | { ok: false; error: E }): T {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}
const codeFor = async (device: RegisteredDevice, signer: DeviceSigner) =>
  errorOf(findDeviceKey(device, await idOf(signer)));
async function rotated(device: RegisteredDevice, from: DeviceSigner, to: DeviceSigner, now = LATER) {
  return granted(await rotateDeviceKey(device, await signRotation(OWN, now, from, to), now, verify));
}

describe('a key', () => {
  it('is due for its next after 90 days', () => {
    expect(isRotationDue(NOW, NOW + 90 * 86_400 - 1)).toBe(false);
    expect(isRotationDue(NOW, NOW + 90 * 86_400)).toBe(true);
  });

  it('stands beside its next until that is used, and no longer', async () => {
    const both = await rotated(await registered(), first, second);
    expect([await codeFor(both, first), await codeFor(both, second)]).toEqual(['ok', 'ok']);
    expect(noteKeyUsed(both, await idOf(first))).toEqual(both);
    const after = noteKeyUsed(both, await idOf(second));
    expect([await codeFor(after, first), await codeFor(after, second)]).toEqual(['key-replaced', 'ok']);
    expect(after.current.sinceSeconds).toBe(LATER);
    expect(after.epoch).toBe(both.epoch);
  });

  it.each(['to', 'from'])('may go %s P-256', async (way) => {
    const [from, to] = way === 'to' ? [first, p256] : [p256, first];
    const device = await rotated(await registered(from), from, to);
    expect(device.next?.key).toEqual(to.publicKey);
  });

  it('is vouched for again where the answer was lost, and by another where the tablet lost that one', async () => {
    const device = await registered();
    const once = await rotated(device, first, second);
    expect(await rotated(once, first, second, LATER + 10)).toEqual(once);
    const other = await rotated(once, first, third, LATER + 20);
    expect([await codeFor(other, second), await codeFor(other, third)]).toEqual(['key-unknown', 'ok']);
  });

  it('that was replaced cannot vouch, nor come back', async () => {
    const after = noteKeyUsed(await rotated(await registered(), first, second), await idOf(second));
    const byOld = await signRotation(OWN, LATER, first, third);
    expect(errorOf(await rotateDeviceKey(after, byOld, LATER, verify))).toBe('rotation-header');
    const back = await signRotation(OWN, LATER, second, first);
    expect(errorOf(await rotateDeviceKey(after, back, LATER, verify))).toBe('rotation-known-key');
  });

  it('cannot be vouched for ahead of time, or by a word from before the key itself', async () => {
    const device = await registered();
    const codeAt = async (seconds: number) =>
      errorOf(await rotateDeviceKey(device, await signRotation(OWN, seconds, first, second), NOW, verify));
    expect(await codeAt(NOW + 60)).toBe('ok');
    expect(await codeAt(NOW + 61)).toBe('rotation-from-the-future');
    expect(await codeAt(NOW - 60)).toBe('ok');
    expect(await codeAt(NOW - 61)).toBe('rotation-too-old');
  });

  it('of an older tablet is told from a stranger for the latest eight', async () => {
    let device = await registered();
    for (let byte = 10; byte < 20; byte++)
      device = await registered(await testEd25519Device(byte), device, NOW + byte);
    expect(device.replaced.length).toBe(8);
    expect(await codeFor(device, await testEd25519Device(11))).toBe('key-replaced');
    expect(await codeFor(device, await testEd25519Device(10))).toBe('key-unknown');
  });
});

describe('a rotation', () => {
  it('is refused with any bit changed, by its code', async () => {
    const bytes = await signRotation(OWN, NOW, first, second);
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const code = errorOf(await verifyRotation(changed, OWN, first.publicKey, verify));
      expect(ROTATION_REFUSALS, `bit ${bit}`).toContain(code);
    }
  });

  it('of another tablet, site, or to the same key is refused', async () => {
    const codeOf = async (own: typeof OWN, next = second) =>
      errorOf(await verifyRotation(await signRotation(own, NOW, first, next), OWN, first.publicKey, verify));
    expect(await codeOf({ ...OWN, site: 'south' })).toBe('rotation-other-device');
    expect(await codeOf({ ...OWN, device: DEVICE.replace('0', '1') })).toBe('rotation-other-device');
    expect(await codeOf(OWN, first)).toBe('rotation-same-key');
  });

  it('to a key that its sender does not have is refused', async () => {
    const posing = { publicKey: second.publicKey, sign: third.sign };
    const bytes = await signRotation(OWN, NOW, first, posing);
    expect(errorOf(await verifyRotation(bytes, OWN, first.publicKey, verify))).toBe('rotation-proof');
  });

  it('whose new key vouched for it under another old key is refused', async () => {
    const elsewhere = partsOf(payloadOf(await signRotation(OWN, NOW, third, second)));
    const bytes = await resigned(elsewhere);
    expect(errorOf(await verifyRotation(bytes, OWN, first.publicKey, verify))).toBe('rotation-proof');
  });

  it("by a stranger under the old key's name is refused", async () => {
    const posing = { publicKey: first.publicKey, sign: third.sign };
    const bytes = await signRotation(OWN, NOW, posing, second);
    expect(errorOf(await verifyRotation(bytes, OWN, first.publicKey, verify))).toBe('rotation-signature');
  });

  it.each<[string, (parts: readonly CborValue[]) => CborValue]>([
    ['without proof', (parts) => parts.slice(0, 4)],
    ['with more', (parts) => [...parts, 0]],
    ['that is no list', () => 'next'],
    ['with a key of 31 bytes', (parts) => parts.with(2, new Uint8Array(31))],
    ['with a time before 1970', (parts) => parts.with(3, -1)],
    ['with a proof as text', (parts) => parts.with(4, 'proof')],
  ])('%s is refused', async (_name, change) => {
    const parts = partsOf(payloadOf(await signRotation(OWN, NOW, first, second)));
    const bytes = await resigned(change(parts));
    expect(errorOf(await verifyRotation(bytes, OWN, first.publicKey, verify))).toBe('rotation-shape');
  });

  it('of any bytes is refused, and nothing throws', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        const code = errorOf(await verifyRotation(new Uint8Array(bytes), OWN, first.publicKey, verify));
        expect(code).toBe('rotation-cose');
      }),
    ));

  const listOf = (bytes: Bytes): readonly CborValue[] => {
    const parsed = parseCbor(bytes, { maxDepth: 2 });
    if (!parsed.ok || !isCborArray(parsed.value)) throw new Error('no list');
    return parsed.value;
  };
  const payloadOf = (cose: Bytes): Bytes => listOf(cose)[2] as Bytes;
  const partsOf = (payload: Bytes) => listOf(payload);
  /** Other contents, truly signed by the first key. */
  async function resigned(value: CborValue): Promise<Bytes> {
    const header = listOf(await signRotation(OWN, NOW, first, second))[0] as Bytes;
    const payload = encodeCbor(value);
    const aad = utf8ToBytes('gatelight-new-key-1');
    const signature = await first.sign(encodeCbor(['Signature1', header, aad, payload]));
    return encodeCbor([header, new Map(), payload, signature]);
  }
});

describe('a tablet that was revoked', () => {
  it('is told so under each of its keys, and can vouch for none', async () => {
    const both = await rotated(await registered(), first, second);
    const revoked = revokeDevice(noteKeyUsed(both, await idOf(second)), LATER + 5);
    for (const signer of [first, second]) expect(await codeFor(revoked, signer)).toBe('device-revoked');
    expect(await codeFor(revoked, third)).toBe('key-unknown');
    const rotation = await signRotation(OWN, LATER, second, third);
    expect(errorOf(await rotateDeviceKey(revoked, rotation, LATER, verify))).toBe('device-revoked');
    expect(revokeDevice(revoked, LATER + 50).revokedAtSeconds).toBe(LATER + 5);
  });

  it('comes back by enrolling anew, in the next epoch and under a key of its own', async () => {
    const revoked = revokeDevice(await registered(), NOW + 5);
    const again = await registered(second, revoked, NOW + 10);
    expect(again).toMatchObject({ epoch: 2, revokedAtSeconds: null, next: null });
    expect([await codeFor(again, first), await codeFor(again, second)]).toEqual(['key-replaced', 'ok']);
    expect((await registered(second, again, NOW + 20)).replaced).toEqual([await idOf(first)]);
  });

  it("does not become another's", async () => {
    const before = await registered();
    const key = second.publicKey;
    await expect(registerDevice({ ...OWN, site: 'south', key }, before, NOW)).rejects.toThrow('its own site');
  });
});

describe('an order', () => {
  const ADDRESS = { ...OWN, nonce: new Uint8Array(16).fill(7) };
  const codeOf = async (
    bytes: Bytes,
    kind: 'wipe' | 'pin-reset' = 'wipe',
    own = ADDRESS,
    keys = [server.publicKey],
  ) => errorOf(await verifyOrder(kind, bytes, own, keys, engine));

  it.each(['wipe', 'pin-reset'] as const)('to %s is obeyed by its tablet, for its request', async (kind) => {
    const bytes = await signOrder(kind, ADDRESS, server);
    expect(await codeOf(bytes, kind)).toBe('ok');
    expect(await codeOf(bytes, kind === 'wipe' ? 'pin-reset' : 'wipe')).toBe('statement-signature');
    expect(await codeOf(bytes, kind, { ...ADDRESS, nonce: new Uint8Array(16) })).toBe('order-other-nonce');
    expect(await codeOf(bytes, kind, { ...ADDRESS, site: 'south' })).toBe('order-other-device');
    expect(await codeOf(bytes, kind, { ...ADDRESS, device: 'f'.repeat(32) })).toBe('order-other-device');
    expect(await codeOf(bytes, kind, ADDRESS, [first.publicKey.bytes])).toBe('statement-signature');
    expect(await codeOf(bytes, kind, ADDRESS, [])).toBe('statement-signature');
  });

  it('is refused with any bit changed', async () => {
    const bytes = await signOrder('wipe', ADDRESS, server);
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(ORDER_REFUSALS, `bit ${bit}`).toContain(await codeOf(changed));
    }
  });

  it.each<[string, readonly CborValue[]]>([
    ['nothing', []],
    ['no nonce', [OWN.site, DEVICE]],
    ['something more', [OWN.site, DEVICE, ADDRESS.nonce, 1]],
    ['no device', [OWN.site, 'x', ADDRESS.nonce]],
    ['no site', ['', DEVICE, ADDRESS.nonce]],
    ['a nonce as text', [OWN.site, DEVICE, '07']],
  ])('of %s is refused', async (_name, parts) => {
    expect(await codeOf(await signServerStatement('wipe', parts, server))).toBe('statement-shape');
  });
});
