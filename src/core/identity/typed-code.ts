// The one-time code of an enrolment in groups that a person types: 26 digits of Crockford's base 32 and two that check
// them, a Reed-Solomon code over GF(32): any two wrong digits, and any two that changed places, are found.

import type { Bytes } from '../bytes/bytes.ts';
import { ok, type Result, refused } from '../result.ts';
import { ENROLMENT_CODE_BYTES } from './enrolment-code.ts';

export const TYPED_CODE_REFUSALS = ['code-length', 'code-character', 'code-mistyped'] as const;
export type TypedCodeRefusal = (typeof TYPED_CODE_REFUSALS)[number];

const MAX_TEXT_LENGTH = 600;

/** "7K2M-..." seven groups of four. */
export function encodeTypedCode(code: Bytes): string {
  if (code.length !== ENROLMENT_CODE_BYTES) throw new Error(`a code of ${code.length} bytes`);
  const digits = bytesToDigits(code);
  const [sum, weighted] = syndromes(digits);
  // The two digits c, d at places 26, 27 that make both sums 0: c + d = sum and w26 c + w27 d = weighted.
  const [w26, w27] = [power(DATA_DIGITS), power(DATA_DIGITS + 1)];
  const c = multiply(weighted ^ multiply(w27, sum), inverse(w26 ^ w27));
  const text = [...digits, c, sum ^ c].map((digit) => ALPHABET.charAt(digit)).join('');
  return (text.match(/.{4}/g) ?? []).join('-');
}

/** Takes any case, dashes and spaces, O for 0, I and L for 1, as people read such letters. */
export function parseTypedCode(text: string): Result<Bytes, TypedCodeRefusal> {
  if (text.length > MAX_TEXT_LENGTH) return refused('code-length');
  const digits = digitsOf(text);
  if (digits.includes(-1)) return refused('code-character');
  if (digits.length !== DATA_DIGITS + 2) return refused('code-length');
  const [sum, weighted] = syndromes(digits);
  const lastDigit = digits[DATA_DIGITS - 1] ?? 0;
  if (sum !== 0 || weighted !== 0 || (lastDigit & 3) !== 0) return refused('code-mistyped');
  return ok(digitsToBytes(digits.slice(0, DATA_DIGITS)));
}

/** Which digit is wrong, counted from 0, if just one is; null where it must be more, or none. */
export function findMistypedDigit(text: string): number | null {
  const digits = text.length > MAX_TEXT_LENGTH ? [] : digitsOf(text);
  if (digits.length !== DATA_DIGITS + 2 || digits.includes(-1)) return null;
  const [sum, weighted] = syndromes(digits);
  if (sum === 0 || weighted === 0) return null;
  // One wrong digit, off by e at place p: the sums are e and w(p) e.
  const weight = multiply(weighted, inverse(sum));
  const place = digits.findIndex((_, at) => power(at) === weight);
  return place === -1 ? null : place;
}

function digitsOf(text: string): readonly number[] {
  const plain = text.replace(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
  return Array.from(plain, (character) => ALPHABET.indexOf(character));
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 130 bits, of which the last two are 0. */
const DATA_DIGITS = 26;
/** x^5 + x^2 + 1, primitive: its powers of x are all 31 digits but 0. */
const FIELD = 0b100101;

function multiply(a: number, b: number): number {
  let product = 0;
  for (let left = a, right = b; right > 0; right >>= 1) {
    if (right & 1) product ^= left;
    left <<= 1;
    if (left & 32) left ^= FIELD;
  }
  return product;
}

const power = (exponent: number): number => (exponent === 0 ? 1 : multiply(power(exponent - 1), 2));

function inverse(digit: number): number {
  for (let candidate = 1; candidate < 32; candidate++) if (multiply(digit, candidate) === 1) return candidate;
  throw new Error('0 has no inverse');
}

function syndromes(digits: readonly number[]): readonly [sum: number, weighted: number] {
  let [sum, weighted] = [0, 0];
  digits.forEach((digit, at) => {
    sum ^= digit;
    weighted ^= multiply(power(at), digit);
  });
  return [sum, weighted];
}

const bytesToDigits = (bytes: Bytes): readonly number[] =>
  Array.from({ length: DATA_DIGITS }, (_, at) => {
    const bit = at * 5;
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    return (pair >> (11 - (bit & 7))) & 31;
  });

function digitsToBytes(digits: readonly number[]): Bytes {
  const bytes = new Uint8Array(ENROLMENT_CODE_BYTES);
  digits.forEach((digit, at) => {
    for (let bit = 0; bit < 5; bit++) {
      const to = at * 5 + bit;
      if ((digit >> (4 - bit)) & 1) bytes[to >> 3] = (bytes[to >> 3] ?? 0) | (0x80 >> (to & 7));
    }
  });
  return bytes;
}
