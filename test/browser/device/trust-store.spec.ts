// What a tablet keeps of trust, in a real IndexedDB, fetched over HTTP by the tablet's own source: it stays over a
// reload, each write is strict, a refresh that is killed at any write leaves what judges passes, and an older database
// is carried over with its records.

import { expect, type Page, test } from '@playwright/test';
import { createTestIssuer } from '../../support/test-issuer.ts';
import { DESK_NOW_SECONDS } from '../../support/trust-desk.ts';
import { type Handed, TrustHouse } from '../../support/trust-house.ts';
import { openPage } from './open-page.ts';

const NOW = DESK_NOW_SECONDS + 60;
let older: Handed;
let newer: Handed;

test.beforeAll(async () => {
  const house = await TrustHouse.open();
  const [city, county] = await Promise.all([
    createTestIssuer({ id: 'city', seed: 1 }),
    createTestIssuer({ id: 'county', seed: 2 }),
  ]);
  for (const issuer of [city, county]) house.issuersById.set(issuer.issuer.id, house.entryOf(issuer));
  await house.publish();
  for (const id of ['city', 'county']) await house.publishList(id);
  older = house.hand();

  // The key of the timestamp changes, an issuer goes, a pass is taken back, the rules change.
  house.desk.nowSeconds = NOW;
  house.issuersById.delete('county');
  await house.desk.stageRoot(house.desk.keysOf(['anna', 'ben', 'carol'], ['server-2']));
  await house.publish('server-2');
  await house.publishList('city', [[1, 'revoked']]);
  await house.setPolicy({ name: 'Newer rules' });
  newer = house.hand();
});

const OLD_KNOWLEDGE = 'Lindenhof rules, 2, valid';
const NEW_KNOWLEDGE = 'Newer rules, 1, revoked';

/** Answers as the server does. */
async function serve(page: Page, { files, settings, listsByPlace }: Handed): Promise<void> {
  await page.unroute('**/api/**').catch(() => undefined);
  await page.route('**/api/**', async (route) => {
    const path = decodeURIComponent(new URL(route.request().url()).pathname);
    const found =
      path === '/api/settings'
        ? settings
        : (files.get(path.replace('/api/trust/', '')) ?? listsByPlace.get(path.replace('/api/status/', '')));
    if (found === null || found === undefined)
      return route.fulfill({ status: 404, json: { error: 'not-found' } });
    return route.fulfill({ status: 200, body: Buffer.from(found) });
  });
}

const refresh = (page: Page, change?: number, when?: 'before' | 'after') =>
  page.evaluate(
    async ([now, at, moment]) => {
      const database = await window.memory.openDatabase();
      const refreshed = await window.memory.refresh(database, now, at ?? undefined, moment ?? undefined);
      database.close();
      return refreshed;
    },
    [NOW, change ?? null, when ?? null] as const,
  );

const look = (page: Page) =>
  page.evaluate(async () => {
    const database = await window.memory.openDatabase();
    const seen = {
      knowledge: await window.memory.knowledge(database),
      contents: await window.memory.contents(database),
    };
    database.close();
    return seen;
  });

const forget = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('gatelight');
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      }),
  );

test('is fetched over HTTP, judges passes after a reload without a network, and is renewed whole', async ({
  page,
}) => {
  await openPage(page);
  await serve(page, older);
  expect((await refresh(page)).outcome).toBe('ok');
  await page.unroute('**/api/**');
  await page.route('**/api/**', (route) => route.abort());
  await openPage(page);
  expect((await look(page)).knowledge).toBe(OLD_KNOWLEDGE);
  expect((await refresh(page)).outcome).toMatch(/^unreachable/);
  expect((await look(page)).knowledge).toBe(OLD_KNOWLEDGE);
  await serve(page, newer);
  expect((await refresh(page)).outcome).toBe('ok');
  expect((await look(page)).knowledge).toBe(NEW_KNOWLEDGE);
});

test('every write asks for strict durability', async ({ page }) => {
  await page.addInitScript(() => {
    const asked: (string | undefined)[] = [];
    Object.assign(window, { askedDurabilities: asked });
    const real = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, mode, options) {
      if (mode === 'readwrite') asked.push(options?.durability);
      return real.call(this, names, mode, options);
    };
  });
  await openPage(page);
  await serve(page, older);
  await refresh(page);
  await serve(page, newer);
  const { changes } = await refresh(page);
  expect(changes).toContain('remove timestamp');
  const asked = await page.evaluate(
    () => (window as unknown as { askedDurabilities: string[] }).askedDurabilities,
  );
  expect(asked.length).toBeGreaterThan(changes.length);
  expect(new Set(asked)).toEqual(new Set(['strict']));
});

