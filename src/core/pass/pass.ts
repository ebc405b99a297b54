// What a pass says, whichever of the world's formats it came in. Times are whole seconds since 1970 (CWT NumericDate).

import type { Bytes } from '../bytes/bytes.ts';

export type Colour = 'green' | 'yellow' | 'red';

/** The pass's place in its issuer's status lists: list uint16, index uint24. */
export interface PassId {
  readonly list: number;
  readonly index: number;
}

/** Only what is also printed for the guard to compare. Shown, never logged. */
export interface PrintedFacts {
  readonly name?: string;
  readonly birthYear?: number;
}

export interface PassClaims {
  readonly expiresAt: number;
  readonly issuedAt: number;
  readonly notBefore?: number;
  readonly id: PassId;
  /** COSE_Key of the holder (RFC 8747), raw CBOR; kept for a later format, not judged. */
  readonly holderKey?: Bytes;
  readonly colour: Colour;
  /** Number of the rule set that chose the colour; its texts are in the trust document. */
  readonly ruleset: number;
  /** Number of the reason within that rule set. */
  readonly reason: number;
  readonly printed?: PrintedFacts;
}

/** The algorithm as the trust document binds it to a key; COSE -19 and -8 are both 'Ed25519'. */
export type PassAlgorithm = 'Ed25519';

/** Well-formed, signature not yet looked at. */
export interface UnverifiedPass {
  readonly format: 'GL1';
  readonly algorithm: PassAlgorithm;
  /** First 4 bytes of SHA-256 of the public key: a hint, never proof. */
  readonly keyHint: Bytes;
  readonly claims: PassClaims;
  /** The COSE Sig_structure (RFC 9052, section 4.4), ready for the engine. */
  readonly signedBytes: Bytes;
  readonly signature: Bytes;
}
