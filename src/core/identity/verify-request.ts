// Verifies a tablet's request in the order of RFC 9421, section 3.2: the fields, what they must cover, the key, the content,
// the signature, and only then the time, so that nobody else's request is answered with a word about clocks. That a nonce
// is new is asked last of all, of the server that remembers them (nonce-rule.ts).

import { ok, type Result, refused } from '../result.ts';
import { DIGEST_REFUSALS, type DigestRefusal, verifyContentDigest } from './content-digest.ts';
import type { DeviceAlgorithm, DevicePublicKey, VerifyDeviceSignature } from './device-key.ts';
import type { PublicOrigin } from './public-origin.ts';
import {
  coveredValues,
  MAX_CREATED_AHEAD_SECONDS,
  parseRequestParams,
  REQUEST_FORM_REFUSALS,
  type RequestFormRefusal,
  type RequestParams,
  requestSignatureParams,
  type SignableRequest,
} from './request-form.ts';
import {
  encodeSignatureBase,
  parseSignature,
  parseSignatureInput,
  SIGNATURE_FIELD_REFUSALS,
  type SignatureFieldRefusal,
} from './signature-fields.ts';

export interface ReceivedRequest extends SignableRequest {
  /** Every field as it came, doubled ones apart (Node's rawHeaders): a list that was joined hides nothing either. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface RequestJudge {
  /** As configured. The Host field says what a client believes and counts for nothing. */
  readonly origin: PublicOrigin;
  readonly nowSeconds: number;
  readonly verify: VerifyDeviceSignature;
  /** The key that a request names; whether it may still speak, device-register.ts says. Null for one that is unknown. */
  findKey(keyId: string, algorithm: DeviceAlgorithm): Promise<DevicePublicKey | null>;
}

const OWN_REFUSALS = [
  'field-missing',
  'field-doubled',
  'key-unknown',
  'key-other-algorithm',
  'signature-wrong',
  'request-expired',
  'request-not-yet-created',
] as const;

export type RequestRefusal =
  | (typeof OWN_REFUSALS)[number]
  | SignatureFieldRefusal
  | RequestFormRefusal
  | DigestRefusal;

export const REQUEST_REFUSALS: readonly RequestRefusal[] = [
  ...OWN_REFUSALS,
  ...SIGNATURE_FIELD_REFUSALS,
  ...REQUEST_FORM_REFUSALS,
  ...DIGEST_REFUSALS,
];

export interface RefusedRequest {
  readonly code: RequestRefusal;
  /** What the request said of itself, where the refusal is for time: its signature holds, so an answer may carry its nonce. */
  readonly params: RequestParams | null;
}

/** Never throws on hostile fields. */
export async function verifyRequest(
  request: ReceivedRequest,
  judge: RequestJudge,
): Promise<Result<RequestParams, RefusedRequest>> {
  const read = readSignedFields(request.fields);
  if (!read.ok) return refuse(read.error);
  const { params, signature, contentDigest } = read.value;
  const key = await judge.findKey(params.keyId, params.algorithm);
  if (key === null) return refuse('key-unknown');
  if (key.algorithm !== params.algorithm) return refuse('key-other-algorithm');

  const digest = await verifyContentDigest(contentDigest, request.body);
  if (!digest.ok) return refuse(digest.error);
  const values = coveredValues(request, judge.origin.authority, contentDigest);
  if (!values.ok) return refuse(values.error);
  const base = encodeSignatureBase(requestSignatureParams(params), values.value);
  if (!(await judge.verify(key, signature, base))) return refuse('signature-wrong');

  const untimely = findTimeFault(params, judge.nowSeconds);
  return untimely === null ? ok(params) : refused({ code: untimely, params });
}

/** Checks that now lies in the request's life. Its last second still counts. */
export function findTimeFault(
  { createdSeconds, expiresSeconds }: Pick<RequestParams, 'createdSeconds' | 'expiresSeconds'>,
  nowSeconds: number,
): 'request-expired' | 'request-not-yet-created' | null {
  if (createdSeconds > nowSeconds + MAX_CREATED_AHEAD_SECONDS) return 'request-not-yet-created';
  return nowSeconds > expiresSeconds ? 'request-expired' : null;
}

export interface SignedFieldsRead {
  readonly params: RequestParams;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly contentDigest: string;
}

/** Checks that each of the three fields came once, and that both of the signature speak of the same one. */
export function readSignedFields(
  fields: ReceivedRequest['fields'],
): Result<SignedFieldsRead, RequestRefusal> {
  const inputField = onlyField(fields, 'signature-input');
  if (!inputField.ok) return inputField;
  const signatureField = onlyField(fields, 'signature');
  if (!signatureField.ok) return signatureField;
  const digestField = onlyField(fields, 'content-digest');
  if (!digestField.ok) return digestField;

  const input = parseSignatureInput(inputField.value);
  if (!input.ok) return input;
  const params = parseRequestParams(input.value);
  if (!params.ok) return params;
  const signature = parseSignature(signatureField.value);
  if (!signature.ok) return signature;
  if (signature.value.label !== input.value.label) return refused('signature-label');
  return ok({
    params: params.value,
    signature: signature.value.signature,
    contentDigest: digestField.value,
  });
}

function onlyField(
  fields: ReceivedRequest['fields'],
  wanted: string,
): Result<string, 'field-missing' | 'field-doubled'> {
  const values = fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const [value] = values;
  if (value === undefined) return refused('field-missing');
  return values.length === 1 ? ok(value) : refused('field-doubled');
}

const refuse = (code: RequestRefusal) => refused<RefusedRequest>({ code, params: null });
