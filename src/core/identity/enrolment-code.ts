// The one-time code of an enrolment as a QR text that the tablet's own scanner reads:
// "GLE1:" base45( CBOR [ origin, code, SHA-256 of the server's key, SHA-256 of the first TUF root ] ).

import { encodeBase45, parseBase45 } from '../bytes/base45.ts';
import type { Bytes } from '../bytes/bytes.ts';
import { encodeCbor, isCborArray, isCborBytes, parseCbor } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { type PublicOrigin, parsePublicOrigin } from './public-origin.ts';

export interface EnrolmentInvitation {
  readonly origin: PublicOrigin;
  /** 128 random bits; a secret until it is used. */
  readonly code: Bytes;
  readonly serverKeyHash: Bytes;
  readonly rootHash: Bytes;
}

export const ENROLMENT_CODE_BYTES = 16;
export const ENROLMENT_PREFIX = 'GLE1:';
const HASH_BYTES = 32;
const MAX_TEXT_LENGTH = 600;

export const INVITATION_REFUSALS = ['not-an-enrolment', 'enrolment-malformed', 'enrolment-origin'] as const;
export type InvitationRefusal = (typeof INVITATION_REFUSALS)[number];

export const encodeInvitation = ({ origin, code, serverKeyHash, rootHash }: EnrolmentInvitation): string =>
  ENROLMENT_PREFIX + encodeBase45(encodeCbor([origin.text, code, serverKeyHash, rootHash]));

export function parseInvitation(text: string): Result<EnrolmentInvitation, InvitationRefusal> {
  if (!text.startsWith(ENROLMENT_PREFIX)) return refused('not-an-enrolment');
  if (text.length > MAX_TEXT_LENGTH) return refused('enrolment-malformed');
  const bytes = parseBase45(text.slice(ENROLMENT_PREFIX.length));
  const parsed = bytes.ok ? parseCbor(bytes.value, { maxDepth: 1 }) : bytes;
  if (!parsed.ok || !isCborArray(parsed.value) || parsed.value.length !== 4)
    return refused('enrolment-malformed');
  const [originText, code, serverKeyHash, rootHash] = parsed.value;
  if (!isCborBytes(code) || code.length !== ENROLMENT_CODE_BYTES) return refused('enrolment-malformed');
  if (!isCborBytes(serverKeyHash) || serverKeyHash.length !== HASH_BYTES)
    return refused('enrolment-malformed');
  if (!isCborBytes(rootHash) || rootHash.length !== HASH_BYTES) return refused('enrolment-malformed');
  const origin = parsePublicOrigin(typeof originText === 'string' ? originText : '');
  if (!origin.ok) return refused('enrolment-origin');
  return ok({ origin: origin.value, code, serverKeyHash, rootHash });
}
