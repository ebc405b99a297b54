// The answer to one reading: four kinds, each carrying exactly its facts.

import type { PassClaims } from '../pass/pass.ts';
import type { PassRefusal } from '../pass/refusal.ts';
import type { Direction, Issuer, Policy } from '../trust/trust.ts';

export type VerdictKind = 'admit' | 'check' | 'refuse' | 'unverifiable';

/** An earlier admission of the same pass at this site, in the same direction. */
export interface Sighting {
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly gate: string;
  readonly direction: Direction;
}

/** The pass's signature held: what it says may be shown. */
export interface JudgedPass {
  readonly claims: PassClaims;
  readonly issuer: Issuer;
}

export interface Admit {
  readonly kind: 'admit';
  readonly reason: 'ok';
  readonly pass: JudgedPass;
}

/** What every verdict on a verified pass carries beside its reason. */
interface OnPass {
  readonly pass: JudgedPass;
  readonly policy: Policy;
}

export type Check = { readonly kind: 'check' } & OnPass &
  (
    | { readonly reason: 'not-yet-valid'; readonly startsAt: number }
    | { readonly reason: 'expired'; readonly endedAt: number }
    | { readonly reason: 'status-unknown' }
    | { readonly reason: 'suspended' }
    | { readonly reason: 'yellow' | 'red' }
    | { readonly reason: 'too-old'; readonly issuedAt: number }
    | { readonly reason: 'outside-hours'; readonly opensAtMinute: number | null }
    | { readonly reason: 'seen-before'; readonly sighting: Sighting }
    | { readonly reason: 'trust-stale'; readonly ageSeconds: number }
    | { readonly reason: 'clock-behind' | 'clock-ahead' }
  );

export type Refuse = { readonly kind: 'refuse' } & (
  | { readonly reason: 'bad-signature'; readonly issuer: Issuer }
  | (OnPass &
      (
        | { readonly reason: 'not-yet-valid'; readonly startsAt: number }
        | { readonly reason: 'expired'; readonly endedAt: number }
        | { readonly reason: 'revoked' }
        | { readonly reason: 'yellow' | 'red' }
        | { readonly reason: 'too-old'; readonly issuedAt: number }
        | { readonly reason: 'outside-hours'; readonly opensAtMinute: number | null }
      ))
);

export type Unverifiable = { readonly kind: 'unverifiable' } & (
  | { readonly reason: 'not-a-pass' }
  | { readonly reason: 'malformed'; readonly refusal: PassRefusal }
  | { readonly reason: 'trust-expired'; readonly ageSeconds: number }
  | {
      readonly reason: 'unknown-issuer';
      readonly why: UnknownIssuer;
      readonly trustAgeSeconds: number;
    }
);

/** 'key-ended' and 'key-not-begun': a key of that name is listed, and was not in use when the pass says it was issued. */
export type UnknownIssuer = 'no-key' | 'key-ended' | 'key-not-begun';

export type Verdict = Admit | Check | Refuse | Unverifiable;
export type Reason = Verdict['reason'];
