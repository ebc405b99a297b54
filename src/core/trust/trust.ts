// What a tablet holds to judge passes. Times are whole seconds since 1970 unless a name says otherwise.

import type { Bytes } from '../bytes/bytes.ts';
import type { PassAlgorithm } from '../pass/pass.ts';

/** A text by language tag; 'en' is always there. */
export type Texts = Readonly<Record<string, string>>;

export interface IssuerKey {
  readonly publicKey: Bytes;
  readonly algorithm: PassAlgorithm;
  /** Passes issued outside [validFrom, validUntil] are not this key's. */
  readonly validFrom: number;
  readonly validUntil: number;
}

export interface RuleReason {
  readonly text: Texts;
  /** What the guard does next. */
  readonly next: Texts;
}

export interface Ruleset {
  readonly name: string;
  readonly version: number;
  readonly reasonsByNumber: ReadonlyMap<number, RuleReason>;
}

/** One byte or two bits a pass come later; here the numbers `list << 24 | index` of passes that were taken back. */
export interface StatusList {
  readonly issuedAt: number;
  readonly revoked: ReadonlySet<number>;
  readonly suspended: ReadonlySet<number>;
}

export interface Issuer {
  readonly id: string;
  readonly name: Texts;
  /** Where a holder turns who thinks the colour is wrong. */
  readonly appeal: Texts;
  readonly keys: readonly IssuerKey[];
  readonly rulesetsByNumber: ReadonlyMap<number, Ruleset>;
  /** 'none': this issuer takes nothing back. Null: it publishes lists, and this tablet holds none. */
  readonly status: StatusList | 'none' | null;
  /** Under 1,000 passes: its name in a log could point at a person, so it is logged as "other". */
  readonly isSmall: boolean;
}

export type Direction = 'in' | 'out';

export interface Policy {
  readonly name: string;
  readonly version: number;
  readonly byColour: {
    readonly green: 'admit';
    readonly yellow: 'admit' | 'check' | 'refuse';
    readonly red: 'check' | 'refuse';
  };
  /** A pass older than this since its issue is 'too-old'; null: never. */
  readonly maxPassAgeSeconds: number | null;
  readonly tooOld: 'check' | 'refuse';
  /** Minutes after local midnight, [from, to); to may pass 1440. Empty: always open. */
  readonly hours: readonly {
    readonly from: number;
    readonly to: number;
    readonly directions: readonly Direction[];
  }[];
  readonly outsideHours: 'check' | 'refuse';
  /** 0: the same pass may come as often as it likes. */
  readonly seenBeforeWindowSeconds: number;
  readonly ages: TrustAges;
  readonly displayMs: Readonly<Record<'admit' | 'check' | 'refuse' | 'unverifiable', number>>;
}

/** Bounds between fresh, ageing, stale and dead, in seconds. A policy may shorten the defaults, never lengthen them. */
export interface TrustAges {
  readonly freshSeconds: number;
  readonly ageingSeconds: number;
  readonly staleSeconds: number;
}

export interface Gate {
  readonly id: string;
  readonly name: string;
}

export interface Site {
  readonly id: string;
  readonly name: string;
  /** IANA time zone. */
  readonly timeZone: string;
  /** Minutes after local midnight at which the site's day begins. */
  readonly dayStartMinutes: number;
  readonly gates: readonly Gate[];
}

export interface Trust {
  readonly version: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly site: Site;
  readonly issuers: readonly Issuer[];
  readonly policy: Policy;
  /** The key whose signature on a receipt counts. */
  readonly receiptKey: Bytes;
}
