// From documents, settings and lists to what judges passes at one site.

import { describe, expect, it } from 'vitest';
import { assembleTrust } from '../../../../../src/core/trust/held/assemble-trust.ts';
import type { HeldTrust } from '../../../../../src/core/trust/held/held-trust.ts';
import type {
  ListedIssuer,
  ListedRuleset,
  PolicyBounds,
  TargetDocuments,
} from '../../../../../src/core/trust/targets/targets.ts';
import type { Issuer } from '../../../../../src/core/trust/trust.ts';
import { DEFAULT_AGES } from '../../../../../src/core/trust/trust-age.ts';
import { createTestIssuer, TEST_NOW_SECONDS } from '../../../../support/test-issuer.ts';
import { heldList, TEST_POLICY, TEST_SITE } from '../../../../support/test-trust.ts';

const { issuer } = await createTestIssuer({ id: 'city' });
const bytes = (byte: number) => new Uint8Array(32).fill(byte);
const listed = (overrides: Partial<ListedIssuer> = {}): ListedIssuer => ({
  id: issuer.id,
  name: issuer.name,
  appeal: issuer.appeal,
  scope: 'all',
  isTest: false,
  isSmall: false,
  keys: issuer.keys.map((key) => ({ ...key, isEmergency: false })),
  statusLists: 'none',
  rulesets: [],
  ...overrides,
});
const bounds = (overrides: Partial<PolicyBounds> = {}): PolicyBounds => ({
  class: 'standard',
  name: { en: 'Standard' },
  version: 1,
  mildest: { yellow: 'admit', red: 'check' },
  maxPassAgeSeconds: null,
  maxSeenBeforeWindowSeconds: 3600,
  ages: DEFAULT_AGES,
  maxRetentionDays: 30,
  ...overrides,
});
const ruleset = (id: string): ListedRuleset => ({
  id,
  name: id,
  version: 1,
  reasonsByNumber: new Map([[1, { text: { en: id }, next: { en: 'Go on' } }]]),
});
const server = {
  site: TEST_SITE.id,
  class: 'standard',
  settingsKeys: [bytes(1)],
  receiptKeys: [bytes(2), bytes(3)],
  timeKeys: [bytes(4)],
};

function assemble(documents: Partial<TargetDocuments>, lists = new Map()) {
  const held: HeldTrust = {
    version: 9,
    issuedAt: TEST_NOW_SECONDS,
    timestampKeys: 'a',
    documents: {
      issuers: [],
      policies: [bounds()],
      servers: [server],
      rulesetsById: new Map(),
      ...documents,
    },
    settings: { version: 1, issuedAt: TEST_NOW_SECONDS, site: TEST_SITE, policy: TEST_POLICY },
    settingsBytes: bytes(0),
  };
  return assembleTrust(held, lists);
}
const idsOf = (issuers: readonly ListedIssuer[]) => assemble({ issuers })?.issuers.map(({ id }) => id);
const onlyIssuer = (given: Partial<ListedIssuer>, lists = new Map(), documents = {}): Issuer | undefined =>
  assemble({ issuers: [listed(given)], ...documents }, lists)?.issuers[0];

describe('trust is put together', () => {
  it('of version, dates, the site and the keys of its server', () => {
    expect(assemble({})).toEqual({
      version: 9,
      issuedAt: TEST_NOW_SECONDS,
      site: TEST_SITE,
      policy: TEST_POLICY,
      clippings: [],
      issuers: [],
      receiptKeys: [bytes(2), bytes(3)],
      timeKeys: [bytes(4)],
    });
  });

  it('of nothing where no server speaks for the site, or its class has no bounds', () => {
    expect(assemble({ servers: [] })).toBeNull();
    expect(assemble({ servers: [{ ...server, site: 'harbour' }] })).toBeNull();
    expect(assemble({ servers: [{ ...server, class: 'office' }] })).toBeNull();
  });

  it('with the bounds of its own class, and says what was put back', () => {
    const policies = [bounds({ class: 'office' }), bounds({ mildest: { yellow: 'refuse', red: 'refuse' } })];
    const trust = assemble({ policies });
    expect(trust?.policy.byColour.yellow).toBe('refuse');
    expect(trust?.clippings).toEqual([{ place: 'policy.byColour.yellow', asked: 'check', used: 'refuse' }]);
  });
});

describe('issuers', () => {
  it('for trying things out do not exist', () => {
    expect(idsOf([listed({ isTest: true }), listed({ id: 'county' })])).toEqual(['county']);
  });

  it('count where their scope names the class of the site', () => {
    expect(
      idsOf([
        listed({ id: 'all', scope: 'all' }),
        listed({ id: 'here', scope: ['office', 'standard'] }),
        listed({ id: 'elsewhere', scope: ['office'] }),
      ]),
    ).toEqual(['all', 'here']);
  });

  it('keep name, appeal, keys and whether they are small', () => {
    expect(onlyIssuer({ isSmall: true })).toMatchObject({
      id: 'city',
      name: issuer.name,
      appeal: issuer.appeal,
      keys: issuer.keys,
      isSmall: true,
    });
  });

  it('have their rule sets under the numbers of their own passes', () => {
    const rulesetsById = new Map([
      ['health', ruleset('health')],
      ['work', ruleset('work')],
    ]);
    const rulesets = [
      { number: 5, id: 'work' },
      { number: 1, id: 'health' },
    ];
    const numbers = onlyIssuer({ rulesets }, new Map(), { rulesetsById })?.rulesetsByNumber;
    expect([...(numbers ?? [])].map(([number, { name }]) => [number, name])).toEqual([
      [5, 'work'],
      [1, 'health'],
    ]);
  });
});

describe('status lists', () => {
  const published = (list: number, uri: string) => ({ list, uri, keys: [bytes(5)] });
  const one = heldList([], { uri: 'https://a.example/1' });

  it('stand under their numbers; one that is not held is known to be missing', () => {
    const statusLists = [published(1, 'https://a.example/1'), published(2, 'https://a.example/2')];
    const status = onlyIssuer({ statusLists }, new Map([[one.uri, one]]))?.status;
    expect(status).toEqual(
      new Map([
        [1, one],
        [2, null],
      ]),
    );
  });

  it('of another address are not used, whatever their number', () => {
    const status = onlyIssuer(
      { statusLists: [published(1, 'https://b.example/1')] },
      new Map([[one.uri, one]]),
    )?.status;
    expect(status).toEqual(new Map([[1, null]]));
  });

  it('are none where the issuer takes nothing back', () => {
    expect(onlyIssuer({ statusLists: 'none' }, new Map([[one.uri, one]]))?.status).toBe('none');
  });
});
