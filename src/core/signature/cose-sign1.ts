// COSE_Sign1 (RFC 9052, section 4.2) in the one shape that Gatelight writes: untagged, protected header
// { 1: alg, 4: kid of 4 bytes }, and 16: typ where a standard asks for it; no unprotected header, payload inside. Says
// nothing about whether the signature holds.

import type { Bytes } from '../bytes/bytes.ts';
import {
  CBOR_REFUSALS,
  type CborKey,
  type CborMap,
  type CborRefusal,
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborMap,
  parseCbor,
} from '../bytes/cbor.ts';
import { sha256 } from '../bytes/sha256.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Signer } from './signer.ts';

export const COSE_REFUSALS = [
  ...CBOR_REFUSALS,
  'cose-not-four-parts',
  'cose-protected-not-bytes',
  'cose-unprotected-not-empty',
  'cose-payload-not-bytes',
  'cose-bad-signature-length',
  'cose-malformed-header',
  'cose-unknown-header',
  'cose-unknown-algorithm',
  'cose-bad-key-hint',
] as const;
export type CoseRefusal = CborRefusal | (typeof COSE_REFUSALS)[number];

export interface CoseSign1 {
  readonly algorithm: 'Ed25519';
  /** First 4 bytes of SHA-256 of the public key: a hint, never proof. */
  readonly keyHint: Bytes;
  /** Header 16 (RFC 9596), where it was asked for; whether it is the right one, the caller knows. */
  readonly type?: CborValue;
  readonly payload: Bytes;
  readonly signature: Bytes;
  /** Sig_structure (RFC 9052, section 4.4): what the signature is over. */
  readonly signedBytes: Bytes;
}

const ALG = 1;
const KID = 4;
const TYP = 16;
/** RFC 9864: fully specified Ed25519, the one we write. */
const ALG_ED25519 = -19;
/** RFC 9053: EdDSA, of which we know Ed25519 only; read, never written. */
const ALG_EDDSA = -8;
const KEY_HINT_BYTES = 4;
const SIGNATURE_BYTES = 64;
const MAX_DEPTH = 4;

/** `form`: 'typed' gives header 16 a place; otherwise it is an unknown header. */
export function parseCoseSign1(
  bytes: Uint8Array,
  externalAad: Bytes,
  form: 'plain' | 'typed' = 'plain',
): Result<CoseSign1, CoseRefusal> {
  const parsed = parseCbor(bytes, { maxDepth: MAX_DEPTH });
  if (!parsed.ok) return parsed;
  if (!isCborArray(parsed.value) || parsed.value.length !== 4) return refused('cose-not-four-parts');
  const [protectedBytes, unprotected, payload, signature] = parsed.value;

  if (!isCborBytes(protectedBytes)) return refused('cose-protected-not-bytes');
  if (!isCborMap(unprotected) || unprotected.size !== 0) return refused('cose-unprotected-not-empty');
  if (!isCborBytes(payload)) return refused('cose-payload-not-bytes');
  if (!isCborBytes(signature) || signature.length !== SIGNATURE_BYTES)
    return refused('cose-bad-signature-length');
  const header = parseHeader(protectedBytes, form === 'typed' ? TYPED_HEADERS : PLAIN_HEADERS);
  if (!header.ok) return header;

  const signedBytes = sigStructure(protectedBytes, externalAad, payload);
  return ok({ ...header.value, payload, signature, signedBytes });
}

export async function signCoseSign1(
  payload: Bytes,
  externalAad: Bytes,
  signer: Signer,
  type?: string,
): Promise<Bytes> {
  const header = new Map<number, CborValue>([
    [ALG, ALG_ED25519],
    [KID, await keyHintOf(signer.publicKey)],
  ]);
  if (type !== undefined) header.set(TYP, type);
  const protectedBytes = encodeCbor(header);
  const signature = await signer.sign(sigStructure(protectedBytes, externalAad, payload));
  return encodeCbor([protectedBytes, new Map(), payload, signature]);
}

export async function keyHintOf(publicKey: Bytes): Promise<Bytes> {
  return (await sha256(publicKey)).slice(0, KEY_HINT_BYTES);
}

const PLAIN_HEADERS: ReadonlySet<CborKey> = new Set([ALG, KID]);
const TYPED_HEADERS: ReadonlySet<CborKey> = new Set([ALG, KID, TYP]);

function parseHeader(
  protectedBytes: Bytes,
  known: ReadonlySet<CborKey>,
): Result<Pick<CoseSign1, 'algorithm' | 'keyHint' | 'type'>, CoseRefusal> {
  const header = parseCbor(protectedBytes, { maxDepth: MAX_DEPTH });
  if (!header.ok || !isCborMap(header.value)) return refused('cose-malformed-header');
  if (!hasOnlyKnownHeaders(header.value, known)) return refused('cose-unknown-header');
  const algorithm = header.value.get(ALG);
  if (algorithm !== ALG_ED25519 && algorithm !== ALG_EDDSA) return refused('cose-unknown-algorithm');
  const keyHint = header.value.get(KID);
  if (!isCborBytes(keyHint) || keyHint.length !== KEY_HINT_BYTES) return refused('cose-bad-key-hint');
  const type = header.value.get(TYP);
  return ok({ algorithm: 'Ed25519', keyHint, ...(type === undefined ? {} : { type }) });
}

const hasOnlyKnownHeaders = (header: CborMap, known: ReadonlySet<CborKey>): boolean =>
  [...header.keys()].every((key) => known.has(key));

/** What a COSE_Sign1 signs (RFC 9052, section 4.4). */
export const sigStructure = (protectedBytes: Bytes, externalAad: Bytes, payload: Bytes): Bytes =>
  encodeCbor(['Signature1', protectedBytes, externalAad, payload]);
