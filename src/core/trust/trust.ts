// What a tablet holds to judge passes. Times are whole seconds since 1970 unless a name says otherwise.

import type { Bytes } from '../bytes/bytes.ts';
import type { PassAlgorithm } from '../pass/pass.ts';
import type { HeldStatusList } from './status/status-token.ts';

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

/** An issuer's status lists by their number in a pass; null: it publishes that list, and this tablet holds none yet. */
export type IssuerLists = ReadonlyMap<number, Pick<HeldStatusList, 'issuedAt' | 'list'> | null>;

export interface Issuer {
  readonly id: string;
  readonly name: Texts;
  /** Where a holder turns who thinks the colour is wrong. */
  readonly appeal: Texts;
  readonly keys: readonly IssuerKey[];
  readonly rulesetsByNumber: ReadonlyMap<number, Ruleset>;
  /** 'none': this issuer takes nothing back. */
  readonly status: IssuerLists | 'none';
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
  /** How long the site's server can open a record, in days of the site, 1 to 30. */
  readonly retentionDays: number;
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
  /** For a site that its server founded: which of the classes that it may found. Elsewhere servers.json says it. */
  readonly class?: string;
  /** IANA time zone. */
  readonly timeZone: string;
  /** Minutes after local midnight at which the site's day begins. */
  readonly dayStartMinutes: number;
  readonly gates: readonly Gate[];
}

export interface Trust {
  /** Of the targets metadata that is in use. */
  readonly version: number;
  /** When the timestamp over it was signed: its age is counted from here. */
  readonly issuedAt: number;
  readonly site: Site;
  readonly issuers: readonly Issuer[];
  readonly policy: Policy;
  /** What the site's settings ask for beyond the bounds of its class. */
  readonly clippings: readonly Clipping[];
  /** The keys whose signature on a receipt counts. */
  readonly receiptKeys: readonly Bytes[];
  /** The keys whose signature on a time counts. */
  readonly timeKeys: readonly Bytes[];
}

/** A setting that was put back to its bound: 'policy.byColour.yellow', 'admit', 'check'. */
export interface Clipping {
  readonly place: string;
  readonly asked: string;
  readonly used: string;
}
