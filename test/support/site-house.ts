// A station whose server may found sites of two classes, and the register of its sites, on a store that tests can look into.

import { ok } from '../../src/core/result.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import type { JsonEntry } from '../../src/core/trust/publish/edit-document.ts';
import type { SiteInService } from '../../src/server/sites/site-in-service.ts';
import { createSiteRegister, type SiteRegister } from '../../src/server/sites/site-register.ts';
import type { SiteStore } from '../../src/server/storage/site-store.ts';
import { openSiteTrust, type SiteTrust, type SiteTrustParts } from '../../src/server/trust/site-trust.ts';
import { createMemorySiteStore } from './memory-site-store.ts';
import { createTestStation, type TestStation } from './test-station.ts';
import { TEST_POLICY } from './test-trust.ts';
import { standardPolicy } from './trust-desk.ts';

export interface SiteHouse {
  readonly station: TestStation;
  readonly store: ReturnType<typeof createMemorySiteStore>;
  readonly said: string[];
  nowSeconds: number;
  /** Another server on the same store, its settings file and what is published. */
  openServer(parts?: Partial<SiteTrustParts>, store?: SiteStore): Promise<SiteServer>;
}

export interface SiteServer {
  readonly trust: SiteTrust;
  readonly sites: SiteRegister;
}

/** Stricter than 'standard' in everything. */
export const buildingPolicy = (overrides: JsonEntry = {}): JsonEntry =>
  standardPolicy({
    class: 'building',
    mildest: { yellow: 'refuse', red: 'refuse' },
    maxPassAgeSeconds: 7200,
    maxSeenBeforeWindowSeconds: 600,
    ages: { freshSeconds: 100, ageingSeconds: 200, staleSeconds: 300 },
    maxRetentionDays: 3,
    ...overrides,
  });

export async function createSiteHouse(nowSeconds: number): Promise<SiteHouse> {
  const station = await createTestStation(nowSeconds);
  const { house } = station;
  house.policies = [standardPolicy(), buildingPolicy(), standardPolicy({ class: 'office' })];
  house.servers = [
    house.serverEntry(),
    house.serverEntry({ site: '*' }),
    house.serverEntry({ site: '*', class: 'building' }),
    // Sites of this class are founded by somebody else.
    house.serverEntry({ site: '*', class: 'office', settingsKeys: house.keys('settings-2') }),
  ];
  await house.publish();
  const siteHouse: SiteHouse = {
    station,
    store: createMemorySiteStore(),
    said: [],
    nowSeconds,
    async openServer(parts = {}, store = siteHouse.store) {
      const engine = await chooseEngine();
      const world = {
        engine,
        nowSeconds: () => siteHouse.nowSeconds,
        say: (line: string) => void siteHouse.said.push(line),
      };
      const trust = await openSiteTrust({ ...station.parts, ...parts }, world);
      const sites = createSiteRegister({ trust, store, ...world });
      await sites.look();
      return { trust, sites };
    },
  };
  return siteHouse;
}

/** What an owner sends to found one. */
export const kiosk = (site: JsonEntry = {}, more: JsonEntry = {}): JsonEntry => ({
  site: {
    id: 'kiosk',
    name: 'Kiosk',
    class: 'standard',
    timeZone: 'Asia/Kolkata',
    dayStartMinutes: 300,
    gates: [{ id: 'door', name: 'Door' }],
    ...site,
  },
  ...more,
});

export const policyWith = (more: JsonEntry): JsonEntry => ({ policy: { ...TEST_POLICY, ...more } });

export async function foundKiosk(
  { sites }: SiteServer,
  site: JsonEntry = {},
  more: JsonEntry = {},
): Promise<SiteInService> {
  const founded = await sites.create(kiosk(site, more));
  if (!founded.ok) throw new Error(`${founded.error.code} ${founded.error.place} ${founded.error.reason}`);
  return founded.value;
}

export const changeSite = (
  { sites }: SiteServer,
  id: string,
  more: { readonly site?: JsonEntry; readonly policy?: JsonEntry },
) =>
  sites.changeSettings(id, ({ settings: { site, policy } }) =>
    ok({ site: { ...site, ...more.site }, policy: { ...policy, ...more.policy } }),
  );
