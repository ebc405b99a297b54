// Day keys in a real IndexedDB: no script takes them out, they end with their day, and what was seen stays known under all
// that are held.

import { expect, test } from '@playwright/test';
import { openLogPage } from './open-page.ts';

test.beforeEach(({ page }) => openLogPage(page));

const SITE = { timeZone: 'Europe/Berlin', dayStartMinutes: 240 };
/** The second of March ends at the site, at four in the morning of the third. */
const DAY_END_MS = Date.UTC(2026, 2, 3, 3);
const WINDOW_SECONDS = 900;

test('a key of its own is one all day, cannot be exported, and nobody can tell two days apart by it', async ({
  page,
}) => {
  const seen = await page.evaluate(async () => {
    const database = await window.log.openDatabase();
    const pass = { list: 7, index: 1 };
    const on = async (day: string) => {
      const { pseudonym, isOwnKey } = await (await window.log.openDay(database, day)).recall(
        'city',
        pass,
        'in',
      );
      return `${isOwnKey} ${pseudonym.join()}`;
    };
    const days = [await on('2026-03-02'), await on('2026-03-02'), await on('2026-03-03')];
    const [held] = await database.getAll('dayKeys');
    const taken =
      held && (await crypto.subtle.exportKey('raw', held.key).catch((error: Error) => error.name));
    return { days, taken };
  });
  expect(seen.days[0]).toBe(seen.days[1]);
  expect(seen.days[2]).not.toBe(seen.days[0]);
  expect(seen.days.every((day) => day.startsWith('true '))).toBe(true);
  expect(seen.taken).toBe('InvalidAccessError');
});

test('when the site key comes in the middle of the day it is used from then on, and what was seen before still shows', async ({
  page,
}) => {
  const seen = await page.evaluate(async () => {
    const [database, day] = [await window.log.openDatabase(), '2026-03-02'];
    const pass = { list: 7, index: 1 };
    const note = async (minute: number) => {
      const memory = await window.log.openDay(database, day);
      const { pseudonym, isOwnKey, lastSeen } = await memory.recall('city', pass, 'in');
      const hex = [...pseudonym].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      await database.put('sightings', { day, pseudonym: hex, minute, gate: 'gate-1', direction: 'in' });
      return { isOwnKey, lastMinute: lastSeen?.minute ?? null, hex };
    };
    const before = await note(10);
    const key = new Uint8Array(32).fill(5);
    await window.log.keepDayKeys(database, 'site', {
      sealKeys: [{ day, publicKey: new Uint8Array(32).fill(9) }],
      pseudonymKeys: [{ day, key }],
    });
    const [after, again] = [await note(20), await note(30)];
    const kinds = (await database.getAllKeys('dayKeys')).map((name) => name.join(' '));
    const sealKey = await window.log.readSealKey(database, 'site', day);
    return { before, after, again, kinds, isOverwritten: key.every((byte) => byte === 0), sealKey };
  });
  expect(seen.before).toMatchObject({ isOwnKey: true, lastMinute: null });
  expect(seen.after).toMatchObject({ isOwnKey: false, lastMinute: 10 });
  expect(seen.again).toMatchObject({ isOwnKey: false, lastMinute: 20, hex: seen.after.hex });
  expect(seen.after.hex).not.toBe(seen.before.hex);
  expect(seen.kinds).toEqual(['2026-03-02 own', '2026-03-02 site']);
  expect(seen.isOverwritten).toBe(true);
  expect(seen.sealKey?.name).toHaveLength(4);
});

for (const [words, offsetMs, kept] of [
  ['as long as the window runs on', WINDOW_SECONDS * 1000 - 1, ['2026-03-02', '2026-03-03']],
  ['once the window is over too', WINDOW_SECONDS * 1000, ['2026-03-03']],
] as const) {
  test(`a day's keys and sightings: ${words}`, async ({ page }) => {
    const left = await page.evaluate(
      async ({ site, nowMs, windowSeconds }) => {
        const database = await window.log.openDatabase();
        for (const day of ['2026-03-02', '2026-03-03']) {
          await window.log.openDay(database, day);
          await database.put('sightings', { day, pseudonym: 'aa', minute: 1, gate: 'g', direction: 'in' });
        }
        const isChanged = await window.log.destroyEnded(database, nowMs, site, windowSeconds);
        const keys = (await database.getAllKeys('dayKeys')).map(([day]) => day);
        const sightings = (await database.getAllKeys('sightings')).map(([day]) => day);
        return { isChanged, keys, sightings };
      },
      { site: SITE, nowMs: DAY_END_MS + offsetMs, windowSeconds: WINDOW_SECONDS },
    );
    expect(left).toEqual({ isChanged: kept.length < 2, keys: kept, sightings: kept });
  });
}

test('an own key of a day that has not come was made by a wrong clock, and goes; the site key of that day stays', async ({
  page,
}) => {
  const keys = await page.evaluate(
    async ({ site, nowMs }) => {
      const database = await window.log.openDatabase();
      await window.log.openDay(database, '2027-03-02');
      await window.log.keepDayKeys(database, 'site', {
        sealKeys: [],
        pseudonymKeys: [{ day: '2026-03-05', key: new Uint8Array(32).fill(1) }],
      });
      await window.log.destroyEnded(database, nowMs, site, 0);
      return (await database.getAllKeys('dayKeys')).map((name) => name.join(' '));
    },
    { site: SITE, nowMs: DAY_END_MS },
  );
  expect(keys).toEqual(['2026-03-05 site']);
});
