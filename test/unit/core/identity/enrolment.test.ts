// A tablet and a server that enrol by a code, and everybody who tries it otherwise.

import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../src/core/bytes/cbor.ts';
import { sha256 } from '../../../../src/core/bytes/sha256.ts';
import type { DeviceSigner } from '../../../../src/core/identity/device-key.ts';
import { signEnrolled } from '../../../../src/core/identity/enrolled-word.ts';
import {
  encodeClaim,
  encodeClaimAnswer,
  parseClaim,
  parseClaimAnswer,
} from '../../../../src/core/identity/enrolment-messages.ts';
import {
  claimEnrolment,
  confirmEnrolment,
  type Enrolment,
  isExpired,
  OFFER_LIFE_SECONDS,
  offerEnrolment,
} from '../../../../src/core/identity/enrolment-offer.ts';
import {
  enrolmentDigits,
  type ServerIdentity,
  serverProof,
  tabletProof,
} from '../../../../src/core/identity/enrolment-proof.ts';
import {
  makeClaim,
  startEnrolment,
  takeAnswer,
  takeEnrolled,
} from '../../../../src/core/identity/enrolment-tablet.ts';
import { isSameSecret } from '../../../../src/core/identity/same-secret.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import { testEd25519Device, testP256Device } from '../../../support/test-device.ts';
import { TEST_NOW_SECONDS as NOW } from '../../../support/test-issuer.ts';

const CODE: Bytes = new Uint8Array(16).fill(0x5a);
const ORIGIN = { text: 'https://gate.example', authority: 'gate.example' };
const DEVICE = '0123456789abcdef0123456789abcdef';
const END = NOW + OFFER_LIFE_SECONDS;
const offered = (code = CODE, id = 'o1', site = 'north') =>
  offerEnrolment({ id, site, gate: 'g1', code }, NOW);

let engine: Ed25519Engine;
let signer: Signer;
let server: ServerIdentity;
let tablet: DeviceSigner;
let p256: DeviceSigner;
let stranger: DeviceSigner;

beforeAll(async () => {
  engine = await chooseEngine();
  signer = await createSigner(new Uint8Array(32).fill(1));
  server = { key: signer.publicKey, rootHash: new Uint8Array(32).fill(2) };
  [tablet, stranger, p256] = [await testEd25519Device(3), await testEd25519Device(4), await testP256Device()];
});

const invited = async (device = tablet, isScanned = true) =>
  startEnrolment(
    {
      origin: ORIGIN,
      code: CODE,
      hashes: isScanned ? { serverKeyHash: await sha256(server.key), rootHash: server.rootHash } : null,
    },
    device.publicKey,
    NOW,
  );

async function claimBy(
  device = tablet,
  { offers = [offered()], code = CODE, boundTo = null as string | null, now = NOW } = {},
) {
  const proof = await tabletProof(code, device.publicKey);
  return claimEnrolment(offers, { tablet: device.publicKey, proof, boundTo }, server, now);
}

async function claimed(device = tablet) {
  const taken = await claimBy(device);
  if (!taken.ok) throw new Error(taken.error.reason);
  return taken.value;
}

function granted<T, E>(result: { ok: true; value: T } | { ok: false; error: E }): T {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}
const errorOf = <T, E>(result: { ok: true; value: T } | { ok: false; error: E }): E | 'ok' =>
  result.ok ? 'ok' : result.error;

