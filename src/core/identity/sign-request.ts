// Signs a tablet's request (RFC 9421, section 3.1): what it gives are the three fields to send along.

import { encodeContentDigest } from './content-digest.ts';
import { type DeviceSigner, deviceKeyId } from './device-key.ts';
import type { PublicOrigin } from './public-origin.ts';
import {
  coveredValues,
  MAX_REQUEST_LIFE_SECONDS,
  REQUEST_LABEL,
  REQUEST_NONCE_BYTES,
  type RequestParams,
  requestSignatureParams,
  type SignableRequest,
} from './request-form.ts';
import { encodeSignature, encodeSignatureBase, encodeSignatureParams } from './signature-fields.ts';

export interface SignedFields {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

export interface RequestMoment {
  /** The tablet's clock and what it knows to be missing from it: see time-answer.ts. */
  readonly nowSeconds: number;
  /** 16 random bytes, never used before; a request that is tried again is a new one. */
  readonly nonce: RequestParams['nonce'];
  readonly lifeSeconds?: number;
}

/** Throws on a request that no server would take: such a request is a mistake in the program. */
export async function signRequest(
  request: SignableRequest,
  origin: PublicOrigin,
  { nowSeconds, nonce, lifeSeconds = MAX_REQUEST_LIFE_SECONDS }: RequestMoment,
  signer: DeviceSigner,
): Promise<SignedFields> {
  if (nonce.length !== REQUEST_NONCE_BYTES) throw new Error(`a nonce of ${nonce.length} bytes`);
  const contentDigest = await encodeContentDigest(request.body);
  const values = coveredValues(request, origin.authority, contentDigest);
  if (!values.ok) throw new Error(`not a request that can be signed: ${request.method} ${request.target}`);
  const createdSeconds = Math.floor(nowSeconds);
  const params = requestSignatureParams({
    createdSeconds,
    expiresSeconds: createdSeconds + lifeSeconds,
    nonce,
    keyId: await deviceKeyId(signer.publicKey),
    algorithm: signer.publicKey.algorithm,
  });
  const signature = await signer.sign(encodeSignatureBase(params, values.value));
  return {
    'content-digest': contentDigest,
    'signature-input': `${REQUEST_LABEL}=${encodeSignatureParams(params)}`,
    signature: encodeSignature(REQUEST_LABEL, signature),
  };
}
