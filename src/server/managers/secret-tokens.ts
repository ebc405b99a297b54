// Random words that open something: whoever shows one is let in, so only its hash is kept.

import { createHash, randomBytes } from 'node:crypto';
import type { Bytes } from '../../core/bytes/bytes.ts';
import { encodeHex } from '../../core/bytes/hex.ts';

/** In hexadecimal. */
export const newToken = (bits: 128 | 256): string => encodeHex(new Uint8Array(randomBytes(bits / 8)));

export const tokenHash = (token: string): Bytes =>
  new Uint8Array(createHash('sha256').update(token).digest());
