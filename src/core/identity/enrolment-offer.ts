// The server's side of an enrolment, as values: offered (a code is shown), claimed (a tablet proved it knows the code),
// confirmed (a manager compared the digits); an end that has passed ends the first two. Whatever is wrong with a claim, the
// tablet is told one thing only; the reason is for the server's own log.

import { type Bytes, isSameBytes } from '../bytes/bytes.ts';
import { ok, type Result, refused } from '../result.ts';
import type { DevicePublicKey } from './device-key.ts';
import { ENROLMENT_CODE_BYTES } from './enrolment-code.ts';
import { enrolmentDigits, isTabletProof, type ServerIdentity, serverProof } from './enrolment-proof.ts';

export const OFFER_LIFE_SECONDS = 600;

interface Offer {
  readonly id: string;
  readonly site: string;
  readonly gate: string;
  readonly code: Bytes;
  readonly expiresSeconds: number;
}

export type Enrolment =
  | (Offer & { readonly kind: 'offered' })
  | (Offer & { readonly kind: 'claimed'; readonly tablet: DevicePublicKey; readonly digits: string })
  | (Omit<Offer, 'code'> & {
      readonly kind: 'confirmed';
      readonly tablet: DevicePublicKey;
      readonly device: string;
      readonly epoch: number;
    });

/** What a tablet sends. */
export interface EnrolmentClaim {
  readonly tablet: DevicePublicKey;
  readonly proof: Bytes;
  /** The site whose records it still holds: it cannot become another's before they are handed over. */
  readonly boundTo: string | null;
}

/** What it is answered. */
export interface ClaimAnswer {
  readonly server: ServerIdentity;
  readonly proof: Bytes;
}

export interface RefusedClaim {
  /** The only thing that may leave the server. */
  readonly code: 'enrolment-refused';
  readonly reason: 'wrong-code' | 'used' | 'expired' | 'other-site';
}

export function offerEnrolment(
  offer: Pick<Offer, 'id' | 'site' | 'gate' | 'code'>,
  nowSeconds: number,
): Enrolment {
  if (offer.code.length !== ENROLMENT_CODE_BYTES) throw new Error(`a code of ${offer.code.length} bytes`);
  return { ...offer, kind: 'offered', expiresSeconds: nowSeconds + OFFER_LIFE_SECONDS };
}

export const isExpired = (enrolment: Enrolment, nowSeconds: number): boolean =>
  enrolment.kind !== 'confirmed' && nowSeconds >= enrolment.expiresSeconds;

/**
 * Tries the proof against every code that is at hand, the ended ones too, whatever comes of the first: how long it takes
 * says how many there are, not what was wrong. The same tablet again, whose answer was lost, gets the same answer.
 */
export async function claimEnrolment(
  enrolments: readonly Enrolment[],
  claim: EnrolmentClaim,
  server: ServerIdentity,
  nowSeconds: number,
): Promise<
  Result<{ readonly claimed: Enrolment & { kind: 'claimed' }; readonly answer: ClaimAnswer }, RefusedClaim>
> {
  const open = enrolments.filter((enrolment) => enrolment.kind !== 'confirmed');
  const isProven = await Promise.all(open.map(({ code }) => isTabletProof(code, claim.tablet, claim.proof)));
  const found = open.find((_, at) => isProven[at]);
  // With no code found, the same is computed under one that nobody was given.
  const code = found?.code ?? NO_CODE;
  const digits = await enrolmentDigits(code, claim.tablet, server.key);
  const answer = { server, proof: await serverProof(code, server) };

  const reason = findClaimFault(found, claim, nowSeconds);
  if (found === undefined || reason !== null)
    return refused({ code: 'enrolment-refused', reason: reason ?? 'wrong-code' });
  return ok({ claimed: { ...found, kind: 'claimed', tablet: claim.tablet, digits }, answer });
}

export type ConfirmRefusal = 'enrolment-not-claimed' | 'enrolment-expired' | 'enrolment-other-digits';

/** The manager says which digits the tablet shows. The code is forgotten here. */
export function confirmEnrolment(
  enrolment: Enrolment,
  shown: { readonly digits: string; readonly device: string; readonly epoch: number },
  nowSeconds: number,
): Result<Enrolment & { kind: 'confirmed' }, ConfirmRefusal> {
  if (enrolment.kind !== 'claimed') return refused('enrolment-not-claimed');
  if (isExpired(enrolment, nowSeconds)) return refused('enrolment-expired');
  if (enrolment.digits !== shown.digits) return refused('enrolment-other-digits');
  const { id, site, gate, expiresSeconds, tablet } = enrolment;
  const { device, epoch } = shown;
  return ok({ kind: 'confirmed', id, site, gate, expiresSeconds, tablet, device, epoch });
}

const NO_CODE: Bytes = new Uint8Array(ENROLMENT_CODE_BYTES);

function findClaimFault(
  found: Exclude<Enrolment, { kind: 'confirmed' }> | undefined,
  claim: EnrolmentClaim,
  nowSeconds: number,
): RefusedClaim['reason'] | null {
  if (found === undefined) return 'wrong-code';
  if (isExpired(found, nowSeconds)) return 'expired';
  if (claim.boundTo !== null && claim.boundTo !== found.site) return 'other-site';
  if (found.kind === 'claimed' && !isSameBytes(found.tablet.bytes, claim.tablet.bytes)) return 'used';
  return null;
}
