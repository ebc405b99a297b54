// Hexadecimal, lower case out; refuses an odd count and anything but 0-9, a-f, A-F.

import { ok, type Result, refused } from '../result.ts';
import type { Bytes } from './bytes.ts';

export const encodeHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function parseHex(text: string): Result<Bytes, 'not-hex'> {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return refused('not-hex');
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return ok(bytes);
}
