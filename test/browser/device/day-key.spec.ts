// The key behind a day's pseudonyms, in a real IndexedDB: it cannot be taken out, and it ends with its day.

import { expect, test } from '@playwright/test';
import { openPage } from './open-page.ts';

test.beforeEach(({ page }) => openPage(page));

test('stays the same all day, cannot be exported, and is destroyed with what was seen when another day begins', async ({
  page,
}) => {
  const seen = await page.evaluate(async () => {
    const database = await window.memory.openDatabase();
    const macOn = async (day: string) =>
      [...(await (await window.memory.openDay(database, day)).mac(new Uint8Array([1])))].join();
    const monday = [await macOn('2026-03-02'), await macOn('2026-03-02')];
    const [held] = await database.getAll('dayKeys');
    const taken =
      held && (await crypto.subtle.exportKey('raw', held.key).catch((error: Error) => error.name));
    await database.put('sightings', {
      day: '2026-03-02',
      pseudonym: 'aa',
      minute: 1,
      gate: 'gate-1',
      direction: 'in',
    });
    const tuesday = await macOn('2026-03-03');
    const keptDays = await database.getAllKeys('dayKeys');
    const keptSightings = await database.count('sightings');
    return { monday, tuesday, taken, keptDays, keptSightings, mondayAgain: await macOn('2026-03-02') };
  });
  expect(seen.monday[0]).toBe(seen.monday[1]);
  expect(seen.taken).toBe('InvalidAccessError');
  expect([seen.keptDays, seen.keptSightings]).toEqual([[['2026-03-03', 'own']], 0]);
  expect(new Set([seen.monday[0], seen.tuesday, seen.mondayAgain]).size).toBe(3);
});
