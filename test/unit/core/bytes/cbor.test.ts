import { decode as cborgDecode, encode as cborgEncode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CborKey, type CborValue, encodeCbor, parseCbor } from '../../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { bytesOf } from '../../../support/bytes-of.ts';

const parse = (hex: string, maxDepth = 4) => parseCbor(bytesOf(hex), { maxDepth });

describe('RFC 8949, appendix A: what is in the subset goes both ways', () => {
  const cases: readonly [string, CborValue][] = [
    ['00', 0],
    ['01', 1],
    ['0a', 10],
    ['17', 23],
    ['1818', 24],
    ['1819', 25],
    ['1864', 100],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['29', -10],
    ['3863', -100],
    ['3903e7', -1000],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', bytesOf('')],
    ['4401020304', bytesOf('01020304')],
    ['60', ''],
    ['6161', 'a'],
    ['6449455446', 'IETF'],
    ['62225c', '"\\'],
    ['62c3bc', 'ü'],
    ['63e6b0b4', '水'],
    ['64f0908591', '\u{10151}'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      '98190102030405060708090a0b0c0d0e0f101112131415161718181819',
      Array.from({ length: 25 }, (_, at) => at + 1),
    ],
    ['a0', new Map()],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<CborKey, CborValue>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
    ['826161a161626163', ['a', new Map([['b', 'c']])]],
    [
      'a56161614161626142616361436164614461656145',
      new Map([
        ['a', 'A'],
        ['b', 'B'],
        ['c', 'C'],
        ['d', 'D'],
        ['e', 'E'],
      ]),
    ],
  ];
  it.each(cases)('%s', (hex, value) => {
    expect(parse(hex)).toEqual({ ok: true, value });
    expect(encodeHex(encodeCbor(value))).toBe(hex);
  });
});

describe('RFC 8949, appendix A: what is outside of it is refused', () => {
  it.each([
    ['1bffffffffffffffff', 'cbor-number-too-large'],
    ['3bffffffffffffffff', 'cbor-number-too-large'],
    ['c249010000000000000000', 'cbor-tag'],
    ['c11a514b67b0', 'cbor-tag'],
    ['d818456449455446', 'cbor-tag'],
    ['f90000', 'cbor-float'],
    ['fa47c35000', 'cbor-float'],
    ['fb3ff199999999999a', 'cbor-float'],
    ['f97e00', 'cbor-float'],
    ['f7', 'cbor-simple-value'],
    ['f0', 'cbor-simple-value'],
    ['f8ff', 'cbor-simple-value'],
    ['5f42010243030405ff', 'cbor-indefinite-length'],
    ['7f657374726561646d696e67ff', 'cbor-indefinite-length'],
    ['9fff', 'cbor-indefinite-length'],
    ['bf61610161629f0203ffff', 'cbor-indefinite-length'],
  ])('%s as %s', (hex, error) => {
    expect(parse(hex)).toEqual({ ok: false, error });
  });
});

describe('RFC 8949, appendix F: what is not well-formed is refused', () => {
  it.each([
    ['', 'cbor-truncated'],
    ['18', 'cbor-truncated'],
    ['19', 'cbor-truncated'],
    ['1b01020304050607', 'cbor-truncated'],
    ['41', 'cbor-truncated'],
    ['5affffffff00', 'cbor-truncated'],
    ['5bffffffffffffffff010203', 'cbor-truncated'],
    ['7bffffffffffffffff010203', 'cbor-truncated'],
    ['81', 'cbor-truncated'],
    ['818181818181818181', 'cbor-too-deep'],
    ['a1', 'cbor-truncated'],
    ['a20102', 'cbor-truncated'],
    ['a100', 'cbor-truncated'],
    ['a2000000', 'cbor-truncated'],
    ['1c', 'cbor-reserved-head'],
    ['5d', 'cbor-reserved-head'],
    ['9e', 'cbor-reserved-head'],
    ['fc', 'cbor-reserved-head'],
    ['1f', 'cbor-reserved-head'],
    ['3f', 'cbor-reserved-head'],
    ['ff', 'cbor-indefinite-length'],
    ['0000', 'cbor-trailing-bytes'],
    ['61c3', 'cbor-bad-utf8'],
    ['62c080', 'cbor-bad-utf8'],
    ['63eda080', 'cbor-bad-utf8'],
  ])('%s as %s', (hex, error) => {
    expect(parse(hex)).toEqual({ ok: false, error });
  });
});

