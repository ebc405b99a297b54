import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { unzlibSync, zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../../src/core/bytes/hex.ts';
import { adler32, inflateZlib } from '../../../../../src/core/trust/status/inflate-zlib.ts';
import { bytesOf } from '../../../../support/bytes-of.ts';
import { DRAFT_LISTS } from './draft-lists.ts';

const ROOMY = 1 << 20;
const inflate = (zlib: Uint8Array, maxBytes = ROOMY) => inflateZlib(zlib, maxBytes);
const refusal = (zlib: Uint8Array, maxBytes = ROOMY) => {
  const inflated = inflate(zlib, maxBytes);
  return inflated.ok ? 'ok' : inflated.error;
};

/** The compressed string is what ends a StatusList of the draft. */
const compressedIn = (cbor: string): Bytes => bytesOf(cbor.slice(cbor.indexOf('78da')));

describe('the compressed strings of draft-ietf-oauth-status-list', () => {
  it.each(DRAFT_LISTS)('$name', ({ cbor, packed, bits, indices }) => {
    const compressed = compressedIn(cbor);
    const inflated = inflate(compressed, (indices * bits) / 8);
    if (!inflated.ok) throw new Error(inflated.error);
    expect(inflated.value.length).toBe((indices * bits) / 8);
    if (packed !== undefined) expect(encodeHex(inflated.value)).toBe(packed);
  });

  it('one byte less of room refuses each', () => {
    const refusals = DRAFT_LISTS.map(({ cbor, bits, indices }) =>
      refusal(compressedIn(cbor), (indices * bits) / 8 - 1),
    );
    expect(refusals).toEqual(DRAFT_LISTS.map(() => 'zlib-too-long'));
  });
});

describe('the checksum', () => {
  it('is the one of RFC 1950', () => {
    // The value that Python's zlib.adler32(b'Wikipedia') gives.
    expect(adler32(utf8ToBytes('Wikipedia'))).toBe(0x11e60398);
    expect(adler32(bytesOf(''))).toBe(1);
  });
});

describe('limits', () => {
  /** A zlib stream around blocks written as a string of bits, the first bit first; `content` is what it should hold. */
  function zlibOf(bits: string, content = ''): Bytes {
    const digits = bits.replaceAll(' ', '');
    const blocks = new Uint8Array(Math.ceil(digits.length / 8));
    for (const [at, digit] of [...digits].entries())
      if (digit === '1') blocks[at >> 3] = (blocks[at >> 3] ?? 0) | (1 << (at & 7));
    const checksum = new Uint8Array(4);
    new DataView(checksum.buffer).setUint32(0, adler32(utf8ToBytes(content)));
    return concatBytes(bytesOf('78da'), blocks, checksum);
  }
  const low = (value: number, bits: number): string =>
    [...value.toString(2).padStart(bits, '0')].reverse().join('');
  /** A last dynamic block up to its code length codes, of which the first `given` have these lengths. */
  const dynamic = (literals: number, distances: number, codeLengths: readonly number[]): string =>
    `1 01 ${low(literals - 257, 5)} ${low(distances - 1, 5)} ${low(codeLengths.length - 4, 4)} ` +
    codeLengths.map((length) => low(length, 3)).join('');
  // 16, 17, 18, 0 and so on; 18 and 1 have a code of one bit each: 1 is "0", 18 is "1".
  const ONE_AND_18 = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  const zeros = (count: number) => `1 ${low(count - 11, 7)}`;

  const good = new Uint8Array(deflateSync(utf8ToBytes('gatelight gatelight gatelight')));
  const cases: readonly [string, Bytes, string][] = [
    ['nothing', bytesOf(''), 'zlib-truncated'],
    ['a header alone', bytesOf('78da'), 'zlib-truncated'],
    ['another method', bytesOf('7711'), 'zlib-bad-header'],
    ['a window of 64 KiB', bytesOf('881c'), 'zlib-bad-header'],
    ['a header check that is off by one', bytesOf('78db'), 'zlib-bad-header'],
    ['a preset dictionary', bytesOf('78bb00000001'), 'zlib-bad-header'],
    ['an empty stored block', zlibOf(`1 00 00000 ${low(0, 16)} ${low(0xffff, 16)}`), 'ok'],
    [
      'a stored block with a wrong complement',
      zlibOf(`1 00 00000 ${low(0, 16)} ${low(0xfffe, 16)}`),
      'zlib-malformed',
    ],
    [
      'a stored block beyond the end',
      zlibOf(`1 00 00000 ${low(9, 16)} ${low(0xfff6, 16)}`),
      'zlib-truncated',
    ],
    ['a block of type 3', zlibOf('1 11'), 'zlib-malformed'],
    ['an empty fixed block', zlibOf('1 10 0000000'), 'ok'],
    ['the length code 286', zlibOf('1 10 11000110'), 'zlib-malformed'],
    ['a distance before the beginning', zlibOf('1 10 0000001 00000'), 'zlib-malformed'],
    ['the distance code 30', zlibOf('1 10 00110000 0000001 11110'), 'zlib-malformed'],
    ['287 literals', zlibOf(dynamic(287, 1, ONE_AND_18)), 'zlib-malformed'],
    ['31 distances', zlibOf(dynamic(257, 31, ONE_AND_18)), 'zlib-malformed'],
    ['code length codes that leave room', zlibOf(dynamic(257, 1, [0, 0, 1, 0])), 'zlib-malformed'],
    ['code length codes beyond the room', zlibOf(dynamic(257, 1, [1, 1, 1, 0])), 'zlib-malformed'],
    ['a repetition of nothing', zlibOf(`${dynamic(257, 1, [1, 0, 1, 0])} 0 00`), 'zlib-malformed'],
    [
      'a repetition beyond the end',
      zlibOf(`${dynamic(257, 1, ONE_AND_18)} ${zeros(138)} ${zeros(121)}`),
      'zlib-malformed',
    ],
    [
      'no code for the end of the block',
      zlibOf(`${dynamic(257, 1, ONE_AND_18)} 0 ${zeros(138)} ${zeros(118)} 0`),
      'zlib-malformed',
    ],
    [
      'one code and no distances',
      zlibOf(`${dynamic(257, 12, ONE_AND_18)} ${zeros(138)} ${zeros(118)} 0 ${zeros(12)} 0`),
      'ok',
    ],
    [
      'the code that the one code leaves over',
      zlibOf(`${dynamic(257, 12, ONE_AND_18)} ${zeros(138)} ${zeros(118)} 0 ${zeros(12)} 1`),
      'zlib-malformed',
    ],
    [
      'three codes of one bit',
      zlibOf(`${dynamic(257, 1, ONE_AND_18)} 0 0 ${zeros(138)} ${zeros(116)} 0 0`),
      'zlib-malformed',
    ],
    ['a wrong checksum', concatBytes(good.subarray(0, -1), bytesOf('00')), 'zlib-bad-checksum'],
    ['a checksum cut short', good.slice(0, -1), 'zlib-truncated'],
    ['a byte after the end', concatBytes(good, bytesOf('00')), 'zlib-trailing-bytes'],
  ];
  it.each(cases)('%s', (_, zlib, code) => expect(refusal(zlib)).toBe(code));

  it('is what zlib itself says, but for what follows the end', () => {
    const here = cases.map(([name, , code]) => [name, sayingOf(code)]);
    expect(cases.map(([name, zlib]) => [name, zlibSaying(zlib)])).toEqual(here);
  });

  it.each([
    ['stored', { level: 0 }],
    ['fixed', { strategy: constants.Z_FIXED }],
    ['dynamic', { level: 9 }],
  ])('at, below and above the length of %s blocks', (_, options) => {
    const content = bytesOf('a5'.repeat(700) + '00ff17'.repeat(50));
    const zlib = deflateSync(content, options);
    expect([-1, 0, 1].map((more) => refusal(zlib, content.length + more))).toEqual([
      'zlib-too-long',
      'ok',
      'ok',
    ]);
  });

  it('stops a bomb at the limit, not at its end', () => {
    const bomb = deflateSync(new Uint8Array(64 << 20), { level: 9 });
    expect(bomb.length).toBeLessThan(66_000);
    const cut = bomb.subarray(0, 400);
    // Were more read than the limit needs, the cut would be met first.
    expect(refusal(cut, 256 * 1024)).toBe('zlib-too-long');
    expect(refusal(cut, 1 << 20)).toBe('zlib-truncated');
    expect(refusal(bomb, 256 * 1024)).toBe('zlib-too-long');
  });
});

type Saying = 'ok' | 'header' | 'blocks' | 'checksum';

/** Whether blocks break off or make no sense depends on how far ahead one reads; zlib stops where the data ends. */
function sayingOf(code: string): Saying {
  if (code === 'ok' || code === 'zlib-trailing-bytes') return 'ok';
  if (code === 'zlib-bad-header') return 'header';
  return code === 'zlib-bad-checksum' ? 'checksum' : 'blocks';
}

function zlibSaying(zlib: Uint8Array): Saying {
  try {
    inflateSync(zlib);
    return 'ok';
  } catch (thrown) {
    const { message } = thrown as Error;
    if (message === 'incorrect data check') return 'checksum';
    return /header check|compression method|window size|dictionary/.test(message) ? 'header' : 'blocks';
  }
}

describe('properties', () => {
  const STRATEGIES = [
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ];
  /** Like status lists: few different bytes, long runs. */
  const contents = fc
    .array(fc.tuple(fc.constantFrom(0, 1, 2, 4, 0x80, 0xff), fc.nat({ max: 600 })), { maxLength: 40 })
    .map((runs) => concatBytes(...runs.map(([byte, count]) => new Uint8Array(count).fill(byte))));
  const anyContents = fc.oneof(contents, fc.uint8Array({ maxLength: 2000 }));

  it('inflates what zlib deflated at any level by any strategy', () => {
    fc.assert(
      fc.property(
        anyContents,
        fc.nat({ max: 9 }),
        fc.constantFrom(...STRATEGIES),
        (content, level, strategy) => {
          const inflated = inflate(deflateSync(content, { level, strategy }));
          expect(inflated.ok && encodeHex(inflated.value)).toBe(encodeHex(content));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('inflates what fflate deflated', () => {
    fc.assert(
      fc.property(anyContents, fc.constantFrom(1, 6, 9), (content, level) => {
        const zlib = zlibSync(content, { level: level as 1 | 6 | 9 });
        const inflated = inflate(zlib);
        expect(inflated.ok && encodeHex(inflated.value)).toBe(encodeHex(unzlibSync(zlib)));
      }),
      { numRuns: 100 },
    );
  });

  it('says of a damaged stream what zlib says', () => {
    const seen = new Set<Saying>();
    fc.assert(
      fc.property(
        anyContents,
        fc.constantFrom(...STRATEGIES),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        (content, strategy, damages) => {
          const zlib = new Uint8Array(deflateSync(content, { strategy }));
          for (const [at, byte] of damages) zlib[at % zlib.length] = byte;
          const inflated = inflate(zlib);
          const said = sayingOf(inflated.ok ? 'ok' : inflated.error);
          expect(said).toBe(zlibSaying(zlib));
          if (inflated.ok) expect(encodeHex(inflated.value)).toBe(encodeHex(inflateSync(zlib)));
          seen.add(said);
        },
      ),
      { numRuns: 1000 },
    );
    expect([...seen].sort()).toEqual(['blocks', 'checksum', 'header', 'ok']);
  });

  it('answers every string of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const zlib = concatBytes(bytesOf('78da'), noise);
        const inflated = inflate(zlib, 4096);
        if (inflated.ok) expect(encodeHex(inflated.value)).toBe(encodeHex(inflateSync(zlib)));
        else expect(inflated.error).toMatch(/^zlib-/);
      }),
      { numRuns: 1000 },
    );
  });
});
