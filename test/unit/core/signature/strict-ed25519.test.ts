import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes } from '../../../../src/core/bytes/bytes.ts';
import { isStrictSignature } from '../../../../src/core/signature/strict-ed25519.ts';
import { bytesOf } from '../../../support/bytes-of.ts';

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The base point's y, 4/5: a point of large order. */
const GOOD = bytesOf('58'.padEnd(64, '6'));

function littleEndian(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

const withSign = (point: Bytes): Bytes => {
  const signed = point.slice();
  signed[31] = (signed[31] ?? 0) | 0x80;
  return signed;
};

const judge = (key: Bytes, r: Bytes, s: bigint): boolean =>
  isStrictSignature(key, concatBytes(r, littleEndian(s)));

describe('S', () => {
  it.each([
    ['0', 0n, true],
    ['L - 1', L - 1n, true],
    ['L', L, false],
    ['L + 1', L + 1n, false],
    ['2^252', 2n ** 252n, true],
    ['2^253', 2n ** 253n, false],
    ['2^256 - 1', 2n ** 256n - 1n, false],
  ])('of %s', (_, s, expected) => {
    expect(judge(GOOD, GOOD, s)).toBe(expected);
  });
});

describe('y of the key and of R, with the sign bit either way', () => {
  const order8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
  it.each([
    ['0', 0n, false],
    ['1', 1n, false],
    ['2', 2n, true],
    ['p - 2', P - 2n, true],
    ['p - 1', P - 1n, false],
    ['p', P, false],
    ['p + 1', P + 1n, false],
    ['p + 2', P + 2n, false],
    ['2^255 - 1', 2n ** 255n - 1n, false],
    ['order 8', order8, false],
    ['order 8, mirrored', P - order8, false],
    ['order 8, plus 1', order8 + 1n, true],
    ['order 8, minus 1', order8 - 1n, true],
  ])('of %s', (_, y, expected) => {
    const point = littleEndian(y);
    for (const encoded of [point, withSign(point)]) {
      expect(judge(encoded, GOOD, 1n)).toBe(expected);
      expect(judge(GOOD, encoded, 1n)).toBe(expected);
    }
  });
});

describe('lengths', () => {
  it.each([
    [32, 64, true],
    [31, 64, false],
    [33, 64, false],
    [0, 64, false],
    [32, 63, false],
    [32, 65, false],
    [32, 0, false],
  ])('a key of %i and a signature of %i', (keyBytes, signatureBytes, expected) => {
    const key = concatBytes(GOOD, GOOD).slice(0, keyBytes);
    const signature = concatBytes(GOOD, littleEndian(1n), GOOD).slice(0, signatureBytes);
    expect(isStrictSignature(key, signature)).toBe(expected);
  });
});