describe('an enrolment', () => {
  it.each([
    ['scanned', 'ed25519'],
    ['typed', 'ed25519'],
    ['scanned', 'p256'],
    ['typed', 'p256'],
  ])('by a code that was %s comes through: %s', async (how, kind) => {
    const device = kind === 'p256' ? p256 : tablet;
    const start = await invited(device, how === 'scanned');
    const claim = granted(parseClaim(encodeClaim(await makeClaim(start, null))));
    const { claimed: atServer, answer } = granted(await claimEnrolment([offered()], claim, server, NOW + 5));
    const received = granted(parseClaimAnswer(encodeClaimAnswer(answer)));
    const atTablet = granted(await takeAnswer(start, received, NOW + 6));
    expect(atTablet.digits).toBe(atServer.digits);
    expect(atTablet.digits).toMatch(/^\d{6}$/);

    const shown = { digits: atTablet.digits, device: DEVICE, epoch: 2 };
    const confirmed = granted(confirmEnrolment(atServer, shown, NOW + 60));
    const word = await signEnrolled(confirmed, confirmed.tablet, signer);
    expect(granted(await takeEnrolled(atTablet, word, engine))).toEqual({
      kind: 'confirmed',
      origin: ORIGIN,
      tablet: device.publicKey,
      server,
      site: 'north',
      gate: 'g1',
      device: DEVICE,
      epoch: 2,
    });
  });

  it('has proofs and digits as another reading of the design has them', async () => {
    const mac = (...parts: readonly Bytes[]) => {
      const hmac = createHmac('sha256', CODE);
      for (const part of parts) hmac.update(part);
      return new Uint8Array(hmac.digest());
    };
    expect(await tabletProof(CODE, tablet.publicKey)).toEqual(mac(tablet.publicKey.bytes));
    expect(await serverProof(CODE, server)).toEqual(mac(server.key, server.rootHash));
    const hex = createHash('sha256')
      .update('gatelight-enrol-digits-1')
      .update(CODE)
      .update(tablet.publicKey.bytes)
      .update(server.key)
      .digest('hex');
    expect(await enrolmentDigits(CODE, tablet.publicKey, server.key)).toBe(
      String(BigInt(`0x${hex}`) % 1_000_000n).padStart(6, '0'),
    );
  });

  it('forgets the code when it is confirmed, on both sides', async () => {
    const { claimed: atServer, answer } = await claimed();
    const shown = { digits: atServer.digits, device: DEVICE, epoch: 1 };
    const confirmed = granted(confirmEnrolment(atServer, shown, NOW));
    const atTablet = granted(await takeAnswer(await invited(), answer, NOW));
    const word = await signEnrolled(confirmed, confirmed.tablet, signer);
    for (const value of [confirmed, granted(await takeEnrolled(atTablet, word, engine))])
      expect(Object.keys(value)).not.toContain('code');
  });
});

describe('a claim', () => {
  it('that is wrong, second, late or from another site is refused alike, and the reason is for the log', async () => {
    const { claimed: taken } = await claimed();
    const confirmed = granted(
      confirmEnrolment(taken, { digits: taken.digits, device: DEVICE, epoch: 1 }, NOW),
    );
    const cases: [string, Awaited<ReturnType<typeof claimBy>>][] = [
      ['wrong-code', await claimBy(tablet, { code: new Uint8Array(16) })],
      ['wrong-code', await claimBy(tablet, { offers: [] })],
      ['wrong-code', await claimBy(stranger, { offers: [confirmed] })],
      ['used', await claimBy(stranger, { offers: [taken] })],
      ['expired', await claimBy(tablet, { now: END })],
      ['expired', await claimBy(tablet, { offers: [taken], now: END })],
      ['other-site', await claimBy(tablet, { boundTo: 'south' })],
    ];
    for (const [reason, refusal] of cases)
      expect(refusal).toEqual({ ok: false, error: { code: 'enrolment-refused', reason } });
  });

  it('counts to the last second of ten minutes', async () => {
    expect((await claimBy(tablet, { now: END - 1 })).ok).toBe(true);
    expect(isExpired(offered(), END - 1)).toBe(false);
    expect(isExpired(offered(), END)).toBe(true);
  });

  it('finds its own code among others, and leaves those as they are', async () => {
    const others = [1, 2, 3].map((byte) => offered(new Uint8Array(16).fill(byte), `o${byte}x`, 'south'));
    const taken = granted(await claimBy(tablet, { offers: [...others, offered()], boundTo: 'north' }));
    expect(taken.claimed).toMatchObject({ id: 'o1', site: 'north', kind: 'claimed' });
  });

  it('of the same tablet again, whose answer was lost, is answered the same', async () => {
    const first = await claimed();
    expect(granted(await claimBy(tablet, { offers: [first.claimed] }))).toEqual(first);
  });

  it("with another's proof is refused: the proof is of the key", async () => {
    const proof = await tabletProof(CODE, tablet.publicKey);
    const claim = { tablet: stranger.publicKey, proof, boundTo: null };
    expect((await claimEnrolment([offered()], claim, server, NOW)).ok).toBe(false);
  });

  it("with the server's own proof sent back is refused", async () => {
    const { answer } = await claimed();
    const claim = { tablet: tablet.publicKey, proof: answer.proof, boundTo: null };
    expect((await claimEnrolment([offered()], claim, server, NOW)).ok).toBe(false);
  });
});

