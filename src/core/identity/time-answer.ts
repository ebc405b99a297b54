// What a server says to a request that came outside of its time: the time, signed together with the request's own nonce
// (core/trust/signed-time.ts). From it the tablet takes how far its clock is off, and tries once more by that.

import type { Bytes } from '../bytes/bytes.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Ed25519Engine } from '../signature/engine.ts';
import type { Signer } from '../signature/signer.ts';
import { signTime, TIME_REFUSALS, type TimeRefusal, verifyTime } from '../trust/signed-time.ts';
import type { RequestParams } from './request-form.ts';
import { findTimeFault } from './verify-request.ts';

export const TIME_ANSWER_REFUSALS = [...TIME_REFUSALS, 'time-agrees'] as const;
export type TimeAnswerRefusal = TimeRefusal | 'time-agrees';

export const signTimeAnswer = (params: RequestParams, nowSeconds: number, signer: Signer): Promise<Bytes> =>
  signTime(params.nonce, Math.floor(nowSeconds), signer);

/**
 * Seconds to add to the tablet's own clock, which stands at `ownNowSeconds` as the answer comes: what a slow network adds
 * to a request's age is no fault of the clock. Refuses an answer by which `sent` was in time: to try again by
 * that would change nothing, and go on for ever.
 */
export async function verifyTimeAnswer(
  answer: Bytes,
  sent: Pick<RequestParams, 'nonce' | 'createdSeconds' | 'expiresSeconds'>,
  ownNowSeconds: number,
  timeKeys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<number, TimeAnswerRefusal>> {
  const time = await verifyTime(answer, sent.nonce, timeKeys, engine);
  if (!time.ok) return time;
  if (findTimeFault(sent, time.value) === null) return refused('time-agrees');
  return ok(time.value - Math.floor(ownNowSeconds));
}
