// What every answer of a server has in common.

import type { Bytes } from '../../core/bytes/bytes.ts';

export const NO_BODY: Bytes = new Uint8Array(0);

/** Retry-After in seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('Retry-After');
  if (value === null) return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
