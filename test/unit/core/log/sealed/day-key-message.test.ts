// Day keys on their way to one tablet: what it takes, and everything that it does not.

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, parseCbor } from '../../../../../src/core/bytes/cbor.ts';
import {
  type DayKeys,
  type DayKeysAddress,
  MAX_DAY_KEYS_BYTES,
  openDayKeys,
  parseDayKeysRequest,
  signDayKeys,
} from '../../../../../src/core/log/sealed/day-key-message.ts';
import { dayAfter } from '../../../../../src/core/log/sealed/key-ends.ts';
import { boxKeyPairOf } from '../../../../../src/core/nacl/box.ts';
import { parseCoseSign1, signCoseSign1 } from '../../../../../src/core/signature/cose-sign1.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../../src/core/signature/signer.ts';
import { DAY, deviceOf } from './sealed-fixtures.ts';

const chance = (length: number): Bytes => new Uint8Array(randomBytes(length));
const AAD = new TextEncoder().encode('gatelight-day-keys-1');
const OWN: DayKeysAddress = { site: 'lindenhof', device: deviceOf(1), nonce: chance(16) };
const tablet = boxKeyPairOf(chance(32));
const KEYS: DayKeys = {
  sealKeys: Array.from({ length: 36 }, (_, at) => ({ day: dayAfter(DAY, at), publicKey: chance(32) })),
  pseudonymKeys: Array.from({ length: 4 }, (_, at) => ({ day: dayAfter(DAY, at), key: chance(32) })),
};

let engine: Ed25519Engine;
let signer: Signer;
let stranger: Signer;

beforeAll(async () => {
  engine = await chooseEngine();
  signer = await createSigner(new Uint8Array(32).fill(7));
  stranger = await createSigner(new Uint8Array(32).fill(8));
});

const send = (keys = KEYS, address = OWN) => signDayKeys(address, keys, tablet.publicKey, chance, signer);
const open = (bytes: Bytes, own = OWN, secretKey = tablet.secretKey, keys = [signer.publicKey]) =>
  openDayKeys(bytes, own, secretKey, keys, engine);

describe('the tablet that asked', () => {
  it('gets every key as it was', async () => {
    expect(await open(await send())).toEqual({ ok: true, value: KEYS });
  });

  it('gets none where there are none', async () => {
    const none = { sealKeys: [], pseudonymKeys: [] };
    expect(await open(await send(none))).toEqual({ ok: true, value: none });
  });

  it('takes it by any of the receipt keys', async () => {
    const both = [stranger.publicKey, signer.publicKey];
    expect((await open(await send(), OWN, tablet.secretKey, both)).ok).toBe(true);
  });
});

describe('is refused', () => {
  it('to another site, device and request', async () => {
    const bytes = await send();
    const codeFor = async (own: Partial<DayKeysAddress>) => {
      const opened = await open(bytes, { ...OWN, ...own });
      return opened.ok ? 'taken' : opened.error;
    };
    expect(await codeFor({ site: 'westtor' })).toBe('day-keys-other-device');
    expect(await codeFor({ device: deviceOf(2) })).toBe('day-keys-other-device');
    expect(await codeFor({ nonce: chance(16) })).toBe('day-keys-other-nonce');
  });

  it('by another server, and signed for another purpose', async () => {
    const bytes = await send();
    expect(await open(bytes, OWN, tablet.secretKey, [stranger.publicKey])).toMatchObject({
      error: 'day-keys-signature',
    });
    const cose = parseCoseSign1(bytes, AAD);
    if (!cose.ok) throw new Error(cose.error);
    const other = await signCoseSign1(
      cose.value.payload,
      new TextEncoder().encode('gatelight-receipt-1'),
      signer,
    );
    expect(await open(other)).toMatchObject({ error: 'day-keys-signature' });
  });

  it('by whoever does not hold the key that asked', async () => {
    expect(await open(await send(), OWN, boxKeyPairOf(chance(32)).secretKey)).toMatchObject({
      error: 'day-keys-box',
    });
  });

  it('with any one byte changed', async () => {
    const bytes = await send();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const spoilt = bytes.slice();
        spoilt[at] = (spoilt[at] ?? 0) ^ flip;
        expect((await open(spoilt)).ok).toBe(false);
      }),
    );
  });

  it('over its size', async () => {
    expect(await open(new Uint8Array(MAX_DAY_KEYS_BYTES + 1))).toMatchObject({ error: 'day-keys-cose' });
  });
});

