// The status lists of the issuers that count here: each taken by itself, none older than the one that is held.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { createTestIssuer } from '../../../../support/test-issuer.ts';
import { DAY_SECONDS, DESK_NOW_SECONDS as NOW } from '../../../../support/trust-desk.ts';
import { listUri, sourceOf, TrustHouse } from '../../../../support/trust-house.ts';
import { TrustTablet } from '../../../../support/trust-tablet.ts';

const city = await createTestIssuer({ id: 'city', seed: 1 });
const county = await createTestIssuer({ id: 'county', seed: 2 });
const pass = await city.issue();

let house: TrustHouse;
let tablet: TrustTablet;

beforeEach(async () => {
  house = await TrustHouse.open();
  house.issuersById.set('city', house.entryOf(city));
  house.issuersById.set('county', house.entryOf(county));
  await house.publish();
  await house.publishList('city');
  await house.publishList('county');
  tablet = new TrustTablet(house.engine);
  await tablet.refreshAll(sourceOf(house.hand()), NOW);
});

const troublesOf = async (handed = house.hand(), nowSeconds = NOW) =>
  (await tablet.refreshLists(sourceOf(handed), nowSeconds))?.troubles.map(
    ({ issuer, list, why }) => `${issuer}/${list}: ${why}`,
  );
const verdict = async (nowSeconds = NOW) => (await tablet.judge(pass, nowSeconds)).reason;
const later = async (seconds: number, change: () => Promise<void>) => {
  house.desk.nowSeconds += seconds;
  await change();
  return house.hand();
};

describe('status lists', () => {
  it('are fetched, kept and used', async () => {
    expect([...(await tablet.store.readLists()).keys()]).toEqual([listUri('city'), listUri('county')]);
    expect(await verdict()).toBe('ok');
    await later(60, () => house.publishList('city', [[4242, 'revoked']]));
    expect(await troublesOf(house.hand(), NOW + 60)).toEqual([]);
    expect(await verdict(NOW + 60)).toBe('revoked');
  });

  it('that have not changed are not written again', async () => {
    const before = tablet.store.changes.length;
    await house.publishList('county', [], NOW + 1);
    expect(await troublesOf(house.hand(), NOW + 1)).toEqual([]);
    expect(tablet.store.changes.slice(before)).toEqual([`write list ${listUri('county')}`]);
  });

  it('fail one by one: the others come all the same, and the one that is held ages', async () => {
    const handed = await later(4 * DAY_SECONDS, async () => {
      await house.publishList('city', [[4242, 'suspended']]);
      await house.publishList('county');
    });
    const broken = new Map(handed.listsByPlace).set('county/7', utf8ToBytes('<html>'));
    const nowSeconds = house.nowSeconds;
    expect(await troublesOf({ ...handed, listsByPlace: broken }, nowSeconds)).toEqual([
      expect.stringMatching(/^county\/7: c(bor|ose)-/),
    ]);
    const lists = await tablet.store.readLists();
    expect(lists.get(listUri('city'))?.issuedAt).toBe(nowSeconds);
    expect(lists.get(listUri('county'))?.issuedAt).toBe(NOW);
  });

  it.each(['not-found', 'too-large', 'too-slow'] as const)(
    'that are %s leave the ones held',
    async (kind) => {
      const before = tablet.store.kept.lists;
      const held = await tablet.refreshLists(
        sourceOf(house.hand(), () => ({ kind })),
        NOW,
      );
      expect(held?.troubles.map(({ why }) => why)).toEqual([kind, kind]);
      expect(held?.lists).toEqual(before);
      expect(await verdict()).toBe('ok');
    },
  );
});

