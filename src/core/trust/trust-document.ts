// Trust as one signed JSON document: { "signed": "<JSON text>", "key": hex, "signature": hex }. The signature is over
// 'gatelight-trust-1\n' and the very text that is parsed, so no canonical form is needed. The root key is pinned at
// first load; another key is refused from then on.

import { type Bytes, concatBytes, isSameBytes, utf8ToBytes } from '../bytes/bytes.ts';
import { encodeHex, parseHex } from '../bytes/hex.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Ed25519Engine } from '../signature/engine.ts';
import type { Signer } from '../signature/signer.ts';
import type { Issuer, Trust } from './trust.ts';
import { parseTrustShape, type TrustJson } from './trust-schema.ts';

const CONTEXT = utf8ToBytes('gatelight-trust-1\n');
/** Measured in UTF-16 units of the whole frame. */
export const MAX_TRUST_LENGTH = 1024 * 1024;

export const TRUST_REFUSALS = [
  'trust-too-large',
  'trust-json',
  'trust-frame',
  'trust-root',
  'trust-signature',
  'trust-schema',
] as const;
/** The code, and for the person who wrote the document the place. */
export interface TrustRefusal {
  readonly code: (typeof TRUST_REFUSALS)[number];
  readonly place: string;
}

export interface VerifiedTrust {
  readonly trust: Trust;
  /** The public key that signed it: pin it. */
  readonly root: Bytes;
}

/** Checks that the root key signed this document and that all of it has the right shape. A null root: first load. */
export async function verifyTrustDocument(
  text: string,
  pinnedRoot: Bytes | null,
  engine: Ed25519Engine,
): Promise<Result<VerifiedTrust, TrustRefusal>> {
  const frame = parseFrame(text);
  if (!frame.ok) return frame;
  const { signed, key, signature } = frame.value;
  if (pinnedRoot !== null && !isSameBytes(pinnedRoot, key)) return refuse('trust-root', 'key');
  const message = concatBytes(CONTEXT, utf8ToBytes(signed));
  if (!(await engine.verify(key, signature, message))) return refuse('trust-signature', 'signature');
  const json = parseJson(signed);
  if (!json.ok) return refuse('trust-json', 'signed');
  const trust = parseTrustShape(json.value);
  return trust.ok ? ok({ trust: trust.value, root: key }) : refuse('trust-schema', trust.error);
}

/** Whether a document that verified may take the place of the one held: never an older one. */
export const isRollback = (held: Trust, came: Trust): boolean =>
  came.version < held.version || came.issuedAt < held.issuedAt;

export async function signTrustDocument(trust: Trust, root: Signer): Promise<string> {
  const signed = encodeTrust(trust);
  const signature = await root.sign(concatBytes(CONTEXT, utf8ToBytes(signed)));
  return JSON.stringify({ signed, key: encodeHex(root.publicKey), signature: encodeHex(signature) });
}

/** The JSON text of what is signed. */
export function encodeTrust({ issuers, receiptKey, ...trust }: Trust): string {
  const json = { ...trust, issuers: issuers.map(issuerToJson), receiptKey: encodeHex(receiptKey) };
  return JSON.stringify(json satisfies ReadonlyDeep<TrustJson>);
}

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

function issuerToJson({ keys, rulesetsByNumber, status, ...issuer }: Issuer) {
  const places = (set: ReadonlySet<number>) =>
    [...set].map((place): [number, number] => [Math.floor(place / 2 ** 24), place % 2 ** 24]);
  return {
    ...issuer,
    keys: keys.map((key) => ({ ...key, publicKey: encodeHex(key.publicKey) })),
    rulesets: [...rulesetsByNumber].map(([number, { reasonsByNumber, ...ruleset }]) => ({
      number,
      ...ruleset,
      reasons: [...reasonsByNumber].map(([reasonNumber, reason]) => ({ number: reasonNumber, ...reason })),
    })),
    status:
      status === null || status === 'none'
        ? status
        : { issuedAt: status.issuedAt, revoked: places(status.revoked), suspended: places(status.suspended) },
  };
}

const refuse = (code: TrustRefusal['code'], place: string) => refused<TrustRefusal>({ code, place });

interface Frame {
  readonly signed: string;
  readonly key: Bytes;
  readonly signature: Bytes;
}

function parseFrame(text: string): Result<Frame, TrustRefusal> {
  if (text.length > MAX_TRUST_LENGTH) return refuse('trust-too-large', 'document');
  const json = parseJson(text);
  if (!json.ok) return refuse('trust-json', 'document');
  if (typeof json.value !== 'object' || json.value === null) return refuse('trust-frame', 'document');
  const { signed, key, signature } = json.value as Partial<Record<keyof Frame, unknown>>;
  if (typeof signed !== 'string') return refuse('trust-frame', 'signed');
  const keyBytes = parseBytes(key, 32);
  if (keyBytes === null) return refuse('trust-frame', 'key');
  const signatureBytes = parseBytes(signature, 64);
  if (signatureBytes === null) return refuse('trust-frame', 'signature');
  return ok({ signed, key: keyBytes, signature: signatureBytes });
}

function parseBytes(value: unknown, length: number): Bytes | null {
  if (typeof value !== 'string' || value.length !== 2 * length) return null;
  const bytes = parseHex(value);
  return bytes.ok ? bytes.value : null;
}

function parseJson(text: string): Result<unknown, 'not-json'> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return refused('not-json');
  }
}
