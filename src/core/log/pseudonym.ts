// What stands for a pass in a scan: HMAC-SHA-256(day key, issuer || 0 || pass id), first 8 bytes. The same pass on the
// same day gives the same pseudonym, and nowhere else; without the key it says nothing.

import { type Bytes, concatBytes, utf8ToBytes } from '../bytes/bytes.ts';
import type { PassId } from '../pass/pass.ts';

export const PSEUDONYM_BYTES = 8;

/** HMAC-SHA-256 under the day's key. */
export type DayMac = (message: Bytes) => Promise<Bytes>;

export async function pseudonymOf(issuer: string, { list, index }: PassId, mac: DayMac): Promise<Bytes> {
  const place = new Uint8Array(5);
  const view = new DataView(place.buffer);
  view.setUint16(0, list);
  view.setUint8(2, index >>> 16);
  view.setUint16(3, index & 0xffff);
  const digest = await mac(concatBytes(utf8ToBytes(issuer), new Uint8Array(1), place));
  return digest.slice(0, PSEUDONYM_BYTES);
}