describe('what a server signed but no server of ours says', () => {
  const day = (at: number): string => dayAfter(DAY, at);
  const seal = (at: number, bytes = 32): CborValue => [day(at), chance(bytes)];
  const box = (): CborValue => [boxKeyPairOf(chance(32)).publicKey, chance(80)];
  const { site, device, nonce } = OWN;

  it.each<[string, () => CborValue]>([
    ['no array', () => site],
    ['a place more', () => [site, device, nonce, [], box(), 0]],
    ['a place less', () => [site, device, nonce, []]],
    ['no site', () => ['No Site', device, nonce, [], box()]],
    ['no device', () => [site, 'tablet', nonce, [], box()]],
    ['no nonce', () => [site, device, 'nonce', [], box()]],
    ['a day twice', () => [site, device, nonce, [seal(0), seal(0)], box()]],
    ['days in another order', () => [site, device, nonce, [seal(1), seal(0)], box()]],
    ['a day that there is not', () => [site, device, nonce, [['2026-02-30', chance(32)]], box()]],
    ['a key of 31 bytes', () => [site, device, nonce, [seal(0, 31)], box()]],
    ['a key of 33 bytes', () => [site, device, nonce, [seal(0, 33)], box()]],
    ['a third thing of a day', () => [site, device, nonce, [[day(0), chance(32), 0]], box()]],
    ['too many days', () => [site, device, nonce, Array.from({ length: 101 }, (_, at) => seal(at)), box()]],
    ['a sender of 31 bytes', () => [site, device, nonce, [], [chance(31), chance(80)]]],
    ['no box', () => [site, device, nonce, [], chance(80)]],
  ])('%s', async (_name, payload) => {
    expect(await open(await signCoseSign1(encodeCbor(payload()), AAD, signer))).toMatchObject({
      error: 'day-keys-shape',
    });
  });

  it('a sender of small order', async () => {
    const payload = [site, device, nonce, [], [new Uint8Array(32), chance(80)]];
    expect(await open(await signCoseSign1(encodeCbor(payload), AAD, signer))).toMatchObject({
      error: 'day-keys-box',
    });
  });

  it('a pseudonym key of another length in the box', async () => {
    const keys = { ...KEYS, pseudonymKeys: [{ day: DAY, key: chance(16) }] };
    expect(await open(await send(keys))).toMatchObject({ error: 'day-keys-shape' });
  });
});

it('a request brings one X25519 key that not everybody shares', () => {
  expect(parseDayKeysRequest(tablet.publicKey)).toEqual(tablet.publicKey);
  for (const length of [0, 31, 33]) expect(parseDayKeysRequest(chance(length))).toBeNull();
  // 0 and 1: points of small order (RFC 7748, section 6.1).
  expect(parseDayKeysRequest(new Uint8Array(32))).toBeNull();
  expect(parseDayKeysRequest(Uint8Array.of(1, ...new Uint8Array(31)))).toBeNull();
});

it('nothing of a pseudonym key travels in clear, and no two messages are sealed alike', async () => {
  const [first, second] = [await send(), await send()];
  const hex = Buffer.from(first).toString('hex');
  for (const { key } of KEYS.pseudonymKeys) expect(hex).not.toContain(Buffer.from(key).toString('hex'));
  const boxOf = (bytes: Bytes): CborValue | undefined => {
    const cose = parseCoseSign1(bytes, AAD);
    const message = cose.ok ? parseCbor(cose.value.payload, { maxDepth: 3 }) : cose;
    return message.ok && isCborArray(message.value) ? message.value[4] : undefined;
  };
  expect(boxOf(first)).toBeDefined();
  expect(boxOf(first)).not.toEqual(boxOf(second));
});
