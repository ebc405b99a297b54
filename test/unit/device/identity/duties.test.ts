// What a tablet does for its server's word, and does not do for anybody else's.

import { beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { signKeyTaken, signOrder } from '../../../../src/core/identity/device-order.ts';
import { KEY_LIFE_SECONDS } from '../../../../src/core/identity/key-rotation.ts';
import { parsePublicOrigin } from '../../../../src/core/identity/public-origin.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { makeDeviceKey, signerOf } from '../../../../src/device/identity/device-keys.ts';
import { type DutyPorts, doDuties } from '../../../../src/device/identity/duties.ts';
import type { SignedRequest } from '../../../../src/device/identity/signed-net.ts';

const SITE = 'north';
const DEVICE = '0'.repeat(31).concat('1');
const NONCE = new Uint8Array(16).fill(3);
const NOTHING = new Uint8Array(0);

const engine = await chooseEngine();
const server = await createSigner(new Uint8Array(32).fill(1));
const stranger = await createSigner(new Uint8Array(32).fill(2));
const own = { site: SITE, device: DEVICE, nonce: NONCE };

type Answer = readonly [status: number, body: Bytes];

let done: string[];
let isPinResetToTell: boolean;
let answers: { orders: Answer; key: Answer; done: Answer };

beforeEach(() => {
  done = [];
  isPinResetToTell = false;
  answers = { orders: [204, NOTHING], key: [204, NOTHING], done: [204, NOTHING] };
});

function answerTo({ target }: SignedRequest): Answer {
  if (target.endsWith('/orders')) return answers.orders;
  return target.endsWith('/key') ? answers.key : answers.done;
}

async function portsAt(keyAgeSeconds: number): Promise<DutyPorts> {
  const origin = parsePublicOrigin('https://gate.example');
  if (!origin.ok) throw new Error(origin.error);
  const [key, next] = [await makeDeviceKey(0), await makeDeviceKey(0)];
  const note = (what: string) => async () => void done.push(what);
  return {
    identity: {
      origin: origin.value,
      site: SITE,
      gate: 'gate-1',
      device: DEVICE,
      serverKey: server.publicKey,
      rootHash: NOTHING,
      isRevoked: false,
      isWiping: false,
      keySinceSeconds: 0,
      signer: signerOf(key),
      signersBefore: [],
      renew: async () => true,
      noteRevoked: note('revoked'),
    },
    net: {
      async send(request) {
        const [status, body] = answerTo(request);
        return { kind: 'answer', status, body, retryAfterMs: null, nonce: NONCE };
      },
    },
    store: {
      async forgetPin() {
        done.push('pin forgotten');
        isPinResetToTell = true;
      },
      isPinResetToTell: async () => isPinResetToTell,
      async notePinResetTold() {
        isPinResetToTell = false;
      },
      beginWipe: async () => done.push('wiped') > 0,
      finishWipe: note('wipe told'),
      nextKey: async () => next,
      dropNextKey: note('next key dropped'),
      useNextKey: note('next key used'),
    },
    engine,
    orderKeys: () => [server.publicKey],
    nowSeconds: () => keyAgeSeconds,
  };
}

const DUE = KEY_LIFE_SECONDS + 1;

describe('the next key', () => {
  it("is used for the server's signed word", async () => {
    answers.key = [200, await signKeyTaken(own, server)];
    await doDuties(await portsAt(DUE));
    expect(done).toEqual(['next key used']);
  });

  it.each<[string, () => Promise<Answer>]>([
    ['an answer without a word', async () => [204, NOTHING]],
    ['a login page', async () => [200, utf8ToBytes('<html>sign in first</html>')]],
    ["a stranger's word", async () => [200, await signKeyTaken(own, stranger)]],
    [
      'the word for another request',
      async () => [200, await signKeyTaken({ ...own, nonce: NOTHING }, server)],
    ],
    ['the word of another kind', async () => [200, await signOrder('pin-reset', own, server)]],
  ])('is not used for %s: the key that the server knows stays', async (_, answer) => {
    answers.key = await answer();
    await doDuties(await portsAt(DUE));
    expect(done).toEqual([]);
  });
});

describe('a PIN that was forgotten as ordered', () => {
  it('is not forgotten again while the server was not reached to be told', async () => {
    answers.orders = [200, await signOrder('pin-reset', own, server)];
    answers.done = [503, NOTHING];
    expect(await doDuties(await portsAt(0))).toBe('pin-forgotten');
    // A new one may be set by now, and the same order still stands.
    expect(await doDuties(await portsAt(0))).toBe('nothing');
    expect(done).toEqual(['pin forgotten']);
  });

  it.each([204, 409])('is, by an order that is still given after the answer %i', async (status) => {
    answers.orders = [200, await signOrder('pin-reset', own, server)];
    answers.done = [503, NOTHING];
    await doDuties(await portsAt(0));
    answers.done = [status, NOTHING];
    expect(await doDuties(await portsAt(0))).toBe('pin-forgotten');
    expect(done).toEqual(['pin forgotten', 'pin forgotten']);
  });
});

describe('an order', () => {
  it('of the server is carried out', async () => {
    answers.orders = [200, await signOrder('wipe', own, server)];
    expect(await doDuties(await portsAt(0))).toBe('wiped');
    expect(done).toEqual(['wiped', 'wipe told']);
  });

  it.each<[string, () => Promise<Answer>]>([
    ['a stranger', async () => [200, await signOrder('wipe', own, stranger)]],
    ['a login page', async () => [200, utf8ToBytes('wipe')]],
    ['another request', async () => [200, await signOrder('wipe', { ...own, nonce: NOTHING }, server)]],
    ['a key that was taken', async () => [200, await signKeyTaken(own, server)]],
  ])('of %s is none', async (_, answer) => {
    answers.orders = await answer();
    expect(await doDuties(await portsAt(0))).toBe('nothing');
    expect(done).toEqual([]);
  });
});
