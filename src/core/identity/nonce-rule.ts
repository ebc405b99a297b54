// How long and how many nonces of requests are remembered, so that none is taken twice: until their request has expired,
// and so many for each key; beyond that requests are refused, never nonces forgotten. Where they are kept is the
// server's business.

import type { Bytes } from '../bytes/bytes.ts';
import { MAX_CREATED_AHEAD_SECONDS, MAX_REQUEST_LIFE_SECONDS } from './request-form.ts';

export type NonceRefusal = 'nonce-replayed' | 'nonce-expired' | 'nonce-too-many';

export interface RememberedRequest {
  readonly keyId: string;
  readonly nonce: Bytes;
  readonly expiresSeconds: number;
}

/** A tablet that sends one request a second for a whole life of requests has 300 of them. */
export const MOST_NONCES_OF_A_KEY = 2000;
/** So far may the end of a request lie ahead. */
export const FARTHEST_END_SECONDS = MAX_REQUEST_LIFE_SECONDS + MAX_CREATED_AHEAD_SECONDS;
