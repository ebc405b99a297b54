// The code as a QR text and as typed by a person who errs.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase45 } from '../../../../src/core/bytes/base45.ts';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../src/core/bytes/cbor.ts';
import { encodeBase64, parseBase64 } from '../../../../src/core/identity/base64.ts';
import {
  encodeInvitation,
  INVITATION_REFUSALS,
  parseInvitation,
} from '../../../../src/core/identity/enrolment-code.ts';
import { parsePublicOrigin, parseTypedOrigin } from '../../../../src/core/identity/public-origin.ts';
import {
  encodeTypedCode,
  parseTypedCode,
  TYPED_CODE_REFUSALS,
} from '../../../../src/core/identity/typed-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const anyCode = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes): Bytes => new Uint8Array(bytes));
const CODE: Bytes = Uint8Array.from({ length: 16 }, (_, at) => at * 17);
const ORIGIN = { text: 'https://gate.example', authority: 'gate.example' };
const [KEY_HASH, ROOT_HASH] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const codeOf = (text: string) => {
  const parsed = parseTypedCode(text);
  return parsed.ok ? 'ok' : parsed.error;
};

describe('an invitation', () => {
  const invitation = { origin: ORIGIN, code: CODE, serverKeyHash: KEY_HASH, rootHash: ROOT_HASH };

  it('comes back from its text, which a QR code holds in its alphanumeric alphabet', () => {
    const text = encodeInvitation(invitation);
    expect(parseInvitation(text)).toEqual({ ok: true, value: invitation });
    expect(text).toMatch(/^GLE1:[0-9A-Z $%*+\-./:]+$/);
    expect(text.length).toBeLessThan(200);
  });

  const textOf = (value: CborValue) => `GLE1:${encodeBase45(encodeCbor(value))}`;
  it.each<[string, string, (typeof INVITATION_REFUSALS)[number]]>([
    ['a pass', 'GL1:ABC', 'not-an-enrolment'],
    ['the next format', encodeInvitation(invitation).replace('GLE1:', 'GLE2:'), 'not-an-enrolment'],
    ['lower case', encodeInvitation(invitation).replace(/[A-Z](?=[^:]*$)/, 'a'), 'enrolment-malformed'],
    ['no CBOR', 'GLE1:ABC', 'enrolment-malformed'],
    ['a map', textOf(new Map()), 'enrolment-malformed'],
    ['a short code', textOf([ORIGIN.text, CODE.slice(1), KEY_HASH, ROOT_HASH]), 'enrolment-malformed'],
    ['a long hash', textOf([ORIGIN.text, CODE, new Uint8Array(33), ROOT_HASH]), 'enrolment-malformed'],
    ['no root', textOf([ORIGIN.text, CODE, KEY_HASH]), 'enrolment-malformed'],
    ['something more', textOf([ORIGIN.text, CODE, KEY_HASH, ROOT_HASH, 1]), 'enrolment-malformed'],
    ['a path', textOf(['https://gate.example/x', CODE, KEY_HASH, ROOT_HASH]), 'enrolment-origin'],
    ['no origin', textOf([null, CODE, KEY_HASH, ROOT_HASH]), 'enrolment-origin'],
    ['601 characters', `GLE1:${'0'.repeat(596)}`, 'enrolment-malformed'],
  ])('of %s is refused', (_name, text, error) => {
    expect(parseInvitation(text)).toEqual({ ok: false, error });
  });

  it('of any text is refused by a code', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseInvitation(`GLE1:${text}`);
        expect(INVITATION_REFUSALS).toContain(parsed.ok ? 'ok' : parsed.error);
      }),
    ));
});