describe('a list that is not the one to use', () => {
  it('because it is older than the one held, is refused', async () => {
    const old = house.hand();
    await later(60, () => house.publishList('city', [[4242, 'revoked']]));
    await troublesOf(house.hand(), NOW + 60);
    expect(await troublesOf(old, NOW + 60)).toEqual(['city/7: status-rollback']);
    expect(await verdict(NOW + 60)).toBe('revoked');
    tablet = tablet.restarted();
    expect(await troublesOf(old, NOW + 60)).toEqual(['city/7: status-rollback']);
    expect(await verdict(NOW + 60)).toBe('revoked');
  });

  it('because it says something else of the same second, is refused', async () => {
    await house.publishList('city', [[1, 'revoked']]);
    expect(await troublesOf()).toEqual(['city/7: status-fork']);
  });

  it("because it is another issuer's, is refused", async () => {
    const handed = house.hand();
    const swapped = new Map([
      ['city/7', handed.listsByPlace.get('county/7') ?? new Uint8Array(0)],
      ['county/7', handed.listsByPlace.get('city/7') ?? new Uint8Array(0)],
    ]);
    expect(await troublesOf({ ...handed, listsByPlace: swapped })).toEqual([
      'city/7: status-other-uri',
      'county/7: status-other-uri',
    ]);
  });

  it('because a stranger signed it, is refused', async () => {
    house.listsBy = house.signers['status-2'];
    await later(60, () => house.publishList('city'));
    expect(await troublesOf(house.hand(), NOW + 60)).toEqual(['city/7: status-unknown-key']);
  });

  it('because its key was taken from issuers.json, is refused', async () => {
    const keys = house.keys('status-2');
    const statusLists = [{ list: 7, uri: listUri('city'), keys }];
    house.issuersById.set('city', house.entryOf(city, { statusLists }));
    await house.publish();
    await tablet.refresh(sourceOf(house.hand()), NOW);
    await later(60, () => house.publishList('city'));
    expect(await troublesOf(house.hand(), NOW + 60)).toEqual(['city/7: status-unknown-key']);
    house.listsBy = house.signers['status-2'];
    await house.publishList('city', [[4242, 'revoked']]);
    expect(await troublesOf(house.hand(), NOW + 60)).toEqual([]);
    expect(await verdict(NOW + 60)).toBe('revoked');
  });

  it('because it has ended or is from the future, is refused', async () => {
    const handed = house.hand();
    await later(8 * DAY_SECONDS, async () => {});
    expect(await troublesOf(handed, house.nowSeconds)).toEqual([
      'city/7: status-expired',
      'county/7: status-expired',
    ]);
    await house.publishList('city');
    expect((await troublesOf(house.hand(), NOW))?.[0]).toBe('city/7: status-issued-in-future');
  });
});

describe('a list that nobody names any more', () => {
  const withoutCity = async () => {
    house.issuersById.delete('city');
    await house.publish();
    await tablet.refresh(sourceOf(house.hand()), NOW);
  };

  it('is not asked for, and not used', async () => {
    await withoutCity();
    const asked: string[] = [];
    const source = sourceOf(house.hand(), (request) => {
      asked.push(request);
      return null;
    });
    await tablet.refreshLists(source, NOW);
    expect(asked).toEqual(['status county/7']);
    expect(await verdict()).toBe('unknown-issuer');
  });

  it('is kept while an older one could be played when it is named again', async () => {
    const old = house.hand();
    await later(60, () => house.publishList('city', [[4242, 'revoked']]));
    await troublesOf(house.hand(), NOW + 60);
    await withoutCity();
    await tablet.refreshLists(sourceOf(house.hand()), NOW + 120);
    house.issuersById.set('city', house.entryOf(city));
    await house.publish();
    expect(await tablet.refresh(sourceOf(house.hand()), NOW + 180)).toBe('ok');
    expect(await verdict(NOW + 180)).toBe('revoked');
    expect(await troublesOf(old, NOW + 180)).toEqual(['city/7: status-rollback']);
    expect(await verdict(NOW + 180)).toBe('revoked');
  });

  it('is forgotten when it is too old to judge by', async () => {
    await withoutCity();
    await tablet.refreshLists(sourceOf(house.hand()), NOW + 7 * DAY_SECONDS);
    expect([...(await tablet.store.readLists()).keys()]).toContain(listUri('city'));
    await tablet.refreshLists(sourceOf(house.hand()), NOW + 7 * DAY_SECONDS + 1);
    expect([...(await tablet.store.readLists()).keys()]).toEqual([listUri('county')]);
    expect(tablet.store.changes.at(-1)).toBe(`remove list ${listUri('city')}`);
  });

  it('belongs to an issuer that is only for trying things out: it is never asked for', async () => {
    house.issuersById.set('city', house.entryOf(city, { isTest: true }));
    await house.publish();
    await tablet.refresh(sourceOf(house.hand()), NOW);
    await later(60, () => house.publishList('city', [[1, 'revoked']]));
    await tablet.refreshLists(sourceOf(house.hand()), NOW + 60);
    expect((await tablet.store.readLists()).get(listUri('city'))?.issuedAt).toBe(NOW);
  });
});
