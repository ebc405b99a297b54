import { describe, expect, it, vi } from 'vitest';
import { utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { sha256 } from '../../../../src/core/bytes/sha256.ts';

describe('FIPS 180-2, appendix B', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('%j', async (text, hash) => {
    expect(encodeHex(await sha256(utf8ToBytes(text)))).toBe(hash);
  });
});

it('says what is missing where there is no WebCrypto', async () => {
  vi.stubGlobal('crypto', { subtle: undefined });
  await expect(sha256(utf8ToBytes(''))).rejects.toThrow(/https/);
  vi.unstubAllGlobals();
});
