// From a reading to what a verdict can be decided on: parsed, its possible keys found, its signature tried.

import { type Bytes, isSameBytes } from '../bytes/bytes.ts';
import { parsePass } from '../pass/gl1.ts';
import type { UnverifiedPass } from '../pass/pass.ts';
import type { PassRefusal } from '../pass/refusal.ts';
import { keyHintOf } from '../signature/cose-sign1.ts';
import type { Ed25519Engine } from '../signature/engine.ts';
import type { Issuer, IssuerKey, Trust } from '../trust/trust.ts';
import type { JudgedPass, UnknownIssuer } from './verdict.ts';

export type OpenedReading =
  | { readonly kind: 'refused'; readonly refusal: PassRefusal }
  | { readonly kind: 'unknown-issuer'; readonly why: UnknownIssuer }
  | { readonly kind: 'bad-signature'; readonly issuer: Issuer }
  | { readonly kind: 'verified'; readonly pass: JudgedPass };

export interface Candidate {
  readonly issuer: Issuer;
  readonly key: IssuerKey;
}

/** The trusted keys whose hint and algorithm fit, whatever their time. A hint is 4 bytes: several keys may share one. */
export async function findNamesakes(
  pass: Pick<UnverifiedPass, 'keyHint' | 'algorithm'>,
  issuers: readonly Issuer[],
): Promise<readonly Candidate[]> {
  const all = issuers.flatMap((issuer) => issuer.keys.map((key) => ({ issuer, key })));
  const hints = await Promise.all(all.map(({ key }) => hintOf(key)));
  return all.filter(
    ({ key }, at) =>
      isSameBytes(hints[at] ?? new Uint8Array(0), pass.keyHint) && key.algorithm === pass.algorithm,
  );
}

const isInUse = ({ validFrom, validUntil }: IssuerKey, issuedAt: number): boolean =>
  validFrom <= issuedAt && issuedAt <= validUntil;

function whyUnknown(namesakes: readonly Candidate[], issuedAt: number): UnknownIssuer {
  if (namesakes.length === 0) return 'no-key';
  return namesakes.some(({ key }) => key.validUntil < issuedAt) ? 'key-ended' : 'key-not-begun';
}

/** Never throws on any text. nowSeconds bounds the times a pass may name. */
export async function openReading(
  text: string,
  trust: Pick<Trust, 'issuers'>,
  engine: Ed25519Engine,
  nowSeconds: number,
): Promise<OpenedReading> {
  const parsed = parsePass(text, nowSeconds);
  if (!parsed.ok) return { kind: 'refused', refusal: parsed.error };
  const pass = parsed.value;
  const { issuedAt } = pass.claims;
  const namesakes = await findNamesakes(pass, trust.issuers);
  const candidates = namesakes.filter(({ key }) => isInUse(key, issuedAt));
  const [first] = candidates;
  if (first === undefined) return { kind: 'unknown-issuer', why: whyUnknown(namesakes, issuedAt) };
  const signer = await findSigner(pass, candidates, engine);
  if (signer !== null) return { kind: 'verified', pass: { claims: pass.claims, issuer: signer.issuer } };
  // A key out of its time may have signed it, whose hint is by chance that of one in use: then nothing is wrong with it.
  const outOfTime = namesakes.filter((namesake) => !candidates.includes(namesake));
  const ended = await findSigner(pass, outOfTime, engine);
  if (ended !== null) return { kind: 'unknown-issuer', why: whyUnknown([ended], issuedAt) };
  return { kind: 'bad-signature', issuer: first.issuer };
}

async function findSigner(
  { signature, signedBytes }: UnverifiedPass,
  candidates: readonly Candidate[],
  engine: Ed25519Engine,
): Promise<Candidate | null> {
  for (const candidate of candidates)
    if (await engine.verify(candidate.key.publicKey, signature, signedBytes)) return candidate;
  return null;
}

/** A trusted key's hint never changes, and every pass asks for those of all keys. */
const hintsByKey = new WeakMap<IssuerKey, Promise<Bytes>>();

function hintOf(key: IssuerKey): Promise<Bytes> {
  const known = hintsByKey.get(key);
  if (known !== undefined) return known;
  const hint = keyHintOf(key.publicKey);
  hintsByKey.set(key, hint);
  return hint;
}
