// Tablets and enrolments in a real database: changes at once, keys that are somebody's, and what is swept when.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceKeyId } from '../../../src/core/identity/device-key.ts';
import { registerDevice } from '../../../src/core/identity/device-register.ts';
import { OFFER_LIFE_SECONDS, offerEnrolment } from '../../../src/core/identity/enrolment-offer.ts';
import { KeyTaken, type StoredDevice } from '../../../src/server/storage/device-store.ts';
import { openStores, type Stores } from '../../../src/server/storage/stores.ts';
import { deviceOf } from '../../support/test-batch.ts';
import { closeTestCluster, createTestDatabase } from '../../support/test-database.ts';
import { testEd25519Device, testP256Device } from '../../support/test-device.ts';

const NOW = 1_800_000_000;
const DAY = 86_400;

let stores: Stores;
let others: Stores;
let site = 0;
let ids = 0;
/** A site of its own for each test. */
const anySite = () => `site-${site++}`;

beforeAll(async () => {
  const target = await createTestDatabase();
  [stores, others] = [openStores(target), openStores(target)];
  await stores.migrate();
});
afterAll(async () => {
  await Promise.all([stores.close(), others.close()]);
  await closeTestCluster();
});

const offered = (at: string, nowSeconds = NOW) => {
  const id = `offer-${String(ids++).padStart(4, '0')}`;
  return offerEnrolment({ id, site: at, gate: 'gate-1', code: new Uint8Array(16).fill(ids) }, nowSeconds);
};

/** By the way that production code goes: offered, claimed, confirmed. */
async function enrol(at: string, device: string, key = testEd25519Device(1)): Promise<StoredDevice> {
  const { publicKey: tablet } = await key;
  const offer = offered(at);
  if (offer.kind !== 'offered') throw new Error('an offer');
  await stores.enrolments.add(offer, false);
  const claimed = { ...offer, kind: 'claimed' as const, tablet, digits: '123456' };
  expect(await stores.enrolments.claim(claimed, new Uint8Array(32))).toBe(true);
  let made: StoredDevice | null = null;
  await stores.enrolments.confirm(
    at,
    offer.id,
    async (_, before) => {
      const registered = await registerDevice({ site: at, device, key: tablet }, before, NOW);
      made = {
        ...registered,
        gate: offer.gate,
        enrolledAtSeconds: NOW,
        lastSeenAtSeconds: null,
        wipe: 'none',
        isPinResetOrdered: false,
      };
      const { code, ...rest } = offer;
      expect(code).toHaveLength(16);
      return {
        confirmed: { ...rest, kind: 'confirmed', tablet, device, epoch: registered.epoch },
        device: made,
      };
    },
    deviceKeyId,
  );
  if (made === null) throw new Error('not confirmed');
  return made;
}