describe('a confirmation', () => {
  it('needs a claim, the same digits, and time', async () => {
    const { claimed: taken } = await claimed();
    const shown = { digits: taken.digits, device: DEVICE, epoch: 1 };
    const other = { ...shown, digits: String((Number(taken.digits) + 1) % 1_000_000).padStart(6, '0') };
    expect(errorOf(confirmEnrolment(offered(), shown, NOW))).toBe('enrolment-not-claimed');
    expect(errorOf(confirmEnrolment(taken, other, NOW))).toBe('enrolment-other-digits');
    expect(errorOf(confirmEnrolment(taken, shown, END))).toBe('enrolment-expired');
    const confirmed: Enrolment = granted(confirmEnrolment(taken, shown, END - 1));
    expect(errorOf(confirmEnrolment(confirmed, shown, NOW))).toBe('enrolment-not-claimed');
    expect(isExpired(confirmed, END)).toBe(false);
  });
});

describe('a tablet', () => {
  it('believes no server but the one it was invited to', async () => {
    const { answer } = await claimed();
    const [scanned, typed] = [await invited(), await invited(tablet, false)];
    const otherKey = { ...answer, server: { ...server, key: stranger.publicKey.bytes } };
    const otherRoot = { ...answer, server: { ...server, rootHash: new Uint8Array(32) } };
    const shortKey = { ...answer, server: { ...server, key: new Uint8Array(31) } };
    const spoilt = { ...answer, proof: answer.proof.with(0, (answer.proof[0] ?? 0) ^ 1) as Bytes };
    expect(errorOf(await takeAnswer(scanned, otherKey, NOW))).toBe('server-other-key');
    expect(errorOf(await takeAnswer(scanned, otherRoot, NOW))).toBe('server-other-root');
    for (const wrong of [otherKey, otherRoot, spoilt])
      expect(errorOf(await takeAnswer(typed, wrong, NOW))).toBe('server-proof-wrong');
    expect(errorOf(await takeAnswer(scanned, spoilt, NOW))).toBe('server-proof-wrong');
    expect(errorOf(await takeAnswer(typed, shortKey, NOW))).toBe('server-malformed');
    expect(errorOf(await takeAnswer(typed, answer, END))).toBe('enrolment-expired');
  });

  it('takes each step in its turn only', async () => {
    const { claimed: taken, answer } = await claimed();
    const word = await signEnrolled({ ...taken, device: DEVICE, epoch: 1 }, tablet.publicKey, signer);
    const start = await invited();
    const atTablet = granted(await takeAnswer(start, answer, NOW));
    expect(errorOf(await takeEnrolled(start, word, engine))).toBe('enrolment-out-of-turn');
    expect(errorOf(await takeAnswer(atTablet, answer, NOW))).toBe('enrolment-out-of-turn');
    const done = granted(await takeEnrolled(atTablet, word, engine));
    expect(errorOf(await takeEnrolled(done, word, engine))).toBe('enrolment-out-of-turn');
  });

  it('takes the word of its own server about its own key only', async () => {
    const { claimed: taken, answer } = await claimed();
    const atTablet = granted(await takeAnswer(await invited(), answer, NOW));
    const enrolled = { site: 'north', gate: 'g1', device: DEVICE, epoch: 1 };
    const other = await createSigner(new Uint8Array(32).fill(8));
    const codeFor = async (word: Bytes) => errorOf(await takeEnrolled(atTablet, word, engine));
    expect(await codeFor(await signEnrolled(enrolled, stranger.publicKey, signer))).toBe(
      'enrolled-other-key',
    );
    expect(await codeFor(await signEnrolled(enrolled, taken.tablet, other))).toBe('statement-signature');
    expect(await codeFor(await signEnrolled({ ...enrolled, epoch: 0 }, taken.tablet, signer))).toBe(
      'statement-shape',
    );
    expect(await codeFor(await signEnrolled({ ...enrolled, site: 'N' }, taken.tablet, signer))).toBe(
      'statement-shape',
    );
    expect(await codeFor(new Uint8Array(1025))).toBe('statement-cose');
  });
});

