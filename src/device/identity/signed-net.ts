// The enrolled tablet's way to its server: each request signed (RFC 9421), in the page and in the service worker. A refusal
// for time carries the server's signed time; the request is tried once more by that. One that does not know the key is told of
// it again by the key before. Whatever else answers is handed on as bytes: only a signature makes it an answer.

import { type Bytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { readAtMost } from '../../core/bytes/read-at-most.ts';
import type { DeviceSigner } from '../../core/identity/device-key.ts';
import { signRotation } from '../../core/identity/key-rotation.ts';
import { MAX_REQUEST_LIFE_SECONDS, REQUEST_NONCE_BYTES } from '../../core/identity/request-form.ts';
import { signRequest } from '../../core/identity/sign-request.ts';
import { verifyTimeAnswer } from '../../core/identity/time-answer.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { NetAnswer } from '../../sync/ports.ts';
import { NO_BODY, retryAfterMs } from './net-answer.ts';
import type { TabletIdentity } from './tablet-identity.ts';

export interface SignedRequest {
  readonly method: 'GET' | 'POST';
  /** As it goes over the wire: "/api/sites/x/orders". */
  readonly target: string;
  /** Empty for GET. */
  readonly body: Bytes;
  /** The body's media type; null where there is none. */
  readonly type: string | null;
  /** Of the answer; what is longer is taken for no answer of ours. 128 KiB unless told. */
  readonly maxAnswerBytes?: number;
}

/** The nonce is that of the request that was answered. */
export type SignedAnswer = NetAnswer & { readonly nonce: Bytes };

export interface SignedNet {
  /** Never throws for what a network can do. */
  send(request: SignedRequest): Promise<SignedAnswer>;
}

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 128 * 1024;
const OK = 200;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const CONFLICT = 409;

export function createSignedNet(
  identity: TabletIdentity,
  timeKeys: () => readonly Bytes[],
  engine: Ed25519Engine,
): SignedNet {
  /** What this tablet's clock lacks, as the server last said. In memory only: a clock may be mended. */
  let offsetSeconds = 0;

  const nowSeconds = () => Math.floor(Date.now() / 1000) + offsetSeconds;

  const sendOnce = async (request: SignedRequest, signer: DeviceSigner): Promise<SentAnswer> => {
    const nonce = crypto.getRandomValues(new Uint8Array(REQUEST_NONCE_BYTES));
    const createdSeconds = nowSeconds();
    const fields = await signRequest(request, identity.origin, { nowSeconds: createdSeconds, nonce }, signer);
    return { ...(await exchange(request, { ...fields })), nonce, createdSeconds };
  };

  /** Whether trying again can help: the clock's lack is known now, or another tab has changed the key. */
  const hasLearnt = async (answer: SentAnswer): Promise<boolean> => {
    if (!isUnauthorized(answer)) return false;
    const { nonce, createdSeconds } = answer;
    const sent = { nonce, createdSeconds, expiresSeconds: createdSeconds + MAX_REQUEST_LIFE_SECONDS };
    const offset = await verifyTimeAnswer(answer.body, sent, Date.now() / 1000, timeKeys(), engine);
    if (!offset.ok) return identity.renew();
    offsetSeconds = offset.value;
    return true;
  };

  /** A try is made anew each time: what has been learnt goes into it. */
  const sendAgain = async (tryOnce: () => Promise<SentAnswer>): Promise<SentAnswer> => {
    const first = await tryOnce();
    return (await hasLearnt(first)) ? tryOnce() : first;
  };

  /** What the server says to this tablet's key by the word of one that was replaced. */
  const vouch = async (before: DeviceSigner): Promise<SentAnswer> => {
    const body = await signRotation(identity, nowSeconds(), before, identity.signer);
    const target = `/api/sites/${encodeURIComponent(identity.site)}/key`;
    return sendOnce({ method: 'POST', target, body, type: 'application/cose' }, before);
  };

  /**
   * A server that was set back to before a change of the key does not know it: the one that it knows vouches for it once
   * more. Nothing here depends on the answers being the server's: the request is sent again, or it is not.
   */
  const afterVouching = async (refusal: SentAnswer, send: () => Promise<SentAnswer>): Promise<SentAnswer> => {
    for (const before of identity.signersBefore) {
      const answer = await sendAgain(() => vouch(before));
      if (answer.kind !== 'answer') return answer;
      if (answer.status === OK) return sendAgain(send);
      if (isRevocation(answer)) return answer;
      // Not about this key: nobody can say yet that the server knows none of them.
      if (answer.status !== UNAUTHORIZED && answer.status !== CONFLICT) return refusal;
    }
    return refusal;
  };

  return {
    async send(request) {
      const send = () => sendOnce(request, identity.signer);
      const first = await sendAgain(send);
      const answer = isUnauthorized(first) ? await afterVouching(first, send) : first;
      if (isRevocation(answer)) await identity.noteRevoked();
      return answer;
    },
  };
}

type SentAnswer = SignedAnswer & { readonly createdSeconds: number };

const isUnauthorized = (answer: SentAnswer): answer is SentAnswer & { readonly kind: 'answer' } =>
  answer.kind === 'answer' && answer.status === UNAUTHORIZED;

const REVOCATION = utf8ToBytes('{"error":"device-revoked"}');

const isRevocation = (answer: NetAnswer): boolean =>
  answer.kind === 'answer' && answer.status === FORBIDDEN && answer.body.join() === REVOCATION.join();

async function exchange(request: SignedRequest, fields: Record<string, string>): Promise<NetAnswer> {
  const { method, target, body, type, maxAnswerBytes = MAX_ANSWER_BYTES } = request;
  try {
    const response = await fetch(target, {
      method,
      headers: type === null ? fields : { ...fields, 'content-type': type },
      ...(body.length > 0 && { body }),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await readAtMost(response.body, maxAnswerBytes);
    return {
      kind: 'answer',
      status: response.status,
      retryAfterMs: retryAfterMs(response.headers),
      body: answer ?? NO_BODY,
    };
  } catch {
    return { kind: 'unreachable' };
  }
}
