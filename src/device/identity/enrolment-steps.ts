// One step of an enrolment: what the server is asked, and what its answer makes of it. Loaded once there is something to ask.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { encodeClaim, parseClaimAnswer } from '../../core/identity/enrolment-messages.ts';
import {
  makeClaim,
  startEnrolment,
  type TabletEnrolment,
  takeAnswer,
  takeEnrolled,
} from '../../core/identity/enrolment-tablet.ts';
import { parsePublicOrigin } from '../../core/identity/public-origin.ts';
import type { Confirmed, EnrolmentEnd, EnrolmentPorts, Invited } from './enrolment-desk.ts';
import type { StoredEnrolment, StoredKey } from './stored-identity.ts';

const ASK_EVERY_MS = 2000;
const ACCEPTED = 202;
const OK = 200;
const FORBIDDEN = 403;

/** What is kept of an invitation before the server is asked. */
export function storedOf(
  { origin, code, hashes }: Invited,
  key: StoredKey,
  nowSeconds: number,
): StoredEnrolment {
  const tablet = { algorithm: key.algorithm, bytes: key.publicKey };
  const { expiresSeconds } = startEnrolment({ origin, code, hashes }, tablet, nowSeconds);
  return { origin: origin.text, key, code, hashes, expiresSeconds, server: null };
}

export type Step =
  | { readonly kind: 'again'; readonly isReached: boolean; readonly waitMs: number }
  | { readonly kind: 'claimed'; readonly next: StoredEnrolment }
  | { readonly kind: 'done'; readonly confirmed: Confirmed }
  | { readonly kind: 'end'; readonly end: EnrolmentEnd };

export async function askOnce(ports: EnrolmentPorts, stored: StoredEnrolment): Promise<Step> {
  const boundTo = await ports.store.boundTo();
  const claim = encodeClaim(await makeClaim(invitedOf(stored), boundTo));
  const answer = await ports.ask(stored.server === null ? 'claim' : 'word', claim);
  const isLate = ports.nowMs() >= stored.expiresSeconds * 1000;
  if (answer.kind === 'answer' && answer.status === FORBIDDEN)
    return { kind: 'end', end: isLate ? { why: 'expired' } : { why: 'refused', boundTo } };
  const step =
    answer.kind === 'answer' && answer.status === OK ? await take(ports, stored, answer.body) : null;
  if (step !== null) return step;
  // The word is asked for once more after the end: a manager may have confirmed in the last second.
  if (isLate) return { kind: 'end', end: { why: 'expired' } };
  const isReached = answer.kind === 'answer' && (answer.status === ACCEPTED || answer.status === OK);
  const waitMs = Math.max(ASK_EVERY_MS, (answer.kind === 'answer' && answer.retryAfterMs) || 0);
  return { kind: 'again', isReached, waitMs };
}

/** Null where the answer says nothing: a login page answers 200 too. */
async function take(ports: EnrolmentPorts, stored: StoredEnrolment, body: Bytes): Promise<Step | null> {
  if (stored.server !== null) {
    const confirmed = await takeEnrolled(claimedOf(stored, stored.server), body, ports.engine);
    if (confirmed.ok) return { kind: 'done', confirmed: confirmed.value };
    return confirmed.error === 'statement-cose' ? null : wrongServer(confirmed.error);
  }
  const answer = parseClaimAnswer(body);
  if (!answer.ok) return null;
  const claimed = await takeAnswer(invitedOf(stored), answer.value, Math.floor(ports.nowMs() / 1000));
  if (!claimed.ok)
    return claimed.error === 'enrolment-expired'
      ? { kind: 'end', end: { why: 'expired' } }
      : wrongServer(claimed.error);
  const { server, digits } = claimed.value;
  return { kind: 'claimed', next: { ...stored, server: { ...server, digits } } };
}

const wrongServer = (code: string): Step => ({ kind: 'end', end: { why: 'wrong-server', code } });

function startedOf({ origin, key, code, expiresSeconds }: StoredEnrolment) {
  const parsed = parsePublicOrigin(origin);
  if (!parsed.ok) throw new Error(`not an origin: ${origin}`);
  const tablet = { algorithm: key.algorithm, bytes: key.publicKey };
  return { origin: parsed.value, tablet, code, expiresSeconds };
}

const invitedOf = (stored: StoredEnrolment): TabletEnrolment & { kind: 'invited' } => ({
  ...startedOf(stored),
  kind: 'invited',
  hashes: stored.hashes,
});

const claimedOf = (
  stored: StoredEnrolment,
  { key, rootHash, digits }: NonNullable<StoredEnrolment['server']>,
): TabletEnrolment & { kind: 'claimed' } => ({
  ...startedOf(stored),
  kind: 'claimed',
  server: { key, rootHash },
  digits,
});
