// A time that counts only for the one question it answers.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../src/core/bytes/cbor.ts';
import { signCoseSign1 } from '../../../../src/core/signature/cose-sign1.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import {
  LATEST_TIME_SECONDS,
  MAX_TIME_BYTES,
  signTime,
  TIME_NONCE_BYTES,
  TIME_REFUSALS,
  verifyTime,
} from '../../../../src/core/trust/signed-time.ts';
import { TEST_NOW_SECONDS as NOW } from '../../../support/test-issuer.ts';

const AAD = utf8ToBytes('gatelight-time-1');
const NONCE: Bytes = new Uint8Array(TIME_NONCE_BYTES).fill(3);
const EARLIER: Bytes = new Uint8Array(TIME_NONCE_BYTES).fill(2);

let engine: Ed25519Engine;
let own: Signer;
let next: Signer;
let stranger: Signer;

beforeAll(async () => {
  engine = await chooseEngine();
  [own, next, stranger] = (await Promise.all(
    [1, 2, 3].map((byte) => createSigner(new Uint8Array(32).fill(byte))),
  )) as [Signer, Signer, Signer];
});

async function codeOf(bytes: Bytes, nonce = NONCE, keys = [own.publicKey, next.publicKey]) {
  const verified = await verifyTime(bytes, nonce, keys, engine);
  return verified.ok ? verified.value : verified.error;
}
const signed = (value: CborValue): Promise<Bytes> => signCoseSign1(encodeCbor(value), AAD, own);

describe('a signed time', () => {
  it('is what a server says that is listed, with each of its keys', async () => {
    expect(await codeOf(await signTime(NONCE, NOW, own))).toBe(NOW);
    expect(await codeOf(await signTime(NONCE, NOW, next))).toBe(NOW);
  });

  it('is small', async () => {
    expect((await signTime(NONCE, LATEST_TIME_SECONDS, own)).length).toBeLessThan(MAX_TIME_BYTES / 3);
  });

  it('of an earlier question is refused, however well it was signed', async () => {
    const old = await signTime(EARLIER, NOW, own);
    expect(await codeOf(old, EARLIER)).toBe(NOW);
    expect(await codeOf(old)).toBe('time-other-nonce');
  });

  it('to a shorter or an empty question is refused', async () => {
    for (const nonce of [new Uint8Array(0), NONCE.slice(0, 15), new Uint8Array(17)])
      expect(await codeOf(await signTime(nonce, NOW, own))).toBe('time-other-nonce');
  });

  it('by a stranger is refused, and by anybody where no key is listed', async () => {
    expect(await codeOf(await signTime(NONCE, NOW, stranger))).toBe('time-signature');
    expect(await codeOf(await signTime(NONCE, NOW, own), NONCE, [])).toBe('time-signature');
  });

  it('that was signed for another purpose is refused', async () => {
    const answer = encodeCbor([NONCE, NOW]);
    for (const aad of ['gatelight-settings-1', 'gatelight-pass-1', ''])
      expect(await codeOf(await signCoseSign1(answer, utf8ToBytes(aad), own))).toBe('time-signature');
  });

  it('is refused with any bit of it changed', async () => {
    const bytes = await signTime(NONCE, NOW, own);
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(TIME_REFUSALS, `bit ${bit}`).toContain(await codeOf(changed));
    }
  });

  it('lies between 2020 and the last year of four digits', async () => {
    expect(await codeOf(await signed([NONCE, 1_577_836_799]))).toBe('time-shape');
    expect(await codeOf(await signed([NONCE, 1_577_836_800]))).toBe(1_577_836_800);
    expect(await codeOf(await signed([NONCE, LATEST_TIME_SECONDS]))).toBe(LATEST_TIME_SECONDS);
    expect(await codeOf(await signed([NONCE, LATEST_TIME_SECONDS + 1]))).toBe('time-shape');
    expect(new Date(LATEST_TIME_SECONDS * 1000).getUTCFullYear()).toBe(9999);
  });

  it.each<[string, CborValue]>([
    ['nothing', null],
    ['a time without a nonce', [NOW]],
    ['something more', [NONCE, NOW, 0]],
    ['a time before 1970', [NONCE, -1]],
    ['a time as text', [NONCE, '2026-03-01T09:00:00Z']],
    ['a nonce as text', ['0303', NOW]],
    ['a map', new Map([[1, NOW]])],
  ])('that is %s is refused', async (_name, value) => {
    expect(await codeOf(await signed(value))).toBe('time-shape');
  });

  it('that is no CBOR is refused', async () => {
    expect(await codeOf(await signCoseSign1(utf8ToBytes('now'), AAD, own))).toBe('time-shape');
    expect(await codeOf(utf8ToBytes('<html>Sign in</html>'))).toBe('time-cose');
  });

  it('is not any other bytes, and no bytes throw', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: MAX_TIME_BYTES }), async (bytes) => {
        expect(TIME_REFUSALS).toContain(await codeOf(new Uint8Array(bytes)));
      }),
    ));
});
