// A tablet that really enrols over HTTP and signs its requests, by the production code that both sides share.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { DeviceSigner } from '../../src/core/identity/device-key.ts';
import { parseInvitation } from '../../src/core/identity/enrolment-code.ts';
import { encodeClaim, parseClaimAnswer } from '../../src/core/identity/enrolment-messages.ts';
import {
  makeClaim,
  startEnrolment,
  type TabletEnrolment,
  takeAnswer,
  takeEnrolled,
} from '../../src/core/identity/enrolment-tablet.ts';
import type { PublicOrigin } from '../../src/core/identity/public-origin.ts';
import { type SignedFields, signRequest } from '../../src/core/identity/sign-request.ts';
import { openDayKeys } from '../../src/core/log/sealed/day-key-message.ts';
import { keyNameOf, type SealKey } from '../../src/core/log/sealed/day-keys.ts';
import { boxKeyPairOf } from '../../src/core/nacl/box.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import { askAsOperator } from './operator-fetch.ts';

export interface EnrolledTablet {
  readonly site: string;
  readonly gate: string;
  readonly device: string;
  readonly epoch: number;
  readonly publicOrigin: PublicOrigin;
  readonly signer: DeviceSigner;
}

export interface SentRequest {
  readonly method: string;
  /** "/api/sites/x/orders" */
  readonly target: string;
  readonly body?: Bytes;
  readonly type?: string;
}

interface Server {
  /** Where it is reached: another name than the public origin may be. */
  readonly origin: string;
  readonly dataDir: string;
}

const NO_BODY: Bytes = new Uint8Array(0);

export async function claimOver(
  server: Pick<Server, 'origin'>,
  invitation: string,
  signer: DeviceSigner,
  boundTo: string | null = null,
): Promise<{
  readonly status: number;
  readonly error: unknown;
  /** As it stands after the answer; null where there was none to take. */
  readonly claimed: (TabletEnrolment & { kind: 'claimed' }) | null;
  /** Asks for the signed word. */
  word(): Promise<Response>;
}> {
  const parsed = parseInvitation(invitation);
  if (!parsed.ok) throw new Error(parsed.error);
  const { origin, code, ...hashes } = parsed.value;
  const started = startEnrolment({ origin, code, hashes }, signer.publicKey, 0);
  const body = encodeClaim(await makeClaim(started, boundTo));
  const post = (question: string) =>
    fetch(`${server.origin}/api/enrolments/${question}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/cbor' },
      body,
    });
  const answer = await post('claim');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const word = () => post('word');
  if (answer.status !== 200) {
    const { error } = JSON.parse(new TextDecoder().decode(bytes)) as { error: unknown };
    return { status: answer.status, error, claimed: null, word };
  }
  const claimAnswer = parseClaimAnswer(bytes);
  const claimed = claimAnswer.ok ? await takeAnswer(started, claimAnswer.value, 0) : claimAnswer;
  if (!claimed.ok) throw new Error(claimed.error);
  return { status: answer.status, error: null, claimed: claimed.value, word };
}

/** From the console's click to the signed word. */
export async function enrolOver(
  server: Server,
  place: { readonly site: string; readonly gate: string },
  signer: DeviceSigner,
): Promise<EnrolledTablet> {
  const path = `/sites/${place.site}/enrolments`;
  const offered = await askAsOperator(server.dataDir, 'POST', path, { gate: place.gate });
  const { id, invitation } = offered.json as { id: string; invitation: string };
  const { claimed, word } = await claimOver(server, invitation, signer);
  if (claimed === null) throw new Error('the claim was refused');
  const confirmed = await askAsOperator(server.dataDir, 'POST', `${path}/${id}/confirm`, {
    digits: claimed.digits,
  });
  if (confirmed.status !== 200) throw new Error(`not confirmed: ${JSON.stringify(confirmed.json)}`);
  return finish(claimed, await word(), signer);
}

async function finish(
  claimed: TabletEnrolment & { kind: 'claimed' },
  word: Response,
  signer: DeviceSigner,
): Promise<EnrolledTablet> {
  const bytes = new Uint8Array(await word.arrayBuffer());
  const enrolled = await takeEnrolled(claimed, bytes, await chooseEngine());
  if (!enrolled.ok) throw new Error(enrolled.error);
  const { site, gate, device, epoch, origin } = enrolled.value;
  return { site, gate, device, epoch, publicOrigin: origin, signer };
}

/** At a server that is there for trying things out, where nobody confirms. */
export async function enrolOpenly(
  server: Pick<Server, 'origin'>,
  signer: DeviceSigner,
): Promise<EnrolledTablet> {
  const open = await fetch(`${server.origin}/api/enrolments/open`);
  const { invitation } = (await open.json()) as { invitation: string | null };
  if (invitation === null) throw new Error('this server enrols nobody by itself');
  const { claimed, word } = await claimOver(server, invitation, signer);
  if (claimed === null) throw new Error('the claim was refused');
  return finish(claimed, await word(), signer);
}

export const fieldsFor = (
  tablet: Pick<EnrolledTablet, 'publicOrigin' | 'signer'>,
  { method, target, body = NO_BODY }: SentRequest,
  nowSeconds = Date.now() / 1000,
  nonce = crypto.getRandomValues(new Uint8Array(16)),
): Promise<SignedFields> =>
  signRequest({ method, target, body }, tablet.publicOrigin, { nowSeconds, nonce }, tablet.signer);

export async function sendSigned(
  server: Pick<Server, 'origin'>,
  tablet: Pick<EnrolledTablet, 'publicOrigin' | 'signer'>,
  request: SentRequest,
  nowSeconds?: number,
  nonce?: Bytes,
): Promise<Response> {
  const { method, target, body = NO_BODY, type } = request;
  const fields = await fieldsFor(tablet, request, nowSeconds, nonce);
  return fetch(server.origin + target, {
    method,
    headers: { ...fields, ...(type !== undefined && { 'content-type': type }) },
    ...(body.length > 0 && { body }),
  });
}

/** By day: what the tablet's records are sealed to, as the server hands it out. */
export async function fetchSealKeys(
  server: Pick<Server, 'origin'>,
  tablet: EnrolledTablet,
  receiptKeys: readonly Bytes[],
  nowSeconds?: number,
): Promise<ReadonlyMap<string, SealKey>> {
  const { site, device } = tablet;
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const { publicKey, secretKey } = boxKeyPairOf(crypto.getRandomValues(new Uint8Array(32)));
  const request = {
    method: 'POST',
    target: `/api/sites/${site}/day-keys`,
    body: publicKey,
    type: 'application/octet-stream',
  };
  const answer = await sendSigned(server, tablet, request, nowSeconds, nonce);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const keys = await openDayKeys(
    bytes,
    { site, device, nonce },
    secretKey,
    receiptKeys,
    await chooseEngine(),
  );
  if (!keys.ok) throw new Error(`${answer.status}: ${keys.error}`);
  const sealKeys = keys.value.sealKeys.map(async ({ day, publicKey }) => {
    const name = await keyNameOf(publicKey);
    return [day, { site, day, publicKey, name }] as const;
  });
  return new Map(await Promise.all(sealKeys));
}
