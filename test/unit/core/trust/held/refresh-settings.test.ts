// A refresh of a site's settings: newer ones of this site, signed by a key that the documents in use name, and no others.

import { beforeEach, describe, expect, it } from 'vitest';
import type { TrustSource } from '../../../../../src/core/trust/held/ports.ts';
import { openCityHouse } from '../../../../support/city-house.ts';
import { TEST_POLICY, TEST_SITE } from '../../../../support/test-trust.ts';
import { DESK_NOW_SECONDS as NOW, standardPolicy } from '../../../../support/trust-desk.ts';
import { type Handed, sourceOf, type TrustHouse } from '../../../../support/trust-house.ts';
import { TrustTablet } from '../../../../support/trust-tablet.ts';

let house: TrustHouse;
let tablet: TrustTablet;

beforeEach(async () => {
  ({ house, tablet } = await openCityHouse());
});

const now = (): TrustSource => sourceOf(house.hand());
const inUse = async () => {
  const held = await tablet.store.readTrust();
  return { settings: held?.settings.version, issuedAt: held?.issuedAt, version: held?.version };
};

describe('the settings of the site', () => {
  beforeEach(async () => {
    await house.setPolicy({ tooOld: 'refuse' });
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
  });

  const settingsOf = async (change: () => Promise<void>): Promise<Handed> => {
    await change();
    return house.hand();
  };

  it('are replaced by newer ones', async () => {
    const newer = await settingsOf(() => house.setPolicy({ name: 'Newer rules' }));
    expect(await tablet.refresh(sourceOf(newer), NOW)).toBe('ok');
    expect((await tablet.trust())?.policy.name).toBe('Newer rules');
  });

  it('do not go back to an older version', async () => {
    const older = await settingsOf(() => house.setPolicy({}, { version: 1 }));
    expect(await tablet.refresh(sourceOf(older), NOW)).toBe('settings-rollback');
    expect((await tablet.trust())?.policy.tooOld).toBe('refuse');
  });

  it('of the same version are replaced only by some that were signed later', async () => {
    const same = await settingsOf(() => house.setPolicy({ name: 'Others' }, { version: 2 }));
    expect(await tablet.refresh(sourceOf(same), NOW)).toBe('settings-rollback');
    const earlier = await settingsOf(() => house.setPolicy({}, { version: 2, issuedAt: NOW - 1 }));
    expect(await tablet.refresh(sourceOf(earlier), NOW)).toBe('settings-rollback');
    const later = await settingsOf(() =>
      house.setPolicy({ name: 'Later' }, { version: 2, issuedAt: NOW + 1 }),
    );
    expect(await tablet.refresh(sourceOf(later), NOW)).toBe('ok');
    expect((await tablet.trust())?.policy.name).toBe('Later');
  });

  it('that are refused hold nothing else up: the new documents come, and the settings that are held stay', async () => {
    const old = house.hand().settings;
    await house.setPolicy({ name: 'Later' });
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    house.servers = [house.serverEntry(), house.serverEntry({ site: 'harbour' })];
    await house.publish();
    expect(await tablet.refresh(sourceOf({ ...house.hand(), settings: old }), NOW)).toBe('settings-rollback');
    expect((await tablet.trust())?.policy.name).toBe('Later');
    expect((await tablet.store.readTrust())?.documents.servers).toHaveLength(2);
  });

  it('by a stranger are refused, and nothing changes', async () => {
    house.settingsBy = house.signers['settings-2'];
    const foreign = await settingsOf(() => house.setPolicy({ name: 'Foreign' }));
    expect(await tablet.refusal(sourceOf(foreign), NOW)).toBe('settings: settings-signature: lindenhof');
    expect(await inUse()).toMatchObject({ settings: 2 });
  });

  it('of another site, signed well, are refused: a tablet stays at its site', async () => {
    house.servers = [
      house.serverEntry(),
      house.serverEntry({ site: 'harbour', settingsKeys: house.keys('settings-2') }),
    ];
    await house.publish();
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    house.settingsBy = house.signers['settings-2'];
    const harbour = await settingsOf(() =>
      house.setPolicy({ name: 'Harbour rules' }, { version: 99, site: { ...TEST_SITE, id: 'harbour' } }),
    );
    expect(await tablet.refusal(sourceOf(harbour), NOW)).toBe(
      'settings-other-site: harbour instead of lindenhof',
    );
    expect((await tablet.trust())?.site.id).toBe('lindenhof');
  });

  it('whose key is taken from servers.json end with it', async () => {
    const old = house.hand().settings;
    house.servers = [house.serverEntry({ settingsKeys: house.keys('settings-2') })];
    await house.publish();
    const before = await inUse();
    expect(await tablet.refusal(sourceOf({ ...house.hand(), settings: old }), NOW)).toBe(
      'settings: settings-signature: lindenhof',
    );
    expect(await tablet.refresh(sourceOf({ ...house.hand(), settings: null }), NOW)).toBe('unreachable');
    expect(await inUse()).toEqual(before);
    house.settingsBy = house.signers['settings-2'];
    await house.setPolicy({ name: 'By the new key' });
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    expect((await tablet.trust())?.policy.name).toBe('By the new key');
  });

  it('hold under two keys while one takes over from the other', async () => {
    house.servers = [house.serverEntry({ settingsKeys: house.keys('settings', 'settings-2') })];
    await house.publish();
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    house.settingsBy = house.signers['settings-2'];
    await house.setPolicy({ name: 'By the new key' });
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    house.servers = [house.serverEntry({ settingsKeys: house.keys('settings-2') })];
    await house.publish();
    expect(await tablet.refresh(sourceOf({ ...house.hand(), settings: null }), NOW)).toBe('ok');
    expect((await tablet.trust())?.policy.name).toBe('By the new key');
  });

  it('of a site that servers.json no longer names are not used under the new documents', async () => {
    house.servers = [];
    await house.publish();
    const before = await inUse();
    expect(await tablet.refusal(now(), NOW)).toBe('settings: settings-unknown-site: lindenhof');
    expect(await inUse()).toEqual(before);
  });

  it('are within the bounds of the newest documents, though they themselves are older', async () => {
    await house.setPolicy({ byColour: { ...TEST_POLICY.byColour, yellow: 'check' } });
    house.policies = [standardPolicy({ mildest: { yellow: 'refuse', red: 'refuse' } })];
    await house.publish();
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    expect((await tablet.trust())?.policy.byColour.yellow).toBe('refuse');
    expect((await tablet.trust())?.clippings.map(({ place }) => place)).toEqual(['policy.byColour.yellow']);
  });
});