describe('a tablet', () => {
  it('is found as it was written, by its id and its key, at its own site', async () => {
    const here = anySite();
    const written = await enrol(here, deviceOf(1), testP256Device());
    expect(await stores.devices.find(here, deviceOf(1))).toEqual(written);
    expect((await stores.devices.findByKey(here, written.current.keyId))?.device).toEqual(written);
    expect(await stores.devices.list(here)).toEqual([written]);
    expect(await stores.devices.keysOf(here, deviceOf(1))).toEqual([written.current.key]);
    expect(await stores.devices.find(anySite(), deviceOf(1))).toBeNull();
    expect(await stores.devices.findByKey(anySite(), written.current.keyId)).toBeNull();
  });

  it('is changed by one at a time: no change of two is lost', async () => {
    const here = anySite();
    await enrol(here, deviceOf(1));
    const bump = (by: Stores) =>
      by.devices.change(here, deviceOf(1), (held) => ({ ...held, epoch: held.epoch + 1 }));
    await Promise.all(Array.from({ length: 20 }, (_, at) => bump(at % 2 === 0 ? stores : others)));
    expect((await stores.devices.find(here, deviceOf(1)))?.epoch).toBe(21);
  });

  it('stays as it was when its change goes wrong, or is none', async () => {
    const here = anySite();
    const written = await enrol(here, deviceOf(1));
    const wrong = stores.devices.change(here, deviceOf(1), () => {
      throw new Error('no');
    });
    await expect(wrong).rejects.toThrow('no');
    expect(await stores.devices.change(here, deviceOf(1), () => null)).toEqual(written);
    expect(await stores.devices.find(here, deviceOf(1))).toEqual(written);
    expect(await stores.devices.change(here, deviceOf(2), (held) => held)).toBeNull();
  });

  it('keeps every key it ever had, and none is ever another’s', async () => {
    const here = anySite();
    const first = await enrol(here, deviceOf(1), testEd25519Device(1));
    const second = await enrol(here, deviceOf(2), testEd25519Device(2));
    const taking = stores.devices.change(here, deviceOf(1), (held) => ({ ...held, next: second.current }));
    await expect(taking).rejects.toThrow(KeyTaken);
    const { publicKey: key } = await testEd25519Device(3);
    const next = { keyId: await deviceKeyId(key), key, sinceSeconds: NOW + 1 };
    await stores.devices.change(here, deviceOf(1), (held) => ({ ...held, current: next }));
    expect(await stores.devices.keysOf(here, deviceOf(1))).toEqual([first.current.key, key]);
    expect((await stores.devices.find(here, deviceOf(1)))?.replaced).toEqual([first.current.keyId]);
  });

  it('was last heard when it was heard last', async () => {
    const here = anySite();
    await enrol(here, deviceOf(1));
    for (const seconds of [NOW + 60, NOW + 120, NOW + 90])
      await stores.devices.noteSeen(here, deviceOf(1), seconds);
    expect((await stores.devices.find(here, deviceOf(1)))?.lastSeenAtSeconds).toBe(NOW + 120);
  });
});

describe('an offer', () => {
  it('goes to one of several tablets that claim it at once', async () => {
    const here = anySite();
    const offer = offered(here);
    if (offer.kind !== 'offered') throw new Error('an offer');
    await stores.enrolments.add(offer, false);
    const claims = await Promise.all(
      Array.from({ length: 10 }, async (_, at) => {
        const { publicKey: tablet } = await testEd25519Device(at + 1);
        const claimed = { ...offer, kind: 'claimed' as const, tablet, digits: '000000' };
        return (at % 2 === 0 ? stores : others).enrolments.claim(claimed, new Uint8Array(32));
      }),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('counts as live until its end, and is forgotten a day after it', async () => {
    const here = anySite();
    const offer = offered(here);
    await stores.enrolments.add(offer, false);
    const end = NOW + OFFER_LIFE_SECONDS;
    expect(await stores.enrolments.countLive(here, end - 1)).toBe(1);
    expect(await stores.enrolments.countLive(here, end)).toBe(0);
    await stores.enrolments.sweep(end + DAY);
    expect(await stores.enrolments.find(here, offer.id)).not.toBeNull();
    await stores.enrolments.sweep(end + DAY + 1);
    expect(await stores.enrolments.find(here, offer.id)).toBeNull();
  });

  it('that confirms itself is forgotten when a hundred came after it, and no other is', async () => {
    const here = anySite();
    const [first, managers] = [offered(here, NOW - 2), offered(here, NOW - 3)];
    await stores.enrolments.add(first, true);
    await stores.enrolments.add(managers, false);
    for (let at = 0; at < 100; at++) await stores.enrolments.add(offered(here), true);
    await stores.enrolments.sweep(NOW);
    expect(await stores.enrolments.find(here, first.id)).toBeNull();
    expect(await stores.enrolments.find(here, managers.id)).not.toBeNull();
    expect((await stores.enrolments.list(here)).filter(({ isOpen }) => isOpen)).toHaveLength(100);
  });
});
