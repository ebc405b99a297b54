// A disk that is full, a log that the browser deleted, another tab with another version: shown, and recovered from.

import type { CDPSession } from '@playwright/test';
import { expect, openScanner, scanText, startShift, test, waitingCount } from './station.ts';

const MB = 1024 * 1024;

const setRoom = (session: CDPSession, origin: string, freeBytes: number | null) =>
  session.send('Storage.overrideQuotaForOrigin', {
    origin,
    ...(freeBytes !== null && { quotaSize: freeBytes }),
  });

test('a full disk stops scanning, says so, and scanning goes on when there is room', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  const session = await context.newCDPSession(page);
  await startShift(page);
  await scanText(page, 'https://example.org/1');

  const usage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  await setRoom(session, station.network.origin, usage + 15 * MB);
  await expect(page.getByText(/storage|room/i).first()).toBeVisible({ timeout: 20_000 });
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'scanning');

  await setRoom(session, station.network.origin, usage + 2 * MB);
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'stopped', { timeout: 20_000 });
  await setRoom(session, station.network.origin, null);
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'scanning', { timeout: 30_000 });
  await scanText(page, 'https://example.org/2');
  await expect.poll(() => station.server.countScans()).toBe(2);
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
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'scanning');
  await scanText(page, 'https://example.org/2');
  await expect.poll(() => station.server.countScans()).toBe(2);
  const { tablets } = await station.server.report();
  expect(tablets.map(({ forks, quarantined }) => [forks, quarantined])).toEqual([[0, 0]]);
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
