// Bytes from hexadecimal typed into a test; spaces are allowed for reading.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { parseHex } from '../../src/core/bytes/hex.ts';

export function bytesOf(hex: string): Bytes {
  const parsed = parseHex(hex.replaceAll(' ', ''));
  if (!parsed.ok) throw new Error(`not hexadecimal: ${hex}`);
  return parsed.value;
}
