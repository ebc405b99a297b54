// What the targets of the trust repository say: who may issue, within which bounds sites choose their policy, and which
// servers speak for them. Times are whole seconds since 1970.

import type { Bytes } from '../../bytes/bytes.ts';
import type { IssuerKey, Policy, RuleReason, Texts, TrustAges } from '../trust.ts';

export const ISSUERS_FILE = 'issuers.json';
export const POLICIES_FILE = 'policies.json';
export const SERVERS_FILE = 'servers.json';
/** However long a class of site would like to keep records. */
export const MAX_RETENTION_DAYS = 30;
/** In the place of a site's id: any site that this server founds. */
export const ANY_SITE = '*';
export const rulesetFile = (id: string): string => `rulesets/${id}.json`;

export interface ListedIssuer {
  readonly id: string;
  readonly name: Texts;
  /** Where a holder turns who thinks the colour is wrong. */
  readonly appeal: Texts;
  /** Classes of site at which its passes count. */
  readonly scope: 'all' | readonly string[];
  /** Its passes are for trying things out; a tablet in service knows no such issuer. */
  readonly isTest: boolean;
  /** Under 1,000 passes: logged as "other". */
  readonly isSmall: boolean;
  readonly keys: readonly ListedKey[];
  /** 'none': this issuer takes nothing back. */
  readonly statusLists: 'none' | readonly ListedStatusList[];
  /** The number in a pass, and the id of the rule set in its own file. */
  readonly rulesets: readonly { readonly number: number; readonly id: string }[];
}

export interface ListedKey extends IssuerKey {
  /** Published with less than 7 days of notice, which those who signed knew. */
  readonly isEmergency: boolean;
}

/** An http or https address in ASCII: a list's place, and its name. */
export const isListAddress = (uri: string): boolean =>
  uri.length <= 512 && /^https?:\/\/[\x21-\x7e]+$/.test(uri);

export interface ListedStatusList {
  /** The number in a pass, uint16. */
  readonly list: number;
  readonly uri: string;
  /** Each of them may sign the list: two while one takes over from the other. */
  readonly keys: readonly Bytes[];
}

/** What sites of one class may choose. Settings beyond a bound are clipped to it. */
export interface PolicyBounds {
  readonly class: string;
  readonly name: Texts;
  readonly version: number;
  /** The mildest answer to a colour; stricter ones may be chosen. */
  readonly mildest: Pick<Policy['byColour'], 'yellow' | 'red'>;
  /** The oldest pass that may be taken; null: any that is valid. */
  readonly maxPassAgeSeconds: number | null;
  readonly maxSeenBeforeWindowSeconds: number;
  /** Never longer than the defaults. */
  readonly ages: TrustAges;
  /** Days, at most 30. */
  readonly maxRetentionDays: number;
}

/** The server of one site, or of all that it founds of one class. The class stands here, where no server can choose a milder one. */
export interface ListedServer {
  /** A site's id, or ANY_SITE. */
  readonly site: string;
  readonly class: string;
  readonly settingsKeys: readonly Bytes[];
  readonly receiptKeys: readonly Bytes[];
  readonly timeKeys: readonly Bytes[];
}

export interface ListedRuleset {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly reasonsByNumber: ReadonlyMap<number, RuleReason>;
}

/** 'lindenhof', or 'any/station' for whatever sites of that class it founds: no id has a slash. */
export const serverName = ({ site, class: name }: Pick<ListedServer, 'site' | 'class'>): string =>
  site === ANY_SITE ? `any/${name}` : site;

/** All of them, read whole and agreeing with each other. */
export interface TargetDocuments {
  readonly issuers: readonly ListedIssuer[];
  readonly policies: readonly PolicyBounds[];
  readonly servers: readonly ListedServer[];
  readonly rulesetsById: ReadonlyMap<string, ListedRuleset>;
}

/** Which file, where in it ('issuers.0.keys.1.publicKey'), and what is wrong there. */
export interface TargetRefusal {
  readonly file: string;
  readonly place: string;
  readonly reason: string;
}

export const targetRefusalText = ({ file, place, reason }: TargetRefusal): string =>
  `${file}: ${place}: ${reason}`;

/** In service, issuers that are there for trying things out do not exist. */
export const issuersInService = (issuers: readonly ListedIssuer[]): readonly ListedIssuer[] =>
  issuers.filter(({ isTest }) => !isTest);
