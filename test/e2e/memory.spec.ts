// A disk that is full, a log that the browser deleted, another tab with another version: shown, and recovered from.

import type { Page } from '@playwright/test';
import { expect, goOn, openScanner, pasteText, scanText, startShift, test, waitingCount } from './station.ts';

const MB = 1024 * 1024;

/** Another program on the same disk: takes all the room there is, in ever smaller pieces, and can give it back. */
async function fillDisk(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const settled = (request: IDBRequest | IDBTransaction) =>
      new Promise<boolean>((resolve) => {
        request.addEventListener(request instanceof IDBTransaction ? 'complete' : 'success', () =>
          resolve(true),
        );
        request.addEventListener(request instanceof IDBTransaction ? 'abort' : 'error', () => resolve(false));
      });
    const opening = indexedDB.open('filler', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('pieces', { autoIncrement: true });
    await settled(opening);
    for (const kilobytes of [1024, 64, 8, 1]) {
      for (let isRoom = true; isRoom; ) {
        const piece = new Uint8Array(kilobytes * 1024);
        for (let at = 0; at < piece.length; at += 65_536)
          crypto.getRandomValues(piece.subarray(at, at + 65_536));
        const transaction = opening.result.transaction('pieces', 'readwrite', { durability: 'strict' });
        transaction.objectStore('pieces').put(piece);
        isRoom = await settled(transaction);
      }
    }
    opening.result.close();
  });
}

const emptyDisk = (page: Page) => page.evaluate(() => void indexedDB.deleteDatabase('filler'));

/** Scans until the page stands as wanted; every scan on the way was given a verdict, so each must be recorded. */
async function scanUntil(page: Page, isThere: () => Promise<boolean>): Promise<number> {
  for (let count = 0; count < 60; count++) {
    if (await isThere()) return count;
    await pasteText(page, `https://example.org/${Math.random()}`);
    await page.locator('main[data-stage=verdict], main[data-stage=stopped]').waitFor();
    if ((await page.locator('main[data-stage=verdict]').count()) === 0) return count;
    await goOn(page);
  }
  throw new Error('it never came to that');
}

test('a disk that fills up is warned of, then stops scanning; with room, scanning goes on', async ({
  station,
}) => {
  const context = await station.openBrowser();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const { origin } = station.network;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 40 * MB });
  await page.goto(origin);
  await startShift(page);
  const low = page.getByText(/storage/i).first();
  await expect(low).toBeHidden();

  await fillDisk(page);
  let scans = await scanUntil(page, () => low.isVisible());
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'scanning');

  await fillDisk(page);
  scans += await scanUntil(page, async () => (await page.locator('main[data-stage=stopped]').count()) > 0);
  await expect(page.getByText(/storage|full/i).first()).toBeVisible();

  await emptyDisk(page);
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'scanning', { timeout: 60_000 });
  await scanText(page, 'https://example.org/after');
  await expect.poll(() => station.server.countScans()).toBe(scans + 1);
});

test('a log that the browser deleted is said to be gone, and a new one begins', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  const session = await context.newCDPSession(page);
  await startShift(page);
  await scanText(page, 'https://example.org/1');
  await expect.poll(() => waitingCount(page)).toBe(0);

  await session.send('Storage.clearDataForOrigin', {
    origin: station.network.origin,
    storageTypes: 'indexeddb',
  });
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'stopped', { timeout: 20_000 });
  await page.getByRole('button', { name: /new log/i }).click();
  // It is set up anew, and begins a shift of its own.
  await startShift(page);
  await scanText(page, 'https://example.org/2');
  await expect.poll(() => station.server.countScans()).toBe(2);
  const { tablets } = await station.server.report();
  // Its key is gone too: it goes on as another tablet.
  expect(tablets.map(({ forks, quarantined }) => [forks, quarantined])).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test('a log deleted while the page was closed is noticed at the next opening', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startShift(page);
  await scanText(page, 'https://example.org/1');
  await page.goto('about:blank');
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: station.network.origin,
    storageTypes: 'indexeddb',
  });
  await page.goto(station.network.origin);
  await expect(page.getByText(/deleted/i).first()).toBeVisible();
});

test('a newer version of the database in another tab is waited for in words', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startShift(page);
  const other = await context.newPage();
  await other.goto(`${station.network.origin}/manifest.webmanifest`);
  await other.evaluate(() => void indexedDB.open('gatelight', 99));
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'stopped', { timeout: 20_000 });
});

test('every append asks for strict durability', async ({ station }) => {
  const context = await station.openBrowser();
  await context.addInitScript(() => {
    const asked: (string | undefined)[] = [];
    Object.assign(window, { askedDurabilities: asked });
    const real = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, mode, options) {
      if (mode === 'readwrite') asked.push(options?.durability);
      return real.call(this, names, mode, options);
    };
  });
  const page = await openScanner(context, station);
  await startShift(page);
  await scanText(page, 'https://example.org/1');
  await scanText(page, 'https://example.org/2');
  const asked = await page.evaluate(
    () => (window as unknown as { askedDurabilities: string[] }).askedDurabilities,
  );
  expect(asked.length).toBeGreaterThanOrEqual(2);
  expect(new Set(asked)).toEqual(new Set(['strict']));
});
