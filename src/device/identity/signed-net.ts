// The enrolled tablet's way to its server: each request signed (RFC 9421), in the page and in the service worker. A refusal
// for time carries the server's signed time; the request is tried once more by that. Whatever else answers is handed on as
// bytes: only a signature makes it an answer.

import { type Bytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { readAtMost } from '../../core/bytes/read-at-most.ts';
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
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

export function createSignedNet(
  identity: TabletIdentity,
  timeKeys: () => readonly Bytes[],
  engine: Ed25519Engine,
): SignedNet {
  /** What this tablet's clock lacks, as the server last said. In memory only: a clock may be mended. */
  let offsetSeconds = 0;

  const sendOnce = async (
    request: SignedRequest,
  ): Promise<SignedAnswer & { readonly createdSeconds: number }> => {
    const nonce = crypto.getRandomValues(new Uint8Array(REQUEST_NONCE_BYTES));
    const createdSeconds = Math.floor(Date.now() / 1000) + offsetSeconds;
    const fields = await signRequest(
      request,
      identity.origin,
      { nowSeconds: createdSeconds, nonce },
      identity.signer,
    );
    return { ...(await exchange(request, { ...fields })), nonce, createdSeconds };
  };

  /** Whether trying again can help: the clock's lack is known now, or another tab has changed the key. */
  const hasLearnt = async (answer: SignedAnswer & { readonly createdSeconds: number }): Promise<boolean> => {
    if (answer.kind !== 'answer' || answer.status !== UNAUTHORIZED) return false;
    const { nonce, createdSeconds } = answer;
    const sent = { nonce, createdSeconds, expiresSeconds: createdSeconds + MAX_REQUEST_LIFE_SECONDS };
    const offset = await verifyTimeAnswer(answer.body, sent, Date.now() / 1000, timeKeys(), engine);
    if (!offset.ok) return identity.renew();
    offsetSeconds = offset.value;
    return true;
  };

  return {
    async send(request) {
      const first = await sendOnce(request);
      const answer = (await hasLearnt(first)) ? await sendOnce(request) : first;
      if (isRevocation(answer)) await identity.noteRevoked();
      return answer;
    },
  };
}

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
