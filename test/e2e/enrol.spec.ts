// The whole way of a tablet, by the console alone: an owner founds a site, enrols a tablet at each of its gates, both scan
// the same pass while they are cut off, the console shows the duplicate, and a revoked tablet says that it is.

import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { jsonOf, openOperator } from '../../src/cli/operator.ts';
import { expect, type Station, scanText, startShift, test, waitingCount } from './station.ts';

const LONG = { timeout: 60_000 };

async function joinAsOwner(station: Station): Promise<Page> {
  const operator = await openOperator(station.server.dataDir);
  const { link } = jsonOf(await operator.ask('POST', '/managers', { json: { isOwner: true } })) as {
    link: string;
  };
  const context = await station.openBrowser();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel('Name').fill('Olga');
  await page.getByLabel('New password').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Signed in as olga.')).toBeVisible();
  return page;
}

const goTo = (console: Page, room: string) =>
  console.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: room }).click();

async function foundSite(console: Page): Promise<void> {
  await console.getByLabel('Site', { exact: true }).selectOption('New site…');
  await console.getByLabel('Name').fill('Südtor');
  await expect(console.getByLabel('Id', { exact: true })).toHaveValue('sudtor');
  await console.getByLabel('Time zone').fill('Europe/Berlin');
  await console.getByLabel('First gate').fill('East');
  await console.getByRole('button', { name: 'Found this site' }).click();
  await expect(console.getByRole('heading', { name: 'Südtor' })).toBeVisible();
  await console.getByLabel('Another gate').fill('West');
  await console.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(console.locator('.gate-list li')).toHaveCount(2);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

interface Enrolled {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly shortId: string;
}

/** Types what the console shows, and has the digits of both compared. */
async function enrolTablet(station: Station, console: Page): Promise<Enrolled> {
  const panel = console.locator('.enrolment');
  await expect(panel).toHaveAttribute('data-step', 'offered');
  const typed = (await panel.locator('.typed-code span').allTextContents()).join(' ');
  const context = await station.openBrowser();
  // What is asked for here is a tablet of a server in service, where no code is given away.
  await context.route('**/api/enrolments/open', (route) => route.fulfill({ json: { invitation: null } }));
  const page = await context.newPage();
  await page.goto(station.network.origin);
  await page.getByRole('button', { name: 'Type the code' }).click();
  await page.getByLabel('Server’s address').fill(station.server.origin);
  await page.getByLabel('Code', { exact: false }).last().fill(typed);
  await page.getByRole('button', { name: 'Go on' }).click();

  await expect(panel).toHaveAttribute('data-step', 'claimed', LONG);
  const digits = await panel.locator('[data-digits]').getAttribute('data-digits');
  await expect(page.locator('[data-digits]')).toHaveAttribute('data-digits', digits ?? '', LONG);
  await console.getByRole('button', { name: 'The same: confirm' }).click();
  await expect(panel).toHaveAttribute('data-step', 'enrolled', LONG);
  await expect(page.getByRole('button', { name: 'Start shift' })).toBeEnabled(LONG);
  return { context, page, shortId: (await panel.locator('strong').first().textContent()) ?? '' };
}

test('a site is founded, two tablets are enrolled, and their duplicate is found when they are back', async ({
  station,
}) => {
  test.setTimeout(240_000);
  const console = await joinAsOwner(station);
  await foundSite(console);
  await console.getByLabel('The same pass is noticed within').fill('99999');
  await console.getByRole('button', { name: 'Save' }).click();
  await expect(console.getByLabel('The same pass is noticed within')).toBeFocused();
  await expect(console.locator('#field-policy-seenBeforeWindowSeconds-problem')).not.toBeEmpty();
  await expectAccessible(console);
  await console.getByRole('button', { name: 'Undo' }).click();

  await goTo(console, 'Tablets');
  await console.getByRole('button', { name: 'Enrol a tablet' }).click();
  await console.getByLabel('Gate').selectOption('East');
  await console.getByRole('button', { name: 'Make a code' }).click();
  await expectAccessible(console);
  const east = await enrolTablet(station, console);
  await console.getByRole('button', { name: 'Done' }).click();
  await console.getByRole('button', { name: 'Enrol a tablet' }).click();
  await console.getByLabel('Gate').selectOption('West');
  await console.getByRole('button', { name: 'Make a code' }).click();
  const west = await enrolTablet(station, console);
  await console.getByRole('button', { name: 'Done' }).click();
  await expect(console.locator('.tablets tbody')).toHaveCount(2);

  for (const { page } of [east, west]) {
    await startShift(page);
    await expect.poll(() => waitingCount(page), LONG).toBe(0);
  }
  for (const { context } of [east, west]) await context.setOffline(true);
  const { green } = await station.passes();
  for (const { page } of [east, west])
    expect(await scanText(page, green?.text ?? '')).toEqual({ verdict: 'admit', reason: 'ok' });
  for (const { context } of [east, west]) await context.setOffline(false);

  await goTo(console, 'Today');
  const duplicate = console.locator('.duplicates tbody tr');
  await expect(duplicate).toHaveCount(1, LONG);
  await expect(duplicate).toContainText('East');
  await expect(duplicate).toContainText('West');
  await expectAccessible(console);

  await goTo(console, 'Tablets');
  await console.getByRole('button', { name: `Change tablet ${west.shortId}` }).click();
  await console.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expectAccessible(console);
  await console.getByRole('button', { name: 'Revoke this tablet' }).click();
  await expect(console.locator('.tablets tbody.out')).toContainText('Revoked');
  await expect(west.page.locator('[data-stop=revoked]')).toBeVisible(LONG);
  for (const room of ['Site', 'People', 'Audit']) {
    await goTo(console, room);
    await expect(console.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(console);
  }
});
