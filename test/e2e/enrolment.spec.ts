// Tablets set up, taken out of service and wiped, over the real server: the code before the camera and typed by hand, the
// digits on both sides, and what a PIN keeps over a closed browser.

import type { BrowserContext, Page } from '@playwright/test';
import { ownerHeaders } from '../support/server-process.ts';
import { expect, openScanner, pasteText, type Station, scanText, startShift, test } from './station.ts';

const SITE = '/api/sites/lindenhof';

interface Offer {
  readonly id: string;
  readonly invitation: string;
  readonly typed: string;
}

async function manage<T>({ server }: Station, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${server.origin}${path}`, {
    method,
    headers: { ...(await ownerHeaders(server.dataDir)), 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
  return (answer.status === 204 ? null : await answer.json()) as T;
}

const offer = (station: Station, gate = 'gate-2'): Promise<Offer> =>
  manage<Offer>(station, 'POST', `${SITE}/enrolments`, { gate });

/** As the console does: compares what the tablet shows with what it shows itself. */
async function confirm(station: Station, page: Page, { id }: Offer): Promise<void> {
  const shown = page.locator('[data-digits]');
  await shown.waitFor({ timeout: 60_000 });
  const digits = await shown.getAttribute('data-digits');
  const { digits: own } = await manage<{ digits: string }>(station, 'GET', `${SITE}/enrolments/${id}`);
  expect(digits).toBe(own);
  await manage(station, 'POST', `${SITE}/enrolments/${id}/confirm`, { digits });
}

async function onlyDevice(station: Station): Promise<{ device: string; gate: string; epoch: number }> {
  const { devices } = await manage<{ devices: { device: string; gate: string; epoch: number }[] }>(
    station,
    'GET',
    `${SITE}/devices`,
  );
  expect(devices).toHaveLength(1);
  return devices[0] ?? { device: '', gate: '', epoch: 0 };
}

const isInvitedByNobody = (context: BrowserContext) =>
  context.route('**/api/enrolments/open', (route) => route.fulfill({ json: { invitation: null } }));

/** The address as the console shows it: here the tablet reaches that server through another port. */
async function typeCode({ server }: Station, page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: 'Type the code' }).click();
  await page.getByLabel('Server’s address').fill(server.origin);
  await page.getByLabel('Code', { exact: false }).last().fill(code);
  await page.getByRole('button', { name: 'Go on' }).click();
}

const startKey = (page: Page) => page.getByRole('button', { name: 'Start shift' });

test('by the code before its own camera; a pass before that is said to be one', async ({ station }) => {
  const invited = await offer(station);
  const { green } = await station.passes();
  const film = [
    { text: green?.text ?? null, seconds: 3 },
    { text: null, seconds: 1 },
    { text: invited.invitation, seconds: 4 },
    { text: null, seconds: 1 },
  ];
  const context = await station.openBrowser({ film });
  await isInvitedByNobody(context);
  const page = await context.newPage();
  await page.goto(station.network.origin);
  await page.getByRole('button', { name: 'Scan the code' }).click();
  const faults = page.locator('[data-fault="a-pass"]');
  const digits = page.locator('[data-digits]');
  await expect(faults.or(digits).first()).toBeVisible({ timeout: 60_000 });
  await confirm(station, page, invited);
  await expect(startKey(page)).toBeEnabled({ timeout: 30_000 });
  expect(await page.getByLabel('Gate', { exact: true }).inputValue()).toBe('gate-2');
  expect(await onlyDevice(station)).toMatchObject({ gate: 'gate-2', epoch: 1 });
});

test('typed by hand: a mistake is found and its place said; a code is good once', async ({ station }) => {
  const context = await station.openBrowser();
  await isInvitedByNobody(context);
  const page = await context.newPage();
  await page.goto(station.network.origin);
  const invited = await offer(station);
  const wrong = (invited.typed[0] === '7' ? '8' : '7') + invited.typed.slice(1);
  await typeCode(station, page, wrong);
  await expect(page.locator('[data-fault="code-mistyped"]')).toContainText('group 1');
  await page.locator('#enrol-code').fill(invited.typed.toLowerCase());
  await page.getByRole('button', { name: 'Go on' }).click();
  await confirm(station, page, invited);
  await expect(startKey(page)).toBeEnabled({ timeout: 30_000 });

  const second = await station.openBrowser();
  await isInvitedByNobody(second);
  const other = await second.newPage();
  await other.goto(station.network.origin);
  await typeCode(station, other, invited.typed);
  await expect(other.getByRole('heading', { name: 'Not taken' })).toBeVisible();
  await other.getByRole('button', { name: 'Try again' }).click();
  await expect(other.getByRole('button', { name: 'Scan the code' })).toBeVisible();
});

test('closed in the middle, it goes on where it was', async ({ station }) => {
  const context = await station.openBrowser();
  await isInvitedByNobody(context);
  const first = await context.newPage();
  await first.goto(station.network.origin);
  const invited = await offer(station);
  await typeCode(station, first, invited.typed);
  await first.locator('[data-digits]').waitFor();
  await first.close();
  const page = await context.newPage();
  await page.goto(station.network.origin);
  await confirm(station, page, invited);
  await expect(startKey(page)).toBeEnabled({ timeout: 30_000 });
});

test('revoked, it judges nothing and keeps what waits; set up again, it sends that and goes on', async ({
  station,
}) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startShift(page);
  await scanText(page, 'https://example.org/before');
  await expect.poll(() => station.server.countScans()).toBe(1);
  await station.network.setWeather('server-down');
  await scanText(page, 'https://example.org/waits');
  const { device } = await onlyDevice(station);
  await manage(station, 'POST', `${SITE}/devices/${device}/revoke`);
  await station.network.setWeather('fair');
  await expect(page.locator('[data-stop=revoked]')).toBeVisible({ timeout: 60_000 });
  await pasteText(page, 'https://example.org/refused');
  await expect(page.locator('main[data-stage=verdict]')).toHaveCount(0);

  await isInvitedByNobody(context);
  await page.getByRole('button', { name: 'Set up again' }).click();
  await expect(page.locator('[data-enrol=start]')).toContainText('wait on this tablet');
  const invited = await offer(station, 'gate-3');
  await typeCode(station, page, invited.typed);
  await confirm(station, page, invited);
  await startShift(page);
  await scanText(page, 'https://example.org/after');
  await expect.poll(() => station.server.countScans(), { timeout: 30_000 }).toBe(3);
  expect(await onlyDevice(station)).toEqual(expect.objectContaining({ device, epoch: 2 }));
});

test('ordered to wipe itself, it sends what waits first, and then keeps nothing', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startShift(page);
  await station.network.setWeather('server-down');
  await scanText(page, 'https://example.org/waits');
  const { device } = await onlyDevice(station);
  await manage(station, 'POST', `${SITE}/devices/${device}/wipe`);
  await station.network.setWeather('fair');
  await page.reload();
  await expect(page.locator('[data-enrol=wiped]')).toBeVisible({ timeout: 60_000 });
  expect(await station.server.countScans()).toBe(1);
  const left = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    words: Object.keys(localStorage),
  }));
  expect(left).toEqual({ databases: [], caches: [], words: [] });
});

test('a PIN opens the shift; wrong ones wait, over a closed page too; the manager resets it', async ({
  station,
}) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startKey(page).waitFor();
  const type = async (on: Page, digits: string) => {
    for (const digit of digits) await on.getByRole('button', { name: digit, exact: true }).click();
    await on.getByRole('button', { name: 'OK', exact: true }).click();
  };
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Set a PIN' }).click();
  await type(page, '2468');
  await expect(page.locator('[data-pin=again]')).toBeVisible();
  await type(page, '2468');
  await expect(page.locator('[data-settings]')).toContainText('A shift opens with it');
  await page.getByRole('button', { name: 'Back' }).click();

  await startKey(page).click();
  for (let wrong = 0; wrong < 5; wrong++) {
    await type(page, '1357');
    await expect(page.locator('[data-fault=wrong]')).toBeVisible();
  }
  await expect(page.locator('.pin-fault')).toContainText('Wait');
  await page.close();

  const next = await context.newPage();
  await next.goto(station.network.origin);
  await startKey(next).click();
  await type(next, '2468');
  await expect(next.locator('.pin-fault')).toContainText('Wait');
  await expect(next.locator('main[data-stage=scanning]')).toHaveCount(0);

  const { device } = await onlyDevice(station);
  await manage(station, 'POST', `${SITE}/devices/${device}/pin-reset`);
  await next.reload();
  await expect(next.locator('[data-row=tablet]')).toContainText('No PIN', { timeout: 30_000 });
  await startShift(next);
});
