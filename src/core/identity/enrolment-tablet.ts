// The tablet's side of an enrolment, as values: invited (the code was read or typed), claimed (the server has proved that it
// knows the code, and both show digits), confirmed (the server's signed word). The first two end after ten minutes.

import { type Bytes, isSameBytes } from '../bytes/bytes.ts';
import { sha256 } from '../bytes/sha256.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Ed25519Engine } from '../signature/engine.ts';
import type { DevicePublicKey } from './device-key.ts';
import { ENROLLED_REFUSALS, type Enrolled, type EnrolledRefusal, verifyEnrolled } from './enrolled-word.ts';
import type { EnrolmentInvitation } from './enrolment-code.ts';
import { type ClaimAnswer, type EnrolmentClaim, OFFER_LIFE_SECONDS } from './enrolment-offer.ts';
import { enrolmentDigits, isServerProof, type ServerIdentity, tabletProof } from './enrolment-proof.ts';
import type { PublicOrigin } from './public-origin.ts';

interface Started {
  readonly origin: PublicOrigin;
  readonly tablet: DevicePublicKey;
  readonly code: Bytes;
  readonly expiresSeconds: number;
}

export type TabletEnrolment =
  | (Started & { readonly kind: 'invited'; readonly hashes: InvitedHashes | null })
  | (Started & { readonly kind: 'claimed'; readonly server: ServerIdentity; readonly digits: string })
  | (Enrolled & {
      readonly kind: 'confirmed';
      readonly origin: PublicOrigin;
      readonly tablet: DevicePublicKey;
      readonly server: ServerIdentity;
    });

/** What a QR code says of the server beforehand; a code typed by hand says nothing. */
export type InvitedHashes = Pick<EnrolmentInvitation, 'serverKeyHash' | 'rootHash'>;

export const TABLET_ENROLMENT_REFUSALS = [
  'enrolment-out-of-turn',
  'enrolment-expired',
  'server-malformed',
  'server-other-key',
  'server-other-root',
  'server-proof-wrong',
  ...ENROLLED_REFUSALS,
] as const;
export type TabletEnrolmentRefusal = (typeof TABLET_ENROLMENT_REFUSALS)[number] | EnrolledRefusal;

export const startEnrolment = (
  invitation: Pick<EnrolmentInvitation, 'origin' | 'code'> & { readonly hashes: InvitedHashes | null },
  tablet: DevicePublicKey,
  nowSeconds: number,
): TabletEnrolment & { kind: 'invited' } => ({
  ...invitation,
  kind: 'invited',
  tablet,
  expiresSeconds: nowSeconds + OFFER_LIFE_SECONDS,
});

export const makeClaim = async (
  { code, tablet }: TabletEnrolment & { kind: 'invited' },
  boundTo: string | null,
): Promise<EnrolmentClaim> => ({ tablet, proof: await tabletProof(code, tablet), boundTo });

/** Checks that the server is the one that was invited to: by its hashes where they are known, and by the code always. */
export async function takeAnswer(
  enrolment: TabletEnrolment,
  { server, proof }: ClaimAnswer,
  nowSeconds: number,
): Promise<Result<TabletEnrolment & { kind: 'claimed' }, TabletEnrolmentRefusal>> {
  if (enrolment.kind !== 'invited') return refused('enrolment-out-of-turn');
  if (nowSeconds >= enrolment.expiresSeconds) return refused('enrolment-expired');
  if (server.key.length !== 32 || server.rootHash.length !== 32) return refused('server-malformed');
  const { hashes, ...started } = enrolment;
  if (hashes !== null && !isSameBytes(await sha256(server.key), hashes.serverKeyHash))
    return refused('server-other-key');
  if (hashes !== null && !isSameBytes(server.rootHash, hashes.rootHash)) return refused('server-other-root');
  if (!(await isServerProof(enrolment.code, server, proof))) return refused('server-proof-wrong');
  const digits = await enrolmentDigits(enrolment.code, enrolment.tablet, server.key);
  return ok({ ...started, kind: 'claimed', server, digits });
}

/** The code is forgotten here. A word that comes late still counts: the server gave it in time. */
export async function takeEnrolled(
  enrolment: TabletEnrolment,
  word: Bytes,
  engine: Ed25519Engine,
): Promise<Result<TabletEnrolment & { kind: 'confirmed' }, TabletEnrolmentRefusal>> {
  if (enrolment.kind !== 'claimed') return refused('enrolment-out-of-turn');
  const { origin, tablet, server } = enrolment;
  const enrolled = await verifyEnrolled(word, tablet, server.key, engine);
  return enrolled.ok ? ok({ ...enrolled.value, kind: 'confirmed', origin, tablet, server }) : enrolled;
}
