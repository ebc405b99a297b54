// The console's door: joining by a link with a password and with a passkey, signing out and in again, and what a page sees
// whose session ended. The passkey is Chromium's own virtual authenticator.

import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { jsonOf, openOperator } from '../../src/cli/operator.ts';
import { expect, type Station, test } from './station.ts';

const PASSWORD = 'correct horse battery';

async function invite(station: Station, roles: unknown): Promise<string> {
  const operator = await openOperator(station.server.dataDir);
  const { link } = jsonOf(await operator.ask('POST', '/managers', { json: roles })) as { link: string };
  return link;
}

async function addAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
}

test('a manager joins with a password, and is held to its site', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await context.newPage();
  await page.goto(`${station.server.origin}/console/`);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);

  const link = await invite(station, { sites: [{ site: 'lindenhof', role: 'viewer' }] });
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByText('You are invited as viewer of lindenhof.')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('New password').fill('too short');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('at least 12 characters');
  await page.getByLabel('New password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Latest scans' })).toBeVisible();
  expect(page.url()).toBe(`${station.server.origin}/console/`);
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({
    name: '__Host-gatelight',
    secure: true,
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
  });
  const may = (path: string) => page.evaluate(async (asked) => (await fetch(asked)).status, path);
  expect(await may('/api/managers')).toBe(403);
  expect(await may('/api/sites/elsewhere/days/today')).toBe(404);
  const rooms = page.getByRole('navigation', { name: 'Rooms' }).getByRole('link');
  await expect(rooms).toHaveText(['Today', 'Tablets', 'Site']);
  await rooms.filter({ hasText: 'Site' }).click();
  await expect(page.locator('.gate-list li')).not.toHaveCount(0);
  await expect(page.getByLabel('Time zone')).toHaveJSProperty('readOnly', true);
  await expect(page.locator('main button')).toHaveCount(0);
  await rooms.filter({ hasText: 'Tablets' }).click();
  await expect(page.getByText('No tablet is enrolled here yet.')).toBeVisible();
  await expect(page.locator('main button, main input')).toHaveCount(0);

  await context.clearCookies();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible({ timeout: 30_000 });
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Tablets', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('not her password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('not known here');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Signed in as ada.')).toBeVisible();

  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByRole('alert')).toContainText('This link was used');
});

test('an owner joins with a passkey and signs in by it; a session that ends shows the door', async ({
  station,
}) => {
  const context = await station.openBrowser();
  const page = await context.newPage();
  await addAuthenticator(context, page);
  await page.goto(await invite(station, { isOwner: true }));
  await page.getByLabel('Name').fill('Brunhild');
  await page.getByRole('button', { name: 'Join with a passkey' }).click();
  await expect(page.getByText('Signed in as brunhild.')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('heading', { name: 'Latest scans' })).toBeVisible();

  const managers = await page.evaluate(async () => (await fetch('/api/managers')).json());
  const { manager } = managers.managers.find(({ name }: { name: string }) => name === 'brunhild');
  const operator = await openOperator(station.server.dataDir);
  jsonOf(await operator.ask('POST', `/managers/${manager}/reset`));
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible({ timeout: 45_000 });
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText('not known here');
});

test('the demo lets a visitor in, and its console has a door of its own', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await context.newPage();
  await page.goto(`${station.network.origin}/demo/console/`);
  await expect(page.getByText('Signed in as demo.')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
