import { unzlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseBase45 } from '../../../../src/core/bytes/base45.ts';
import { type Bytes, concatBytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import {
  type CborKey,
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  parseCbor,
} from '../../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { keyHintOf, parseCoseSign1, signCoseSign1 } from '../../../../src/core/signature/cose-sign1.ts';
import { openTweetnaclEngine, openWebCryptoEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { bytesOf } from '../../../support/bytes-of.ts';
import {
  hasOutsideVectors,
  listOutsideVectors,
  outsideTitle,
  readOutsideVectors,
} from '../../../vectors/outside-vectors.ts';

const NO_AAD = bytesOf('');
/** The examples are tagged (18), as ours never are. */
const untagged = (hex: string): Bytes => bytesOf(hex.replace(/^d2/i, ''));
const parse = (bytes: Bytes) => parseCoseSign1(bytes, NO_AAD);

interface CoseExample {
  readonly input: { readonly sign0?: { readonly key: { readonly x_hex: string } } };
  readonly intermediates: { readonly ToBeSign_hex: string };
  readonly output: { readonly cbor: string };
}

describe.skipIf(!hasOutsideVectors)(outsideTitle('COSE working group examples'), () => {
  const codes = {
    'sign-pass-01': ['cbor-tag', 'cose-unprotected-not-empty'],
    'sign-pass-02': ['cbor-tag', 'cose-unprotected-not-empty'],
    'sign-pass-03': ['cose-unprotected-not-empty', 'cose-unprotected-not-empty'],
    'sign-fail-01': ['cbor-tag', 'cbor-tag'],
    'sign-fail-02': ['cbor-tag', 'cose-unprotected-not-empty'],
    'sign-fail-03': ['cbor-tag', 'cose-unprotected-not-empty'],
    'sign-fail-04': ['cbor-tag', 'cose-unprotected-not-empty'],
    'sign-fail-06': ['cbor-tag', 'cose-unprotected-not-empty'],
    'sign-fail-07': ['cbor-tag', 'cose-unprotected-not-empty'],
  };
  it.each(Object.entries(codes))('%s is outside of our subset', (name, [asIs, withoutTag]) => {
    const { output } = readOutsideVectors<CoseExample>(`cose/sign1-tests/${name}.json`);
    expect(parse(bytesOf(output.cbor))).toEqual({ ok: false, error: asIs });
    expect(parse(untagged(output.cbor))).toEqual({ ok: false, error: withoutTag });
  });

  /** What is left of an example when the header that we have no place for is emptied. */
  function withoutUnprotected(hex: string): Bytes {
    const parsed = parseCbor(untagged(hex), { maxDepth: 4 });
    if (!parsed.ok || !isCborArray(parsed.value)) throw new Error('not an array');
    const [header, , payload, signature] = parsed.value;
    return encodeCbor([header ?? null, new Map(), payload ?? null, signature ?? null]);
  }

  it.each([
    ['sign-pass-01', 'cose-unknown-algorithm'],
    ['sign-pass-02', 'cose-unknown-algorithm'],
    ['sign-fail-03', 'cose-unknown-algorithm'],
    ['sign-fail-04', 'cose-unknown-algorithm'],
    ['sign-fail-06', 'cose-unknown-header'],
  ])('%s with its unprotected header emptied: %s', (name, error) => {
    const { output } = readOutsideVectors<CoseExample>(`cose/sign1-tests/${name}.json`);
    expect(parse(withoutUnprotected(output.cbor))).toEqual({ ok: false, error });
  });

  it('eddsa-sig-01: what is signed is what the example says, and both engines take it', async () => {
    const example = readOutsideVectors<CoseExample>('cose/eddsa-examples/eddsa-sig-01.json');
    const parsed = parseCbor(untagged(example.output.cbor), { maxDepth: 4 });
    if (!parsed.ok || !isCborArray(parsed.value)) throw new Error('not an array');
    const [header, , payload, signature] = parsed.value;
    if (!isCborBytes(header) || !isCborBytes(payload) || !isCborBytes(signature))
      throw new Error('not byte strings');
    const signed = encodeCbor(['Signature1', header, NO_AAD, payload]);
    expect(encodeHex(signed)).toBe(example.intermediates.ToBeSign_hex.toLowerCase());
    const key = bytesOf(example.input.sign0?.key.x_hex ?? '');
    expect(await openWebCryptoEngine().verify(key, signature, signed)).toBe(true);
    expect(await (await openTweetnaclEngine()).verify(key, signature, signed)).toBe(true);
    expect(parse(withoutUnprotected(example.output.cbor))).toEqual({
      ok: false,
      error: 'cose-unknown-header',
    });
  });

  it('the other EdDSA and CWT examples are other structures', () => {
    const others = [
      ...listOutsideVectors('cose/CWT'),
      'cose/eddsa-examples/eddsa-01.json',
      'cose/eddsa-examples/eddsa-02.json',
    ];
    expect(others.length).toBe(7);
    for (const path of others) {
      const { output } = readOutsideVectors<CoseExample>(path);
      expect([path, parse(bytesOf(output.cbor))]).toEqual([path, { ok: false, error: 'cbor-tag' }]);
    }
  });

  it('an identity pass of claim 169 is read up to the key hint that it lacks, and its signature holds', async () => {
    interface IdentityPass {
      readonly qr_data: string;
      readonly signing_key: { readonly public_key_hex: string };
    }
    const pass = readOutsideVectors<IdentityPass>('claim-169/valid/ed25519-signed.json');
    const compressed = parseBase45(pass.qr_data);
    if (!compressed.ok) throw new Error(compressed.error);
    const cose = untagged(encodeHex(unzlibSync(compressed.value)));
    expect(parse(cose)).toEqual({ ok: false, error: 'cose-bad-key-hint' });
    const parsed = parseCbor(cose, { maxDepth: 4 });
    if (!parsed.ok || !isCborArray(parsed.value)) throw new Error('not an array');
    const [header, , payload, signature] = parsed.value;
    if (!isCborBytes(header) || !isCborBytes(payload) || !isCborBytes(signature))
      throw new Error('not byte strings');
    const signed = encodeCbor(['Signature1', header, NO_AAD, payload]);
    expect(
      await openWebCryptoEngine().verify(bytesOf(pass.signing_key.public_key_hex), signature, signed),
    ).toBe(true);
  });
});

describe('what we sign', () => {
  const aad = utf8ToBytes('gatelight-test-1');
  const payload = utf8ToBytes('This is the content.');
  const seed = bytesOf('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');

  it('is read back, names Ed25519 and the key, and verifies', async () => {
    const signer = await createSigner(seed);
    const parsed = parseCoseSign1(await signCoseSign1(payload, aad, signer), aad);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(parsed.value.algorithm).toBe('Ed25519');
    expect(parsed.value.payload).toEqual(payload);
    expect(parsed.value.keyHint).toEqual(await keyHintOf(signer.publicKey));
    // SHA-256 of the key of RFC 8032's TEST 1, by another tool.
    expect(encodeHex(parsed.value.keyHint)).toBe('21fe31df');
    const { signature, signedBytes } = parsed.value;
    expect(await openWebCryptoEngine().verify(signer.publicKey, signature, signedBytes)).toBe(true);
  });

  it('does not verify for another purpose', async () => {
    const signer = await createSigner(seed);
    const parsed = parseCoseSign1(await signCoseSign1(payload, aad, signer), utf8ToBytes('gatelight-test-2'));
    if (!parsed.ok) throw new Error(parsed.error);
    const { signature, signedBytes } = parsed.value;
    expect(await openWebCryptoEngine().verify(signer.publicKey, signature, signedBytes)).toBe(false);
  });
});

describe('limits', () => {
  const kid = bytesOf('01020304');
  const header = (entries: readonly (readonly [CborKey, CborValue])[]): Bytes => encodeCbor(new Map(entries));
  const good: readonly CborValue[] = [
    header([
      [1, -19],
      [4, kid],
    ]),
    new Map(),
    bytesOf('00'),
    new Uint8Array(64),
  ];
  const withPart = (at: number, part: CborValue): Bytes => encodeCbor(good.with(at, part));

  it('takes -19 and -8 for Ed25519', () => {
    for (const algorithm of [-19, -8]) {
      const parsed = parse(
        withPart(
          0,
          header([
            [1, algorithm],
            [4, kid],
          ]),
        ),
      );
      expect(parsed.ok && parsed.value.algorithm).toBe('Ed25519');
    }
  });

  const cases: readonly [string, Bytes, string][] = [
    ['nothing', bytesOf(''), 'cbor-truncated'],
    ['bytes after the end', concatBytes(encodeCbor(good), bytesOf('00')), 'cbor-trailing-bytes'],
    ['the COSE_Sign1 tag', concatBytes(bytesOf('d2'), encodeCbor(good)), 'cbor-tag'],
    ['a map', encodeCbor(new Map()), 'cose-not-four-parts'],
    ['three parts', encodeCbor(good.slice(0, 3)), 'cose-not-four-parts'],
    ['five parts', encodeCbor([...good, 0]), 'cose-not-four-parts'],
    ['a header outside of bytes', withPart(0, new Map([[1, -19]])), 'cose-protected-not-bytes'],
    ['an unprotected header', withPart(1, new Map([[4, kid]])), 'cose-unprotected-not-empty'],
    ['no unprotected map', withPart(1, null), 'cose-unprotected-not-empty'],
    ['a detached payload', withPart(2, null), 'cose-payload-not-bytes'],
    ['a text payload', withPart(2, 'x'), 'cose-payload-not-bytes'],
    ['a signature of 63 bytes', withPart(3, new Uint8Array(63)), 'cose-bad-signature-length'],
    ['a signature of 65 bytes', withPart(3, new Uint8Array(65)), 'cose-bad-signature-length'],
    ['a signature as text', withPart(3, 'x'.repeat(64)), 'cose-bad-signature-length'],
    ['an empty header', withPart(0, bytesOf('')), 'cose-malformed-header'],
    ['a header that is a list', withPart(0, bytesOf('80')), 'cose-malformed-header'],
    ['a header with keys out of order', withPart(0, bytesOf('a2044401020304 0132')), 'cose-malformed-header'],
    [
      'a critical header',
      withPart(
        0,
        header([
          [1, -19],
          [2, [1]],
          [4, kid],
        ]),
      ),
      'cose-unknown-header',
    ],
    ['no algorithm', withPart(0, header([[4, kid]])), 'cose-unknown-algorithm'],
    [
      'ES256',
      withPart(
        0,
        header([
          [1, -7],
          [4, kid],
        ]),
      ),
      'cose-unknown-algorithm',
    ],
    [
      'an algorithm by name',
      withPart(
        0,
        header([
          [1, 'Ed25519'],
          [4, kid],
        ]),
      ),
      'cose-unknown-algorithm',
    ],
    ['no key hint', withPart(0, header([[1, -19]])), 'cose-bad-key-hint'],
    [
      'a hint of 3 bytes',
      withPart(
        0,
        header([
          [1, -19],
          [4, kid.slice(1)],
        ]),
      ),
      'cose-bad-key-hint',
    ],
    [
      'a hint of 5 bytes',
      withPart(
        0,
        header([
          [1, -19],
          [4, concatBytes(kid, kid.slice(3))],
        ]),
      ),
      'cose-bad-key-hint',
    ],
    [
      'a hint as text',
      withPart(
        0,
        header([
          [1, -19],
          [4, 'abcd'],
        ]),
      ),
      'cose-bad-key-hint',
    ],
  ];
  it.each(cases)('refuses %s', (_, bytes, error) => {
    expect(parse(bytes)).toEqual({ ok: false, error });
  });
});
