import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import {
  chooseEngine,
  type Ed25519Engine,
  openTweetnaclEngine,
  openWebCryptoEngine,
} from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { bytesOf } from '../../../support/bytes-of.ts';
import { hasOutsideVectors, outsideTitle, readOutsideVectors } from '../../../vectors/outside-vectors.ts';

const engines: readonly (readonly [string, () => Promise<Ed25519Engine>])[] = [
  ['webcrypto', async () => openWebCryptoEngine()],
  ['tweetnacl', openTweetnaclEngine],
];

/** RFC 8032, section 7.1: seed, public key, message, signature. */
const RFC_8032 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

interface EdgeCase {
  readonly pub: string;
  readonly msg: string;
  readonly sig: string;
  readonly strict: boolean;
}

afterEach(() => vi.unstubAllGlobals());

describe.each(engines)('%s', (name, open) => {
  it.each(RFC_8032)('RFC 8032, seed %s', async (_, key, message, signature) => {
    const engine = await open();
    expect(engine.name).toBe(name);
    expect(await engine.verify(bytesOf(key), bytesOf(signature), bytesOf(message))).toBe(true);
    expect(await engine.verify(bytesOf(key), bytesOf(signature), bytesOf(`${message}00`))).toBe(false);
  });

  it.skipIf(!hasOutsideVectors)(
    outsideTitle('gives the strict verdict on every published edge case'),
    async () => {
      const engine = await open();
      const cases = readOutsideVectors<EdgeCase[]>('ed25519/ed25519-edge.json');
      const wrong: EdgeCase[] = [];
      for (const edge of cases) {
        const verdict = await engine.verify(bytesOf(edge.pub), bytesOf(edge.sig), bytesOf(edge.msg));
        if (verdict !== edge.strict) wrong.push(edge);
      }
      expect(wrong).toEqual([]);
      expect(cases.length).toBe(1277);
    },
  );

  it('says false to any bytes, and never throws', async () => {
    const engine = await open();
    const bytes = (size: number): fc.Arbitrary<Bytes> =>
      fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ minLength: size, maxLength: size }));
    await fc.assert(
      fc.asyncProperty(
        bytes(32),
        bytes(64),
        fc.uint8Array({ maxLength: 50 }),
        async (key, signature, message) => {
          expect(await engine.verify(key, signature, message)).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('forgets keys beyond its bound and goes on verifying', async () => {
    const engine = await open();
    const message = bytesOf('00');
    for (let seed = 0; seed < 70; seed++) {
      const signer = await createSigner(new Uint8Array(32).fill(seed));
      expect(await engine.verify(signer.publicKey, await signer.sign(message), message)).toBe(true);
    }
  });
});

describe('the choice', () => {
  it('falls on WebCrypto where it verifies', async () => {
    expect((await chooseEngine()).name).toBe('webcrypto');
  });

  it.each<[string, object]>([
    ['there is no subtle', { subtle: undefined }],
    ['Ed25519 is unknown', { subtle: { importKey: () => Promise.reject(new Error('NotSupportedError')) } }],
    [
      'everything verifies',
      {
        subtle: { importKey: () => Promise.resolve({ type: 'public' }), verify: () => Promise.resolve(true) },
      },
    ],
    [
      'nothing verifies',
      {
        subtle: {
          importKey: () => Promise.resolve({ type: 'public' }),
          verify: () => Promise.resolve(false),
        },
      },
    ],
  ])('falls on tweetnacl where %s', async (_, platform) => {
    vi.stubGlobal('crypto', platform);
    expect((await chooseEngine()).name).toBe('tweetnacl');
  });
});

describe('signers', () => {
  const [seed, key, message, signature] = RFC_8032[2];

  it.each(['native', 'fallback'])('sign the RFC 8032 case: %s', async (way) => {
    if (way === 'fallback') vi.stubGlobal('crypto', { subtle: undefined });
    const signer = await createSigner(bytesOf(seed));
    expect(signer.publicKey).toEqual(bytesOf(key));
    expect(await signer.sign(bytesOf(message))).toEqual(bytesOf(signature));
  });

  it.each([0, 31, 33, 64])('refuse a seed of %i bytes', async (length) => {
    await expect(createSigner(new Uint8Array(length))).rejects.toThrow('32 bytes');
  });
});