test('a refresh killed at any write judges by the old or the new, and the next one goes through', async ({
  page,
}) => {
  await openPage(page);
  await serve(page, older);
  await refresh(page);
  await serve(page, newer);
  const { changes } = await refresh(page);
  const undisturbed = await look(page);
  expect(undisturbed.knowledge).toBe(NEW_KNOWLEDGE);
  expect(changes.length).toBeGreaterThan(8);

  const seen = new Set<string | null>();
  for (let change = 1; change <= changes.length; change++) {
    for (const when of ['before', 'after'] as const) {
      const said = `${when} change ${change}, ${changes[change - 1]}`;
      await forget(page);
      await serve(page, older);
      expect((await refresh(page)).outcome, said).toBe('ok');
      await serve(page, newer);
      expect((await refresh(page, change, when)).outcome, said).toBe('killed');
      const { knowledge } = await look(page);
      seen.add(knowledge);
      expect([OLD_KNOWLEDGE, 'Newer rules, 1, valid', NEW_KNOWLEDGE], said).toContain(knowledge);
      expect((await refresh(page)).outcome, said).toBe('ok');
      expect(await look(page), said).toEqual(undisturbed);
    }
  }
  expect(seen.size).toBe(3);
});

test('an older database is carried over: what was not sealed goes, and trust of the other form with its floor', async ({
  page,
}) => {
  await openPage(page);
  await page.evaluate(makeFirstVersion);
  const carried = await page.evaluate(async () => {
    const database = await window.memory.openDatabase();
    const facts = await database.getAllKeys('facts');
    return {
      facts,
      records: await database.count('records'),
      sightings: await database.count('sightings'),
      receipts: await database.count('receipts'),
      dayKeys: await database.count('dayKeys'),
      reserve: await database.count('reserve'),
      position: await window.memory.readFact(database, 'position'),
      knowledge: await window.memory.knowledge(database),
    };
  });
  const identity = { site: 'lindenhof', device: 'a'.repeat(32), epoch: 2 };
  expect(carried).toMatchObject({
    facts: ['position'],
    records: 0,
    sightings: 0,
    receipts: 0,
    dayKeys: 0,
    reserve: 1,
    position: { identity, head: { seq: 5, hash: new Uint8Array([7]) } },
    knowledge: null,
  });
  await serve(page, older);
  expect((await refresh(page)).outcome).toBe('ok');
  expect((await look(page)).knowledge).toBe(OLD_KNOWLEDGE);
});

/** The database as version 1 of the program made it, in use. */
async function makeFirstVersion(): Promise<void> {
  const opening = indexedDB.open('gatelight', 1);
  opening.onupgradeneeded = () => {
    const fresh = opening.result;
    fresh.createObjectStore('records', { keyPath: ['site', 'device', 'epoch', 'seq'] });
    fresh.createObjectStore('sightings', { keyPath: ['day', 'pseudonym', 'direction'] });
    fresh.createObjectStore('dayKeys', { keyPath: 'day' });
    fresh.createObjectStore('receipts', { keyPath: ['site', 'device', 'epoch'] });
    fresh.createObjectStore('facts');
    fresh.createObjectStore('reserve');
  };
  await new Promise((resolve) => opening.addEventListener('success', resolve));
  const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, [
    'sign',
  ]);
  const day = '2026-03-02';
  const identity = { site: 'lindenhof', device: 'a'.repeat(32), epoch: 2 };
  const names = ['records', 'sightings', 'dayKeys', 'receipts', 'facts', 'reserve'];
  const transaction = opening.result.transaction(names, 'readwrite');
  const put = (store: string, value: unknown, at?: IDBValidKey) =>
    transaction.objectStore(store).put(value, at);
  for (const seq of [4, 5]) put('records', { ...identity, seq, envelope: new Uint8Array([seq]) });
  put('sightings', { day, pseudonym: 'aa', minute: 1, gate: 'gate-1', direction: 'in' });
  put('dayKeys', { day, key });
  put('receipts', { ...identity, receipt: new Uint8Array([9]) });
  put('facts', { identity, head: { seq: 5, hash: new Uint8Array([7]) } }, 'position');
  put('facts', { text: '{}', root: new Uint8Array(32) }, 'trust');
  put('facts', 1_772_355_600_000, 'clockFloorMs');
  put('reserve', new Uint8Array(8), 0);
  await new Promise((resolve) => transaction.addEventListener('complete', resolve));
  opening.result.close();
}

test('the floor keeps the later time under the same keys, and takes another’s whatever it is', async ({
  page,
}) => {
  await openPage(page);
  const floors = await page.evaluate(async () => {
    const database = await window.memory.openDatabase();
    const stored: unknown[] = [];
    for (const [ms, under] of [
      [5000, 'a'],
      [4000, 'a'],
      [6000, 'a'],
      [1000, 'b'],
    ] as const) {
      await window.memory.writeFloor(database, { ms, under });
      stored.push(await window.memory.readFact(database, 'clockFloor'));
    }
    return stored;
  });
  expect(floors).toEqual([
    { ms: 5000, under: 'a' },
    { ms: 5000, under: 'a' },
    { ms: 6000, under: 'a' },
    { ms: 1000, under: 'b' },
  ]);
});
