// What a signed request of a tablet is made of: the parts that its signature covers, in their one order, and the bounds of
// its life (RFC 9421, section 3.2 leaves both to whoever uses it).

import type { Bytes } from '../bytes/bytes.ts';
import { ok, type Result, refused } from '../result.ts';
import { encodeBase64, parseBase64 } from './base64.ts';
import { type DeviceAlgorithm, isDeviceKeyId } from './device-key.ts';
import type { SignatureInput, SignatureParams } from './signature-fields.ts';

export const REQUEST_LABEL = 'gatelight';
export const REQUEST_TAG = 'gatelight';
export const REQUEST_COMPONENTS = ['@method', '@authority', '@path', '@query', 'content-digest'] as const;
export const REQUEST_NONCE_BYTES = 16;
/** A request lives this long at most; longer and every nonce must be remembered longer. */
export const MAX_REQUEST_LIFE_SECONDS = 300;
/** So far may a tablet's clock be ahead. */
export const MAX_CREATED_AHEAD_SECONDS = 60;

/** A request's line and content, as sent. */
export interface SignableRequest {
  readonly method: string;
  /** The request target in origin form, as it stands on the wire: "/api/sites/x/batches?part=1". */
  readonly target: string;
  readonly body: Uint8Array;
}

export interface RequestParams {
  readonly createdSeconds: number;
  readonly expiresSeconds: number;
  readonly nonce: Bytes;
  readonly keyId: string;
  readonly algorithm: DeviceAlgorithm;
}

export const REQUEST_FORM_REFUSALS = [
  'request-target',
  'signature-label',
  'signature-components',
  'signature-parameters',
  'signature-tag',
  'signature-algorithm',
  'signature-life',
] as const;
export type RequestFormRefusal = (typeof REQUEST_FORM_REFUSALS)[number];

const MAX_TARGET_LENGTH = 2048;
const PARAMETER_NAMES = 'created expires nonce keyid alg tag';
const ALGORITHMS: readonly DeviceAlgorithm[] = ['ed25519', 'ecdsa-p256-sha256'];

export const requestSignatureParams = (params: RequestParams): SignatureParams => ({
  components: REQUEST_COMPONENTS,
  parameters: [
    ['created', params.createdSeconds],
    ['expires', params.expiresSeconds],
    ['nonce', encodeBase64(params.nonce)],
    ['keyid', params.keyId],
    ['alg', params.algorithm],
    ['tag', REQUEST_TAG],
  ],
});

/** Checks that the signature covers all that it must, and that each parameter is there, alone and in its place. */
export function parseRequestParams(input: SignatureInput): Result<RequestParams, RequestFormRefusal> {
  if (input.label !== REQUEST_LABEL) return refused('signature-label');
  if (input.components.join(' ') !== REQUEST_COMPONENTS.join(' ')) return refused('signature-components');
  if (input.parameters.map(([name]) => name).join(' ') !== PARAMETER_NAMES)
    return refused('signature-parameters');
  const [created, expires, nonceText, keyId, alg, tag] = input.parameters.map(([, value]) => value);
  if (tag !== REQUEST_TAG) return refused('signature-tag');
  const algorithm = ALGORITHMS.find((known) => known === alg);
  if (algorithm === undefined) return refused('signature-algorithm');
  const nonce = parseBase64(typeof nonceText === 'string' ? nonceText : '');
  if (!nonce.ok || nonce.value.length !== REQUEST_NONCE_BYTES) return refused('signature-parameters');
  if (typeof keyId !== 'string' || !isDeviceKeyId(keyId)) return refused('signature-parameters');
  if (typeof created !== 'number' || typeof expires !== 'number') return refused('signature-parameters');
  const life = expires - created;
  if (created < 0 || life <= 0 || life > MAX_REQUEST_LIFE_SECONDS) return refused('signature-life');
  return ok({ createdSeconds: created, expiresSeconds: expires, nonce: nonce.value, keyId, algorithm });
}

/**
 * The values of the covered components, in their order. Dot segments and fragments are refused, because what routes a
 * request might read them otherwise than what was signed; an empty query, because it is signed like none.
 */
export function coveredValues(
  { method, target }: SignableRequest,
  authority: string,
  contentDigest: string,
): Result<readonly string[], 'request-target'> {
  if (!/^[A-Z]{1,16}$/.test(method)) return refused('request-target');
  if (target.length > MAX_TARGET_LENGTH || !/^\/[!$-~]*$/.test(target)) return refused('request-target');
  const queryAt = target.indexOf('?');
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  if (
    /[\\^`{|}<>"]/.test(target) ||
    /\/(\.|%2e){1,2}(\/|$)/i.test(path) ||
    path.startsWith('//') ||
    queryAt === target.length - 1
  )
    return refused('request-target');
  return ok([method, authority, path, queryAt === -1 ? '?' : target.slice(queryAt), contentDigest]);
}
