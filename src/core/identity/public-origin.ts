// A server's public origin as it is configured, printed in a QR code and typed by hand. Takes the one canonical form:
// https, a lower-case host name or address, a port only where it is not 443; http at this very machine only.

import { ok, type Result, refused } from '../result.ts';

export interface PublicOrigin {
  /** "https://gate.example", as in a browser's location.origin. */
  readonly text: string;
  /** "gate.example" or "gate.example:8443": what @authority stands for (RFC 9421, section 2.2.3). */
  readonly authority: string;
}

const MAX_LENGTH = 255;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const ORIGIN = new RegExp(
  `^(https?)://(${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]{2,45}\\])(?::([1-9][0-9]{0,4}))?$`,
);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function parsePublicOrigin(text: string): Result<PublicOrigin, 'bad-origin'> {
  const [, scheme, host = '', port] = (text.length <= MAX_LENGTH && ORIGIN.exec(text)) || [];
  if (scheme === undefined || (scheme === 'http' && !LOOPBACK.has(host))) return refused('bad-origin');
  const isDefaultPort = port === (scheme === 'https' ? '443' : '80');
  if (isDefaultPort || Number(port ?? 1) > 65_535) return refused('bad-origin');
  return ok({ text, authority: port === undefined ? host : `${host}:${port}` });
}

/** What a person typed: any case, spaces around, "https://" and a closing slash left out or not. */
export function parseTypedOrigin(text: string): Result<PublicOrigin, 'bad-origin'> {
  const plain = text.trim().toLowerCase().replace(/\/$/, '');
  return parsePublicOrigin(plain.includes('://') ? plain : `https://${plain}`);
}
