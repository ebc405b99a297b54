// Looks for what must not be there: a canary in bytes, as it is, in UTF-16, hexadecimal and base64.

import { encodeHex } from '../../src/core/bytes/hex.ts';

export interface Canary {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where base64 begins within a longer text is not known: each of three shifts, without the letters that its neighbours share. */
function base64Forms(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = text.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const isText = (bytes: Uint8Array): boolean => bytes.every((byte) => byte >= 0x20 && byte < 0x7f);

/** Shorter texts lie in every heap by accident. */
const MIN_LETTERS = 8;

/** Every form in which a canary could lie in some bytes. */
export function formsOf({ bytes }: Canary): readonly Buffer[] {
  const hex = encodeHex(bytes);
  const base64 = base64Forms(bytes).filter(({ length }) => length >= MIN_LETTERS);
  const texts = [hex, hex.toUpperCase(), ...base64];
  if (isText(bytes)) texts.push(Buffer.from(bytes).toString());
  const wide = texts.map((text) => Buffer.from(text, 'utf16le'));
  return [Buffer.from(bytes), ...texts.map((text) => Buffer.from(text)), ...wide];
}

/**
 * The names of the canaries found. Each form is looked for by its first 4 bytes: one pass over the bytes for however many
 * canaries there are.
 */
export function findCanaries(haystack: Buffer, canaries: readonly Canary[]): readonly string[] {
  const formsByStart = new Map<number, { readonly name: string; readonly form: Buffer }[]>();
  for (const canary of canaries) {
    for (const form of formsOf(canary)) {
      const start = form.readUInt32LE(0);
      formsByStart.set(start, [...(formsByStart.get(start) ?? []), { name: canary.name, form }]);
    }
  }
  const found = new Set<string>();
  for (let at = 0; at + 4 <= haystack.length; at++) {
    for (const { name, form } of formsByStart.get(haystack.readUInt32LE(at)) ?? []) {
      if (haystack.subarray(at, at + form.length).equals(form)) found.add(name);
    }
  }
  return [...found];
}