describe('a man in the middle', () => {
  const seed = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Bytes => new Uint8Array(bytes));

  it('who knows the code and swaps keys gives the two screens other digits', async () => {
    let alike = 0;
    await fc.assert(
      fc.asyncProperty(seed, seed, async (tabletSeed, serverSeed) => {
        const [hisTablet, hisServer] = [await createSigner(tabletSeed), await createSigner(serverSeed)];
        const swapped = { algorithm: 'ed25519', bytes: hisTablet.publicKey } as const;
        const onTablet = await enrolmentDigits(CODE, tablet.publicKey, hisServer.publicKey);
        const onConsole = await enrolmentDigits(CODE, swapped, server.key);
        if (onTablet === onConsole) alike++;
      }),
      { numRuns: 300 },
    );
    // By chance once in a million; 300 runs with one such are less likely than 1 in 3,000, with two than 1 in 20 million.
    expect(alike).toBeLessThan(2);
  });

  it('who does not know it gets nowhere: no proof of his is taken on either side', async () => {
    const guess = new Uint8Array(16).fill(1);
    const his = { key: stranger.publicKey.bytes, rootHash: server.rootHash };
    expect((await claimBy(stranger, { code: guess })).ok).toBe(false);
    const answer = { server: his, proof: await serverProof(guess, his) };
    expect(errorOf(await takeAnswer(await invited(tablet, false), answer, NOW))).toBe('server-proof-wrong');
  });
});

describe('digits', () => {
  it('spread over the whole million', async () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 500; byte++) {
      const code = new Uint8Array(16);
      new DataView(code.buffer).setUint32(0, byte);
      const first = (await enrolmentDigits(code, tablet.publicKey, server.key)).charAt(0);
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    for (const count of counts.values()) expect(count).toBeGreaterThan(20);
  });
});

describe('messages', () => {
  const hash = new Uint8Array(32);
  it.each<[string, CborValue]>([
    ['nothing', null],
    ['too few', [hash, hash]],
    ['too many', [hash, hash, null, null]],
    ['a key of 31 bytes', [hash.slice(1), hash, null]],
    ['a compressed point', [new Uint8Array(65).fill(2), hash, null]],
    ['a short proof', [hash, hash.slice(1), null]],
    ['a long proof', [hash, new Uint8Array(33), null]],
    ['a site that is none', [hash, hash, 'North']],
    ['a number for a site', [hash, hash, 0]],
    ['more than may be', [hash, hash, 'x'.repeat(300)]],
  ])('of %s are refused', (_name, value) => {
    expect(parseClaim(encodeCbor(value))).toEqual({ ok: false, error: 'claim-malformed' });
    expect(parseClaimAnswer(encodeCbor(value))).toEqual({ ok: false, error: 'claim-answer-malformed' });
  });
});

describe('secrets', () => {
  it('are the same only if every byte is', () =>
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(isSameSecret(a, b)).toBe(Buffer.from(a).equals(Buffer.from(b)));
        expect(isSameSecret(a, a.slice())).toBe(true);
      }),
    ));
});
