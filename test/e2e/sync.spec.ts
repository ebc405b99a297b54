// Every scan reaches the server exactly once, whatever happens on the way.

import type { Page } from '@playwright/test';
import { expect, openScanner, type Station, scanText, startShift, test, waitingCount } from './station.ts';

/** Scans that are told apart by nothing but their number: codes that are no passes, quick and endless. */
async function scanSome(page: Page, count: number, name = 'x'): Promise<void> {
  for (let at = 0; at < count; at++) {
    const seen = await scanText(page, `https://example.org/${name}/${at}`);
    expect(seen).toEqual({ verdict: 'unverifiable', reason: 'not-a-pass' });
  }
}

async function expectOnServer(station: Station, page: Page, count: number): Promise<void> {
  await expect.poll(() => waitingCount(page), { timeout: 60_000 }).toBe(0);
  expect(await station.server.countScans()).toBe(count);
}

/** The start of a shift is a record too: from here on nothing else is on its way. */
async function startShiftOnServer(station: Station, page: Page): Promise<void> {
  await startShift(page);
  const isOnShift = async () =>
    (await station.server.report()).tablets.some((tablet) => tablet.shiftSince !== null);
  await expect.poll(isOnShift, { timeout: 60_000 }).toBe(true);
  await expectOnServer(station, page, 0);
}

test('with the link pulled, over a reload, and back', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startShift(page);
  await scanSome(page, 2, 'before');
  await expectOnServer(station, page, 2);
  await context.setOffline(true);
  await scanSome(page, 2, 'off');
  await page.reload();
  await startShift(page);
  await scanSome(page, 2, 'reloaded');
  // And the start of that shift.
  expect(await waitingCount(page)).toBe(5);
  await context.setOffline(false);
  await expectOnServer(station, page, 6);
});

test('with the server down while the link is up', async ({ station }) => {
  const page = await openScanner(await station.openBrowser(), station);
  await startShift(page);
  await scanSome(page, 1);
  await expectOnServer(station, page, 1);
  await station.network.setWeather('server-down');
  await scanSome(page, 3, 'down');
  expect(await waitingCount(page)).toBe(3);
  await station.network.setWeather('fair');
  await expectOnServer(station, page, 4);
});

test('with answers lost after the server had committed', async ({ station }) => {
  const page = await openScanner(await station.openBrowser(), station);
  await startShiftOnServer(station, page);
  await station.network.setWeather('answer-lost');
  await scanSome(page, 3);
  await expect.poll(() => station.network.passed.answersLost).toBeGreaterThan(0);
  expect(await waitingCount(page)).toBe(3);
  expect(await station.server.countScans()).toBeGreaterThan(0);
  await station.network.setWeather('fair');
  await expectOnServer(station, page, 3);
});

test('with a login page answering 200 in between', async ({ station }) => {
  const page = await openScanner(await station.openBrowser(), station);
  await startShiftOnServer(station, page);
  await station.network.setWeather('captive-portal');
  await scanSome(page, 3);
  expect(await waitingCount(page)).toBe(3);
  expect(await station.server.countScans()).toBe(0);
  await station.network.setWeather('fair');
  await expectOnServer(station, page, 3);
});

test('with two tabs open', async ({ station }) => {
  const context = await station.openBrowser();
  const first = await openScanner(context, station);
  const second = await openScanner(context, station);
  await station.network.setWeather('server-down');
  for (const page of [first, second]) {
    await page.bringToFront();
    await startShift(page);
    await scanSome(page, 2, `tab-${page === first}`);
  }
  await Promise.all([
    scanText(first, 'https://example.org/both/1'),
    scanText(second, 'https://example.org/both/2'),
  ]);
  // With a record for the start of each shift.
  await expect.poll(() => waitingCount(first)).toBe(8);
  await expect.poll(() => waitingCount(second)).toBe(8);
  await station.network.setWeather('fair');
  await expectOnServer(station, first, 6);
  await expectOnServer(station, second, 6);
});

test('with a new version arriving in the middle', async ({ station }) => {
  const page = await openScanner(await station.openBrowser(), station);
  await startShift(page);
  await station.network.setWeather('answer-lost');
  await scanSome(page, 3);
  station.network.replaceServiceWorker((script) => `${script}\n// a newer version`);
  await page.evaluate(async () => {
    Object.assign(window, { isOldPage: true });
    await (await navigator.serviceWorker.ready).update();
  });
  await scanSome(page, 1, 'meanwhile');
  expect(await page.evaluate(() => 'isOldPage' in window)).toBe(true);
  await page.getByRole('button', { name: 'End shift' }).click();
  await page.waitForFunction(() => !('isOldPage' in window), undefined, { timeout: 30_000 });
  await startShift(page);
  await scanSome(page, 1, 'after');
  await station.network.setWeather('fair');
  await expectOnServer(station, page, 5);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)).toBe(
    'activated',
  );
});

test('by the service worker alone, when the page is gone before the link is back', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startShift(page);
  await context.setOffline(true);
  await scanSome(page, 3);
  await page.goto('about:blank');
  await context.setOffline(false);
  await expect.poll(() => station.server.countScans(), { timeout: 60_000 }).toBe(3);
});

test('with one record that nobody can read: it is put aside, and the rest goes through', async ({
  station,
}) => {
  const page = await openScanner(await station.openBrowser(), station);
  await startShift(page);
  await station.network.setWeather('server-down');
  await scanSome(page, 3);
  await page.evaluate(breakSecondRecord);
  await station.network.setWeather('fair');
  await expectOnServer(station, page, 2);
  const { tablets } = await station.server.report();
  expect(tablets.map(({ quarantined }) => quarantined)).toEqual([1]);
});

/** Damages the second waiting record on the disk, as a broken disk or a bad program would. */
async function breakSecondRecord(): Promise<void> {
  const asked = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await asked(indexedDB.open('gatelight'));
  const envelope = new Uint8Array([0xff, 0x00, 0xff]);
  const store = database.transaction('records', 'readwrite').objectStore('records');
  const [, second] = await asked(store.getAll());
  await asked(store.put({ ...second, envelope }));
  database.close();
}
