// Gatelight's own pass: `GL1:` + base45(COSE_Sign1 over claims), RFC 9285, 9052, 8392. Reading is strict, because the text
// is hostile; whether the signature holds is asked afterwards, with the trusted keys that the hint points to.

import { encodeBase45, parseBase45 } from '../bytes/base45.ts';
import { utf8ToBytes } from '../bytes/bytes.ts';
import { ok, type Result, refused } from '../result.ts';
import { parseCoseSign1, signCoseSign1 } from '../signature/cose-sign1.ts';
import type { Signer } from '../signature/signer.ts';
import { encodeClaims, parseClaims } from './claims.ts';
import type { PassClaims, UnverifiedPass } from './pass.ts';
import type { PassRefusal } from './refusal.ts';

export const GL1_PREFIX = 'GL1:';
/** What the largest QR code holds in alphanumeric mode (ISO/IEC 18004, version 40-L). */
export const MAX_TEXT_CHARACTERS = 4296;

/** external_aad: binds the signature to its purpose, so that nothing else this key signs is ever a pass. */
const PASS_AAD = utf8ToBytes('gatelight-pass-1');

/** `nowSeconds` only bounds the times a pass may name; whether it is valid now is the verdict's question. */
export function parsePass(text: string, nowSeconds: number): Result<UnverifiedPass, PassRefusal> {
  if (!text.startsWith(GL1_PREFIX)) return refused('not-a-pass');
  if (text.length > MAX_TEXT_CHARACTERS) return refused('text-too-long');
  const bytes = parseBase45(text.slice(GL1_PREFIX.length));
  if (!bytes.ok) return bytes;
  const cose = parseCoseSign1(bytes.value, PASS_AAD);
  if (!cose.ok) return cose;
  const claims = parseClaims(cose.value.payload, nowSeconds);
  if (!claims.ok) return claims;

  const { algorithm, keyHint, signedBytes, signature } = cose.value;
  return ok({ format: 'GL1', algorithm, keyHint, claims: claims.value, signedBytes, signature });
}

/** The text of the QR code. Throws on claims that no reader would take. */
export async function signPass(claims: PassClaims, signer: Signer): Promise<string> {
  const cose = await signCoseSign1(encodeClaims(claims), PASS_AAD, signer);
  return GL1_PREFIX + encodeBase45(cose);
}
