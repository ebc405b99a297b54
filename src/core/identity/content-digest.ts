// Content-Digest (RFC 9530, section 2): sha-256 of the bytes as sent, in the one form "sha-256=:base64:". Refuses other
// algorithms, several of them, and parameters.

import type { Bytes } from '../bytes/bytes.ts';
import { isSameBytes } from '../bytes/bytes.ts';
import { sha256 } from '../bytes/sha256.ts';
import { type Result, refused } from '../result.ts';
import { encodeBase64, parseBase64 } from './base64.ts';

export const DIGEST_REFUSALS = ['digest-syntax', 'digest-mismatch'] as const;
export type DigestRefusal = (typeof DIGEST_REFUSALS)[number];

const FORM = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

export const encodeContentDigest = async (body: Uint8Array): Promise<string> =>
  `sha-256=:${encodeBase64(await sha256(body))}:`;

export async function verifyContentDigest(
  field: string,
  body: Uint8Array,
): Promise<Result<Bytes, DigestRefusal>> {
  const [, base64 = ''] = FORM.exec(field) ?? [];
  const digest = parseBase64(base64);
  if (!digest.ok || base64 === '') return refused('digest-syntax');
  return isSameBytes(digest.value, await sha256(body)) ? digest : refused('digest-mismatch');
}
