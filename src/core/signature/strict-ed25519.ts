// The strict rule before any Ed25519 engine. Engines disagree on hostile inputs (S >= L, points of small order, y >= p);
// with these refused first, WebCrypto and tweetnacl give the same verdict on every published edge case we know.
// Source: RFC 8032, section 5.1.7; "Taming the many EdDSAs" (2020), sections 3 and 5.

import type { Bytes } from '../bytes/bytes.ts';
import { parseHex } from '../bytes/hex.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The order of the base point, 2^252 + 27742317777372353535851937790883648493, little-endian. */
const L = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
/** The field's prime, 2^255 - 19, little-endian. */
const P = hexToBytes('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');

/** Every encoding of a y of small order, sign bit masked: 0, 1, the two of order 8, p - 1, and p, p + 1 unreduced. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(hexToBytes);

/** Whether an engine may be asked at all. False means the signature is wrong, whatever an engine would say. */
export function isStrictSignature(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const r = signature.subarray(0, 32);
  const s = signature.subarray(32);
  return isBelow(s, L) && isStrictPoint(publicKey) && isStrictPoint(r);
}

function isStrictPoint(point: Uint8Array): boolean {
  const y = point.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, P) && !SMALL_ORDER_Y.some((small) => small.every((byte, at) => byte === y[at]));
}

/** Compares two little-endian numbers of 32 bytes. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 31; at >= 0; at--) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function hexToBytes(hex: string): Bytes {
  const parsed = parseHex(hex);
  if (!parsed.ok) throw new Error(`not hexadecimal: ${hex}`);
  return parsed.value;
}
