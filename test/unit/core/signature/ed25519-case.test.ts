import { describe, expect, it } from 'vitest';
import { openWebCryptoEngine } from '../../../../src/core/signature/engine.ts';
import { parseCases, scoreEngine } from '../../../vectors/ed25519-case.ts';

/** RFC 8032, section 7.1, TEST 2. */
const good = {
  pub: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  msg: '72',
  sig: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  strict: true,
};

describe('scores', () => {
  it('name the cases that an engine judges otherwise', async () => {
    const cases = [
      good,
      { ...good, strict: false },
      { ...good, msg: '73', strict: false },
      { ...good, msg: '73' },
    ];
    expect(await scoreEngine(openWebCryptoEngine(), cases)).toEqual({
      engine: 'webcrypto',
      cases: 4,
      wrong: [1, 3],
    });
  });
});

describe('a file of cases', () => {
  it('is read', () => expect(parseCases(JSON.stringify([good]))).toEqual([good]));

  it.each([
    ['{', /JSON/],
    ['{}', /no JSON array/],
    ['[]', /no JSON array/],
    ['[null]', /case 0/],
    [JSON.stringify([good, { ...good, pub: 'xy' }]), /case 1/],
    [JSON.stringify([{ ...good, strict: 'yes' }]), /case 0/],
  ])('is refused: %s', (json, message) => {
    expect(() => parseCases(json)).toThrow(message);
  });
});
