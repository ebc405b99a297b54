// Sites that were founded, when something else changes: what is published, the server's key, the database.

import { beforeEach, describe, expect, it } from 'vitest';
import {
  buildingPolicy,
  changeSite,
  createSiteHouse,
  foundKiosk,
  type SiteHouse,
  type SiteServer,
} from '../../../support/site-house.ts';
import { TEST_LIST } from '../../../support/test-trust.ts';
import { standardPolicy } from '../../../support/trust-desk.ts';

const NOW = Date.UTC(2026, 2, 2, 12) / 1000;

let house: SiteHouse;
let server: SiteServer;

beforeEach(async () => {
  house = await createSiteHouse(NOW);
  server = await house.openServer();
});

describe('when what is published changes', () => {
  it('bounds that were narrowed clip what was chosen, which is said once', async () => {
    await foundKiosk(server, { class: 'building' });
    const { house: publisher } = house.station;
    publisher.policies = [
      standardPolicy(),
      buildingPolicy({ maxRetentionDays: 2 }),
      standardPolicy({ class: 'office' }),
    ];
    await publisher.publish();
    const handed = await server.sites.readSettings('kiosk');
    await server.sites.look();
    expect(server.sites.find('kiosk')).toMatchObject({ retentionDays: 2, policy: { retentionDays: 2 } });
    expect(house.said.filter((line) => line.startsWith('site kiosk'))).toHaveLength(1);
    expect(handed).toEqual(server.sites.find('kiosk')?.handedOut);
  });

  it('a class that is founded here no more leaves its sites as they were, and says so once', async () => {
    const before = await foundKiosk(server, { class: 'building' });
    const { house: publisher } = house.station;
    publisher.servers = [publisher.serverEntry(), publisher.serverEntry({ site: '*' })];
    await publisher.publish();
    await server.trust.look();
    await server.sites.look();
    await server.sites.look();
    expect(server.sites.find('kiosk')?.handedOut).toEqual(before.handedOut);
    expect(house.said).toEqual([expect.stringMatching(/^site kiosk: .*stay in use/)]);
    const again = await house.openServer();
    expect(again.sites.all().map(({ site }) => site.id)).toEqual(['lindenhof']);
    expect(house.said.at(-1)).toMatch(/^site kiosk: .*not in service/);
  });

  it('a new settings key signs all sites anew, each once, with the next version', async () => {
    await foundKiosk(server);
    const { house: publisher } = house.station;
    const settingsKeys = publisher.keys('settings-2');
    publisher.servers = [
      publisher.serverEntry({ settingsKeys }),
      publisher.serverEntry({ site: '*', settingsKeys }),
    ];
    await publisher.publish();
    const signers = { ...house.station.parts.signers, settings: publisher.signers['settings-2'] };
    const [one, two] = await Promise.all([house.openServer({ signers }), house.openServer({ signers })]);
    await Promise.all([one.sites.look(), two.sites.look()]);
    await Promise.all([one.sites.look(), two.sites.look()]);
    expect(one.sites.find('kiosk')?.settings.version).toBe(NOW + 1);
    expect(one.sites.find('kiosk')?.handedOut).toEqual(two.sites.find('kiosk')?.handedOut);
    expect(house.store.sitesById.get('kiosk')?.revision).toBe(2);
  });
});

describe('the lists of an issuer', () => {
  it('that counts at founded sites alone are handed out too, and of one that counts at no site here are not', async () => {
    const { house: publisher, issuer, parts } = house.station;
    const { id } = issuer.issuer;
    const issuersOf = async (scope: readonly string[]) => {
      publisher.issuersById.set(id, publisher.entryOf(issuer, { scope }));
      await publisher.publish();
      const { trust } = await house.openServer(parts);
      await trust.look();
      return trust.readList(id, TEST_LIST);
    };
    expect(await issuersOf(['building'])).not.toBeNull();
    expect(await issuersOf(['office'])).toBeNull();
  });
});

describe('when the database is away', () => {
  it('sites that are known stay in service, and it is said once until it is back', async () => {
    await foundKiosk(server);
    const { heads } = house.store;
    Object.assign(house.store, { heads: () => Promise.reject(new Error('away')) });
    await server.sites.look();
    await server.sites.look();
    expect(server.sites.find('kiosk')).not.toBeNull();
    expect(house.said).toEqual(['sites were not looked at: away']);
    Object.assign(house.store, { heads });
    await server.sites.look();
    expect((await changeSite(server, 'kiosk', { site: { name: 'Back' } })).ok).toBe(true);
  });
});
