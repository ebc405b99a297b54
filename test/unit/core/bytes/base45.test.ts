import fc from 'fast-check';
import { unzlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeBase45, parseBase45 } from '../../../../src/core/bytes/base45.ts';
import { utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { bytesOf } from '../../../support/bytes-of.ts';
import {
  hasOutsideVectors,
  listOutsideVectors,
  outsideTitle,
  readOutsideVectors,
} from '../../../vectors/outside-vectors.ts';

describe('RFC 9285, sections 4.3 and 4.4', () => {
  it.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ])('%s <-> %s', (plain, encoded) => {
    expect(encodeBase45(utf8ToBytes(plain))).toBe(encoded);
    expect(parseBase45(encoded)).toEqual({ ok: true, value: utf8ToBytes(plain) });
  });
});

describe.skipIf(!hasOutsideVectors)(outsideTitle('European health certificates'), () => {
  interface Certificate {
    readonly PREFIX?: string;
    readonly COSE?: string;
  }
  const readable = listOutsideVectors('dgc-common/2DCode/raw').flatMap((path) => {
    const { PREFIX, COSE } = readOutsideVectors<Certificate>(path);
    const isTagged = COSE?.toLowerCase().startsWith('d284') === true;
    return isTagged && PREFIX?.startsWith('HC1:') && !/\/(Z1|Z2|B1|CBO2)\.json$/.test(path)
      ? [{ path, text: PREFIX.slice(4), cose: COSE.toLowerCase() }]
      : [];
  });

  it('are there', () => expect(readable.length).toBeGreaterThan(15));
  it.each(readable)('$path', ({ text, cose }) => {
    const parsed = parseBase45(text);
    expect(parsed.ok && encodeHex(unzlibSync(parsed.value))).toBe(cose);
    expect(parsed.ok && encodeBase45(parsed.value)).toBe(text);
  });

  it('refuses the broken one', () => {
    const { PREFIX } = readOutsideVectors<Certificate>('dgc-common/2DCode/raw/B1.json');
    expect(parseBase45(PREFIX?.slice(4) ?? '')).toEqual({ ok: false, error: 'base45-bad-character' });
  });
  it('refuses the broken identity pass', () => {
    const { qr_data } = readOutsideVectors<{ qr_data: string }>('claim-169/invalid/bad-base45.json');
    expect(parseBase45(qr_data)).toEqual({ ok: false, error: 'base45-bad-character' });
  });
});

describe('limits', () => {
  it.each([
    ['', ''],
    ['00', '00'],
    ['U5', 'ff'],
    ['000', '0000'],
    ['EGW', 'fffe'],
    ['FGW', 'ffff'],
    ['  0', '0678'],
  ])('takes %j', (text, hex) => {
    expect(parseBase45(text)).toEqual({ ok: true, value: bytesOf(hex) });
  });

  it.each([
    ['V5', 'base45-group-too-large'],
    ['::', 'base45-group-too-large'],
    ['GGW', 'base45-group-too-large'],
    [':::', 'base45-group-too-large'],
    ['BB8V5', 'base45-group-too-large'],
    ['0', 'base45-bad-length'],
    ['0000', 'base45-bad-length'],
    ['BB8 ', 'base45-bad-length'],
    ['bb8', 'base45-lower-case'],
    ['BB8\n', 'base45-white-space'],
    ['\tBB', 'base45-white-space'],
    ['BB\u00a0', 'base45-white-space'],
    ['BB\u3000', 'base45-white-space'],
    ['BB_', 'base45-bad-character'],
    ['BB\u0000', 'base45-bad-character'],
    ['BBＡ', 'base45-bad-character'],
    ['BB\ud83d', 'base45-bad-character'],
  ])('refuses %j as %s', (text, error) => {
    expect(parseBase45(text)).toEqual({ ok: false, error });
  });
});

describe('properties', () => {
  it('decode inverts encode', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parseBase45(encodeBase45(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  it('encode inverts decode: there is one text for the same bytes', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...digits), maxLength: 12 }), (text) => {
        const parsed = parseBase45(text);
        if (parsed.ok) expect(encodeBase45(parsed.value)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});
