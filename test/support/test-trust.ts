// A trust document's content for tests: one site, open gates, plain policy. Everything can be overridden.

import type { Issuer, Policy, Site, Trust } from '../../src/core/trust/trust.ts';
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
    expiresAt: TEST_NOW_SECONDS + 30 * 86_400,
    issuers,
    receiptKey: new Uint8Array(32).fill(7),
    ...overrides,
    site: { ...TEST_SITE, ...overrides.site },
    policy: { ...TEST_POLICY, ...overrides.policy },
  };
}
