// What a tablet owes its server: orders are carried out only when they are its own and signed, a wipe waits for what waits,
// and a key is changed so that no lost answer locks the tablet out.

import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { deviceKeyId, openDeviceVerifier } from '../../../../src/core/identity/device-key.ts';
import { type OrderKind, signOrder } from '../../../../src/core/identity/device-order.ts';
import {
  findDeviceKey,
  noteKeyUsed,
  registerDevice,
  rotateDeviceKey,
} from '../../../../src/core/identity/device-register.ts';
import { KEY_LIFE_SECONDS } from '../../../../src/core/identity/key-rotation.ts';
import { parsePublicOrigin } from '../../../../src/core/identity/public-origin.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { makeDeviceKey, signerOf } from '../../../../src/device/identity/device-keys.ts';
import { type DutyPorts, doDuties } from '../../../../src/device/identity/duties.ts';
import type { SignedAnswer, SignedRequest } from '../../../../src/device/identity/signed-net.ts';
import type { StoredKey } from '../../../../src/device/identity/stored-identity.ts';

const OWN = { site: 'lindenhof', device: 'd'.repeat(32) };
const START = 1_772_355_600;
const nothing: Bytes = new Uint8Array(0);

async function openTablet() {
  const engine = await chooseEngine();
  const verify = openDeviceVerifier(engine);
  const serverSigner = await createSigner(new Uint8Array(32).fill(3));
  const origin = parsePublicOrigin('https://gate.example');
  if (!origin.ok) throw new Error('not an origin');
  const first = await makeDeviceKey(START);
  const state = {
    key: first as StoredKey,
    nextKey: null as StoredKey | null,
    waiting: 0,
    hasPin: true,
    isWiping: false,
    isWiped: false,
    nowSeconds: START,
    order: null as OrderKind | null,
    orderSigner: serverSigner,
    orderDevice: OWN.device,
    /** The server does what it is asked, and its answer is lost. */
    isAnswerLost: false,
    done: [] as string[],
    registered: await registerDevice(
      { ...OWN, key: { algorithm: first.algorithm, bytes: first.publicKey } },
      null,
      START,
    ),
  };

  const answerOf = async (
    { method, target, body }: SignedRequest,
    nonce: Bytes,
  ): Promise<[number, Bytes]> => {
    if (method === 'GET') {
      if (state.order === null) return [204, nothing];
      return [
        200,
        await signOrder(state.order, { ...OWN, device: state.orderDevice, nonce }, state.orderSigner),
      ];
    }
    if (target.endsWith('/orders/done')) {
      state.done.push(new TextDecoder().decode(body));
      return [204, nothing];
    }
    const rotated = await rotateDeviceKey(state.registered, body, state.nowSeconds, verify);
    if (rotated.ok) state.registered = rotated.value;
    return [rotated.ok ? 204 : 409, nothing];
  };
  const send = async (request: SignedRequest): Promise<SignedAnswer> => {
    const nonce = crypto.getRandomValues(new Uint8Array(16));
    const keyId = await deviceKeyId({ algorithm: state.key.algorithm, bytes: state.key.publicKey });
    const known = findDeviceKey(state.registered, keyId);
    if (known.ok) state.registered = noteKeyUsed(state.registered, keyId);
    const [status, body] = known.ok ? await answerOf(request, nonce) : ([401, nothing] as const);
    if (state.isAnswerLost) return { kind: 'unreachable', nonce };
    return { kind: 'answer', status, retryAfterMs: null, body, nonce };
  };
  const ports = (): DutyPorts => ({
    identity: {
      ...OWN,
      origin: origin.value,
      gate: 'east',
      serverKey: serverSigner.publicKey,
      rootHash: new Uint8Array(32),
      isRevoked: false,
      isWiping: state.isWiping,
      keySinceSeconds: state.key.sinceSeconds,
      signer: signerOf(state.key),
      renew: async () => true,
      noteRevoked: async () => undefined,
    },
    net: { send },
    engine,
    orderKeys: () => [serverSigner.publicKey],
    nowSeconds: () => state.nowSeconds,
    store: {
      async forgetPin() {
        state.hasPin = false;
      },
      async beginWipe() {
        state.isWiping = state.waiting === 0;
        return state.isWiping;
      },
      async finishWipe() {
        state.isWiped = true;
      },
      async nextKey(nowSeconds) {
        state.nextKey ??= await makeDeviceKey(nowSeconds);
        return state.nextKey;
      },
      async dropNextKey() {
        state.nextKey = null;
      },
      async useNextKey(nowSeconds) {
        if (state.nextKey !== null) state.key = { ...state.nextKey, sinceSeconds: nowSeconds };
        state.nextKey = null;
      },
    },
  });
  return { state, look: () => doDuties(ports()) };
}

describe('orders', () => {
  test('a PIN is forgotten, and the server told', async () => {
    const { state, look } = await openTablet();
    state.order = 'pin-reset';
    expect(await look()).toBe('pin-forgotten');
    expect([state.hasPin, state.done]).toEqual([false, ['pin-reset']]);
  });

  test('a wipe waits until nothing waits', async () => {
    const { state, look } = await openTablet();
    state.order = 'wipe';
    state.waiting = 3;
    expect(await look()).toBe('wipe-waits');
    expect([state.isWiping, state.done]).toEqual([false, []]);
    state.waiting = 0;
    expect(await look()).toBe('wiped');
    expect([state.isWiped, state.done]).toEqual([true, ['wipe']]);
  });

  test('a wipe whose last word found no way is ended later', async () => {
    const { state, look } = await openTablet();
    state.isWiping = true;
    state.isAnswerLost = true;
    expect(await look()).toBe('wiping');
    expect(state.isWiped).toBe(false);
    state.isAnswerLost = false;
    expect(await look()).toBe('wiped');
  });

  test.each(['another’s', 'another signer’s'])('%s order changes nothing', async (whose) => {
    const { state, look } = await openTablet();
    state.order = 'wipe';
    if (whose === 'another’s') state.orderDevice = 'e'.repeat(32);
    else state.orderSigner = await createSigner(new Uint8Array(32).fill(4));
    expect(await look()).toBe('nothing');
    expect([state.isWiping, state.isWiped]).toEqual([false, false]);
  });
});

describe('the key', () => {
  test('stays until its last second, and is changed then', async () => {
    const { state, look } = await openTablet();
    const first = state.key;
    state.nowSeconds = START + KEY_LIFE_SECONDS - 1;
    await look();
    expect(state.key).toBe(first);
    state.nowSeconds = START + KEY_LIFE_SECONDS;
    await look();
    expect(state.key.publicKey).not.toEqual(first.publicKey);
    await look();
    expect(state.registered.current.key.bytes).toEqual(state.key.publicKey);
  });

  test('is changed to the same one again when the answer was lost', async () => {
    const { state, look } = await openTablet();
    state.nowSeconds = START + KEY_LIFE_SECONDS;
    state.isAnswerLost = true;
    await look();
    const kept = state.nextKey;
    expect(kept).not.toBeNull();
    expect(state.registered.next?.key.bytes).toEqual(kept?.publicKey);
    state.isAnswerLost = false;
    await look();
    expect(state.key.publicKey).toEqual(kept?.publicKey);
    await look();
    expect(state.registered.current.key.bytes).toEqual(kept?.publicKey);
  });
});