describe('a tablet that is enrolled at a site', () => {
  const harbour = { ...TEST_SITE, id: 'harbour' };
  const enrolledAt = (site: string, before = tablet) =>
    new TrustTablet(house.engine, before.store.kept, null, null, site);

  beforeEach(async () => {
    // One server for both, so that its key vouches for the settings of either.
    house.servers = [house.serverEntry(), house.serverEntry({ site: 'harbour' })];
    await house.publish();
  });

  it('takes the settings of that site only, also as its first', async () => {
    await house.setPolicy({});
    tablet = enrolledAt('harbour');
    expect(await tablet.refusal(now(), NOW)).toBe('settings-other-site: lindenhof instead of harbour');
    expect(await tablet.trust()).toBeNull();
    await house.setPolicy({}, { site: harbour });
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    expect((await tablet.trust())?.site.id).toBe('harbour');
  });

  it('begins anew when it was at another before: neither its settings nor their version count', async () => {
    await house.setPolicy({}, { version: 900 });
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    const moved = enrolledAt('harbour');
    expect(await moved.refresh(sourceOf({ ...house.hand(), settings: null }), NOW)).toBe('unreachable');
    await house.setPolicy({}, { version: 5, site: harbour });
    expect(await moved.refresh(now(), NOW)).toBe('ok');
    expect(await moved.trust()).toMatchObject({ site: { id: 'harbour' } });
    expect((await moved.store.readTrust())?.settings.version).toBe(5);
    await house.setPolicy({}, { version: 4, site: harbour });
    expect(await moved.refresh(now(), NOW)).toBe('settings-rollback');
  });
});