describe('a typed code', () => {
  it('is seven groups of four, and comes back', () => {
    expect(encodeTypedCode(CODE)).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    fc.assert(
      fc.property(anyCode, (code) => {
        expect(parseTypedCode(encodeTypedCode(code))).toEqual({ ok: true, value: code });
      }),
    );
  });

  it('may be typed in lower case, without dashes, with spaces, and with O, I and L', () => {
    const text = encodeTypedCode(CODE);
    for (const typed of [
      text.toLowerCase(),
      text.replaceAll('-', ''),
      ` ${text.replaceAll('-', '  ')}\n`,
      text.replaceAll('0', 'O').replaceAll('1', 'I'),
      text.replaceAll('0', 'o').replaceAll('1', 'l'),
    ])
      expect(parseTypedCode(typed)).toEqual({ ok: true, value: CODE });
  });

  it('is refused with any one digit wrong', () => {
    const text = encodeTypedCode(CODE).replaceAll('-', '');
    for (let at = 0; at < text.length; at++)
      for (const digit of ALPHABET)
        expect(codeOf(text.slice(0, at) + digit + text.slice(at + 1))).toBe(
          digit === text[at] ? 'ok' : 'code-mistyped',
        );
  });

  it("is refused with any two digits wrong, or in each other's place", () =>
    fc.assert(
      fc.property(
        anyCode,
        fc.tuple(fc.nat(27), fc.nat(27)),
        fc.tuple(fc.nat(31), fc.nat(31)),
        (code, [i, j], [x, y]) => {
          const digits = [...encodeTypedCode(code).replaceAll('-', '')];
          const swapped = digits.with(i, digits[j] ?? '').with(j, digits[i] ?? '');
          const wrong = digits.with(i, ALPHABET[x] ?? '').with(j, ALPHABET[y] ?? '');
          for (const typed of [swapped, wrong])
            expect(codeOf(typed.join(''))).toBe(typed.join('') === digits.join('') ? 'ok' : 'code-mistyped');
        },
      ),
      { numRuns: 2000 },
    ));

  it.each([
    ['', 'code-length'],
    ['7K2M', 'code-length'],
    [encodeTypedCode(CODE).slice(1), 'code-length'],
    [`${encodeTypedCode(CODE)}0`, 'code-length'],
    [encodeTypedCode(CODE).replace(/.$/, 'U'), 'code-character'],
    [encodeTypedCode(CODE).replace(/.$/, 'é'), 'code-character'],
    [' '.repeat(601), 'code-length'],
  ])('%j is refused', (text, code) => {
    expect(codeOf(text)).toBe(code);
    expect(TYPED_CODE_REFUSALS).toContain(code);
  });
});

describe('an origin', () => {
  it.each([
    ['https://gate.example', 'gate.example'],
    ['https://gate.example:8443', 'gate.example:8443'],
    ['https://10.0.0.7:8443', '10.0.0.7:8443'],
    ['https://[2001:db8::1]', '[2001:db8::1]'],
    ['http://localhost:3000', 'localhost:3000'],
    ['http://127.0.0.1:65535', '127.0.0.1:65535'],
  ])('%s is taken, as a browser writes it', (text, authority) => {
    expect(parsePublicOrigin(text)).toEqual({ ok: true, value: { text, authority } });
    expect(new URL(text).origin).toBe(text);
    expect(new URL(text).host).toBe(authority);
  });

  it.each([
    'http://gate.example',
    'https://Gate.example',
    'https://gate.example/',
    'https://gate.example:443',
    'http://localhost:80',
    'https://gate.example:0',
    'https://gate.example:65536',
    'https://user@gate.example',
    'https://gate..example',
    'https://-gate.example',
    'ftp://gate.example',
    `https://${'a.'.repeat(130)}example`,
    '',
  ])('%j is refused', (text) => {
    expect(parsePublicOrigin(text)).toEqual({ ok: false, error: 'bad-origin' });
  });

  it.each(['gate.example', ' https://Gate.Example/ ', 'HTTPS://gate.example'])(
    'typed as %j is understood',
    (text) => {
      expect(parseTypedOrigin(text)).toEqual({ ok: true, value: ORIGIN });
    },
  );
});

describe('base 64', () => {
  it('agrees with another writer, and its reader takes nothing else', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.string({ maxLength: 12 }), (bytes, text) => {
        const encoded = Buffer.from(bytes).toString('base64');
        expect(encodeBase64(bytes)).toBe(encoded);
        expect(parseBase64(encoded)).toEqual({ ok: true, value: new Uint8Array(bytes) });
        const isTheOne = Buffer.from(text, 'base64').toString('base64') === text;
        expect(parseBase64(text).ok).toBe(isTheOne);
      }),
    ));
});