describe('limits', () => {
  it.each([
    ['1817', 'cbor-not-shortest'],
    ['1900ff', 'cbor-not-shortest'],
    ['1a0000ffff', 'cbor-not-shortest'],
    ['1b00000000ffffffff', 'cbor-not-shortest'],
    ['5801ff', 'cbor-not-shortest'],
    ['a1180001', 'cbor-not-shortest'],
    ['1b0020000000000000', 'cbor-number-too-large'],
    ['3b001fffffffffffff', 'cbor-number-too-large'],
    ['a2000100 02', 'cbor-duplicate-key'],
    ['a201000000', 'cbor-unsorted-keys'],
    ['a2200000 01', 'cbor-unsorted-keys'],
    ['a262616100616200', 'cbor-unsorted-keys'],
    ['a1410000', 'cbor-bad-key'],
    ['a18000', 'cbor-bad-key'],
    ['a1f500', 'cbor-bad-key'],
    ['8181818180', 'cbor-too-deep'],
    ['81818181a0', 'cbor-too-deep'],
  ])('refuses %s as %s', (hex, error) => {
    expect(parse(hex)).toEqual({ ok: false, error });
  });

  it.each([
    ['1818', 24],
    ['190100', 256],
    ['1a00010000', 65_536],
    ['1b0000000100000000', 2 ** 32],
    ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['3b001ffffffffffffe', Number.MIN_SAFE_INTEGER],
    ['81818180', [[[[]]]]],
  ])('takes %s', (hex, value) => {
    expect(parse(hex)).toEqual({ ok: true, value });
  });

  it('keeps a byte order mark, which is a character of the text', () => {
    expect(parse('63efbbbf')).toEqual({ ok: true, value: '\ufeff' });
  });

  it('refuses a hundred thousand nested arrays at the depth it was told', () => {
    expect(parseCbor(new Uint8Array(100_000).fill(0x81), { maxDepth: 8 })).toEqual({
      ok: false,
      error: 'cbor-too-deep',
    });
  });

  it.each(['9affffffff', 'baffffffff', '5affffffff', '7affffffff', '9bffffffffffffffff'])(
    'refuses %s, which declares gigabytes, without making room for them',
    (hex) => {
      const before = process.memoryUsage().arrayBuffers;
      for (let run = 0; run < 1000; run++) expect(parse(hex)).toEqual({ ok: false, error: 'cbor-truncated' });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    },
  );

  it('gives byte strings memory of their own', () => {
    const input = bytesOf('4401020304');
    const parsed = parseCbor(input, { maxDepth: 0 });
    input.fill(0);
    expect(parsed).toEqual({ ok: true, value: bytesOf('01020304') });
  });

  it.each([1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, '\ud800'])('cannot write %s', (value) => {
    expect(() => encodeCbor(value)).toThrow();
  });

  it('writes a list with more items than a call may have arguments', () => {
    const items = new Array<number>(300_000).fill(7);
    expect(encodeCbor(items).length).toBe(300_005);
  });
});

describe('properties', () => {
  const integer = fc.oneof(fc.integer(), fc.maxSafeInteger()).map((value) => (value === 0 ? 0 : value));
  const key = fc.oneof(integer, fc.string({ unit: 'grapheme', maxLength: 6 }));
  const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      integer,
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array({ maxLength: 40 }),
      fc.array(tie('value'), { maxLength: 6 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => new Map(entries)),
    ),
  })).value;
  const sortedKeys = (input: CborValue): CborValue => {
    if (input instanceof Map) {
      const parsed = parseCbor(encodeCbor(input), { maxDepth: 8 });
      return parsed.ok ? parsed.value : null;
    }
    return input;
  };

  it('decode inverts encode', () => {
    fc.assert(
      fc.property(value, (input) => {
        expect(parseCbor(encodeCbor(input), { maxDepth: 8 })).toEqual({ ok: true, value: input });
      }),
      { numRuns: 500 },
    );
  });

  it('writes the bytes that cborg writes in its RFC 8949 mode', () => {
    fc.assert(
      fc.property(value, (input) => {
        expect(encodeHex(encodeCbor(input))).toBe(encodeHex(cborgEncode(input, rfc8949EncodeOptions)));
      }),
      { numRuns: 500 },
    );
  });

  it('reads what cborg reads, wherever it takes bytes at all, and writes the same bytes back', () => {
    const mutated = fc.tuple(value, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([input, at, byte]) => {
      const bytes = encodeCbor(input);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 12 })), (bytes) => {
        const parsed = parseCbor(bytes, { maxDepth: 8 });
        if (!parsed.ok) return;
        expect(encodeHex(encodeCbor(parsed.value))).toBe(encodeHex(bytes));
        const oracle = cborgDecode(bytes, { useMaps: true, strict: true, rejectDuplicateMapKeys: true });
        expect(sortedKeys(oracle)).toEqual(parsed.value);
      }),
      { numRuns: 3000 },
    );
  });
});
