// The demo's trust: one station, its gates, one issuer with its published rules, and the policy that tablets apply.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { Issuer, Policy, RuleReason, Site, Texts, Trust } from '../../core/trust/trust.ts';
import { DEFAULT_AGES } from '../../core/trust/trust-age.ts';

const DAY = 86_400;

/** The number of rule set CITY-7 in a pass, and of its reasons. */
export const CITY_7 = { ruleset: 7, checkedIn: 1, checkInMissing: 2, positiveTest: 3 } as const;

export const DEMO_SITE: Site = {
  id: 'lindenhof',
  name: 'Lindenhof station',
  timeZone: 'Europe/Berlin',
  dayStartMinutes: 4 * 60,
  gates: [
    { id: 'gate-1', name: 'Gate 1 East' },
    { id: 'gate-2', name: 'Gate 2 West' },
    { id: 'gate-3', name: 'Gate 3 North' },
    { id: 'gate-4', name: 'Gate 4 South' },
  ],
};

export interface DemoTrustKeys {
  readonly issuer: Bytes;
  readonly receipt: Bytes;
}

/** `version` only ever rises: tablets refuse an older document than the one they hold. */
export function demoTrust(keys: DemoTrustKeys, version: number, issuedAt: number): Trust {
  return {
    version,
    issuedAt,
    expiresAt: issuedAt + 7 * DAY,
    site: DEMO_SITE,
    issuers: [cityHealth(keys.issuer)],
    policy: POLICY,
    receiptKey: keys.receipt,
  };
}

function cityHealth(publicKey: Bytes): Issuer {
  return {
    id: 'lindenhof-health',
    name: en('Lindenhof city health'),
    appeal: en('Help desk, Hall B, until 22:00'),
    keys: [{ publicKey, algorithm: 'Ed25519', validFrom: KEYS_FROM, validUntil: KEYS_UNTIL }],
    rulesetsByNumber: new Map([
      [CITY_7.ruleset, { name: 'CITY-7', version: 12, reasonsByNumber: new Map(REASONS) }],
    ]),
    status: 'none',
    isSmall: false,
  };
}

const en = (text: string): Texts => ({ en: text });

const REASONS: readonly (readonly [number, RuleReason])[] = [
  [CITY_7.checkedIn, { text: en('all seven check-ins made'), next: en('') }],
  [
    CITY_7.checkInMissing,
    { text: en('daily check-in missing'), next: en('Ask to check in now. Then scan again.') },
  ],
  [CITY_7.positiveTest, { text: en('positive test on record'), next: en('Give the appeal card.') }],
];

/** Wide bounds: the demo's key lives and dies with its data folder, and samples are dated back. */
const KEYS_FROM = Date.UTC(2024, 0, 1) / 1000;
const KEYS_UNTIL = Date.UTC(2046, 0, 1) / 1000;

const POLICY: Policy = {
  name: 'Lindenhof station',
  version: 1,
  byColour: { green: 'admit', yellow: 'check', red: 'refuse' },
  maxPassAgeSeconds: null,
  tooOld: 'refuse',
  hours: [],
  outsideHours: 'refuse',
  seenBeforeWindowSeconds: 15 * 60,
  ages: DEFAULT_AGES,
  displayMs: { admit: 1500, check: 6000, refuse: 6000, unverifiable: 6000 },
};
