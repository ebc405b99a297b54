// Trust for tests, as a tablet holds it: one site, open gates, plain policy, and status lists. Everything can be overridden.

import {
  createStatusList,
  type ListedStatus,
  withStatuses,
} from '../../src/core/trust/status/status-list.ts';
import type { HeldStatusList } from '../../src/core/trust/status/status-token.ts';
import type { Issuer, IssuerLists, Policy, Site, Trust } from '../../src/core/trust/trust.ts';
import { DEFAULT_AGES } from '../../src/core/trust/trust-age.ts';
import { TEST_NOW_SECONDS } from './test-issuer.ts';

export const TEST_SITE: Site = {
  id: 'lindenhof',
  name: 'Lindenhof station',
  timeZone: 'Europe/Berlin',
  dayStartMinutes: 240,
  gates: [
    { id: 'gate-1', name: 'Gate 1 East' },
    { id: 'gate-2', name: 'Gate 2 West' },
  ],
};

export const TEST_POLICY: Policy = {
  name: 'Lindenhof rules',
  version: 3,
  byColour: { green: 'admit', yellow: 'check', red: 'refuse' },
  maxPassAgeSeconds: null,
  tooOld: 'check',
  hours: [],
  outsideHours: 'refuse',
  seenBeforeWindowSeconds: 15 * 60,
  retentionDays: 7,
  ages: DEFAULT_AGES,
  displayMs: { admit: 1500, check: 6000, refuse: 6000, unverifiable: 6000 },
};

export interface TrustOverrides extends Partial<Omit<Trust, 'policy' | 'site'>> {
  readonly policy?: Partial<Policy>;
  readonly site?: Partial<Site>;
}

export function testTrust(issuers: readonly Issuer[], overrides: TrustOverrides = {}): Trust {
  return {
    version: 1,
    issuedAt: TEST_NOW_SECONDS - 3600,
    issuers,
    clippings: [],
    receiptKeys: [new Uint8Array(32).fill(7)],
    timeKeys: [new Uint8Array(32).fill(8)],
    ...overrides,
    site: { ...TEST_SITE, ...overrides.site },
    policy: { ...TEST_POLICY, ...overrides.policy },
  };
}

/** The list in which a test issuer's passes have their place. */
export const TEST_LIST = 7;
export const TEST_LIST_URI = 'https://test-issuer.example/status/7';
const TEST_LIST_INDICES = 8192;

export type StatusChanges = Iterable<readonly [index: number, status: ListedStatus]>;

/** An hour old, two bits, and all valid but for these. */
export const heldList = (
  changes: StatusChanges = [],
  overrides: Partial<HeldStatusList> = {},
): HeldStatusList => ({
  uri: TEST_LIST_URI,
  issuedAt: TEST_NOW_SECONDS - 3600,
  list: withStatuses(createStatusList(TEST_LIST_INDICES, 2), changes),
  ...overrides,
});

/** What an issuer has that publishes one list, and a tablet that holds it. */
export const testLists = (
  changes: StatusChanges = [],
  overrides: Partial<HeldStatusList> = {},
): IssuerLists => new Map([[TEST_LIST, heldList(changes, overrides)]]);
