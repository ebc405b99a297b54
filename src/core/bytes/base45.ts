// Base45 (RFC 9285). Refuses a length that no bytes give, groups over 65535 (255 for a final pair), lower case and
// every character outside the alphabet. The plain space U+0020 is a digit of the alphabet, and the only white space taken.

import { ok, type Result, refused } from '../result.ts';
import type { Bytes } from './bytes.ts';

export const BASE45_REFUSALS = [
  'base45-lower-case',
  'base45-white-space',
  'base45-bad-character',
  'base45-bad-length',
  'base45-group-too-large',
] as const;
export type Base45Refusal = (typeof BASE45_REFUSALS)[number];

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const NOT_A_DIGIT = 255;

const digitsByCharCode = new Uint8Array(128).fill(NOT_A_DIGIT);
for (let digit = 0; digit < ALPHABET.length; digit++) digitsByCharCode[ALPHABET.charCodeAt(digit)] = digit;

export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    const group = isPair ? byteAt(bytes, at) * 256 + byteAt(bytes, at + 1) : byteAt(bytes, at);
    text += ALPHABET.charAt(group % 45) + ALPHABET.charAt(Math.floor(group / 45) % 45);
    if (isPair) text += ALPHABET.charAt(Math.floor(group / 2025));
  }
  return text;
}

/** The first thing wrong with the characters is told before anything wrong with the groups. */
export function parseBase45(text: string): Result<Bytes, Base45Refusal> {
  const digits = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const digit = digitsByCharCode[text.charCodeAt(at)] ?? NOT_A_DIGIT;
    if (digit === NOT_A_DIGIT) return refused(refusalOfCharacter(text.charAt(at)));
    digits[at] = digit;
  }
  if (text.length % 3 === 1) return refused('base45-bad-length');

  const bytes = new Uint8Array(Math.floor((text.length * 2) / 3));
  for (let from = 0, to = 0; from < digits.length; from += 3) {
    const low = byteAt(digits, from) + 45 * byteAt(digits, from + 1);
    if (from + 2 === digits.length) {
      if (low > 0xff) return refused('base45-group-too-large');
      bytes[to++] = low;
    } else {
      const group = low + 2025 * byteAt(digits, from + 2);
      if (group > 0xffff) return refused('base45-group-too-large');
      bytes[to++] = group >> 8;
      bytes[to++] = group & 0xff;
    }
  }
  return ok(bytes);
}

function refusalOfCharacter(character: string): Base45Refusal {
  if (/[a-z]/.test(character)) return 'base45-lower-case';
  return /\s/.test(character) ? 'base45-white-space' : 'base45-bad-character';
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new Error(`no byte at ${at} of ${bytes.length}`);
  return byte;
}
