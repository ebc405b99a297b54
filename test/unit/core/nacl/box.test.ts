// Vectors of "Cryptography in NaCl" (D. J. Bernstein, 2009), as libsodium carries them in test/default/box.c, core1.c
// and secretbox.c; points of small order from https://cr.yp.to/ecdh.html#validate.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreeOnKey, boxKeyPairOf, openBox, sealBox } from '../../../../src/core/nacl/box.ts';
import { bytesOf } from '../../../support/bytes-of.ts';

const ALICE_SECRET = bytesOf('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
const ALICE_PUBLIC = bytesOf('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
const BOB_PUBLIC = bytesOf('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
const FIRST_KEY = bytesOf('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389');
const NONCE = bytesOf('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37');
const MESSAGE = bytesOf(
  `be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01
   233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd
   4924ca1c60902e52f0a089bc76897040e082f937763848645e0705`.replaceAll(/\s/g, ''),
);
const SEALED = bytesOf(
  `f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c
   98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfea
   bd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5`.replaceAll(
    /\s/g,
    '',
  ),
);
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880',
];
const anyBytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => new Uint8Array(array));

describe('the vectors of the NaCl paper', () => {
  it('gives the same public key and agrees on the same first key', () => {
    expect(boxKeyPairOf(ALICE_SECRET).publicKey).toEqual(ALICE_PUBLIC);
    expect(agreeOnKey(BOB_PUBLIC, ALICE_SECRET)).toEqual(FIRST_KEY);
  });

  it('seals the same bytes and opens them', () => {
    expect(sealBox(MESSAGE, NONCE, FIRST_KEY)).toEqual(SEALED);
    expect(openBox(SEALED, NONCE, FIRST_KEY)).toEqual(MESSAGE);
  });
});

it.each(SMALL_ORDER)('agrees on nothing with a point of small order: %s', (point) => {
  expect(agreeOnKey(bytesOf(point), ALICE_SECRET)).toBeNull();
});

it('has the public keys of Node’s own X25519, and both sides agree', () =>
  fc.assert(
    fc.property(anyBytes(32), anyBytes(32), (one, other) => {
      const [a, b] = [boxKeyPairOf(one), boxKeyPairOf(other)];
      expect(a.publicKey).toEqual(nodePublicKey(one));
      expect(agreeOnKey(b.publicKey, a.secretKey)).toEqual(agreeOnKey(a.publicKey, b.secretKey));
    }),
    { numRuns: 30 },
  ));

it('opens nothing of which one bit is another', () =>
  fc.assert(
    fc.property(anyBytes(32), anyBytes(24), anyBytes(40), fc.nat(56 * 8 - 1), (key, nonce, message, bit) => {
      const sealed = sealBox(message, nonce, key);
      expect(openBox(sealed, nonce, key)).toEqual(message);
      sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openBox(sealed, nonce, key)).toBeNull();
    }),
  ));

it.each([
  ['secret', () => boxKeyPairOf(new Uint8Array(31))],
  ['public key', () => agreeOnKey(new Uint8Array(33), ALICE_SECRET)],
  ['nonce', () => sealBox(MESSAGE, new Uint8Array(23), FIRST_KEY)],
  ['key', () => openBox(SEALED, NONCE, new Uint8Array(31))],
])('throws on a %s of another length', (_name, run) => {
  expect(run).toThrow(/size/);
});

/** RFC 8410, section 7: PKCS #8 around a bare secret. */
function nodePublicKey(secret: Uint8Array) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), secret]);
  const spki = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
    format: 'der',
    type: 'spki',
  });
  return new Uint8Array(spki.subarray(-32));
}
