import { correction, generate, mode } from 'lean-qr';
import { describe, expect, it } from 'vitest';
import { encodeBase45, parseBase45 } from '../../../../src/core/bytes/base45.ts';
import { parsePass, signPass } from '../../../../src/core/pass/gl1.ts';
import { isNotAPass, PASS_REFUSALS } from '../../../../src/core/pass/refusal.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createTestIssuer, TEST_NOW_SECONDS as NOW, testClaims } from '../../../support/test-issuer.ts';

const VERSION_7_MODULES = 45;
const { issuer, signer, issue } = await createTestIssuer();

const refusalOf = (text: string): string => {
  const parsed = parsePass(text, NOW);
  return parsed.ok ? 'ok' : parsed.error;
};

describe('an ordinary green pass', () => {
  it('is at most 116 bytes and a QR code of version 7 at level M', async () => {
    const text = await issue({ id: { list: 0xffff, index: 0xffffff }, ruleset: 0xffff, reason: 0xff });
    const bytes = parseBase45(text.slice('GL1:'.length));
    expect(bytes.ok && bytes.value.length).toBeLessThanOrEqual(116);
    const code = generate(mode.alphaNumeric(text), { minCorrectionLevel: correction.M });
    expect(code.size).toBe(VERSION_7_MODULES);
    const bestOfSmaller = () =>
      generate(mode.alphaNumeric(text), { minCorrectionLevel: correction.M, maxVersion: 6 });
    expect(bestOfSmaller).toThrow();
  });

  it('reads back as it was written, and its signature holds', async () => {
    const parsed = parsePass(await issue(), NOW);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(parsed.value.format).toBe('GL1');
    expect(parsed.value.algorithm).toBe('Ed25519');
    expect(parsed.value.claims).toEqual(testClaims());
    const key = issuer.keys[0]?.publicKey ?? new Uint8Array(0);
    const engine = await chooseEngine();
    expect(await engine.verify(key, parsed.value.signature, parsed.value.signedBytes)).toBe(true);
  });

  it('is the same text whenever the same issuer signs the same claims', async () => {
    expect(await issue()).toBe(await signPass(testClaims(), signer));
    const another = await createTestIssuer({ seed: 2 });
    expect(await another.issue()).not.toBe(await issue());
  });
});

describe('every change of one character', () => {
  it('is refused, or no longer verifies', async () => {
    const text = await issue();
    const engine = await chooseEngine();
    for (let at = 0; at < text.length; at++) {
      const changed = text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
      const parsed = parsePass(changed, NOW);
      if (parsed.ok) {
        expect(await engine.verify(signer.publicKey, parsed.value.signature, parsed.value.signedBytes)).toBe(
          false,
        );
      }
    }
  });
});

describe('limits', () => {
  it.each([
    ['', 'not-a-pass'],
    ['https://example.org/menu', 'not-a-pass'],
    ['GL1', 'not-a-pass'],
    ['gl1:BB8', 'not-a-pass'],
    [' GL1:BB8', 'not-a-pass'],
    ['GL2:BB8', 'not-a-pass'],
    ['HC1:NCF', 'not-a-pass'],
    ['x'.repeat(10_000), 'not-a-pass'],
    ['GL1:', 'cbor-truncated'],
    ['GL1:bb8', 'base45-lower-case'],
    ['GL1:0', 'base45-bad-length'],
    [`GL1:${'0'.repeat(4293)}`, 'text-too-long'],
    [`GL1:${'0'.repeat(4292)}`, 'cbor-trailing-bytes'],
    [`GL1:${encodeBase45(new Uint8Array(2000).fill(0x81))}`, 'cbor-too-deep'],
  ])('%j', (text, error) => {
    expect(refusalOf(text.slice(0, 20_000))).toBe(error);
  });

  it('every part missing from the end is refused', async () => {
    const text = await issue();
    for (let length = 0; length < text.length; length++)
      expect(refusalOf(text.slice(0, length))).not.toBe('ok');
  });
});

describe('refusals', () => {
  it('have one code each', () => expect(new Set(PASS_REFUSALS).size).toBe(PASS_REFUSALS.length));

  it('only a text that does not claim to be a pass is none', () => {
    expect(PASS_REFUSALS.filter(isNotAPass)).toEqual(['not-a-pass']);
  });
});
