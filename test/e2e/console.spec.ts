// What a guard does at the scanner stands in the manager's console within seconds: by gate, by verdict and hour, and line
// by line with what the guard decided.

import { expect, openScanner, pasteText, readVerdict, scanText, startShift, test } from './station.ts';

/** From the tap to the console, sending and the console's own asking included. */
const SOON = { timeout: 10_000 };

test('scans and decisions arrive by gate, verdict and hour', async ({ station }) => {
  const context = await station.openBrowser();
  const manager = await context.newPage();
  await manager.goto(`${station.network.origin}/demo/console/`);
  const latest = manager.locator('.latest tbody tr');
  await expect(manager.getByText('No scans yet', { exact: false }).first()).toBeVisible();

  const page = await openScanner(context, station);
  await page.getByLabel('Gate', { exact: true }).selectOption('gate-2');
  await startShift(page);
  const passes = await station.passes();
  await scanText(page, passes.green?.text ?? '');
  await expect(latest).toHaveCount(1, SOON);
  await expect(latest.first()).toContainText('Gate 2 West In');
  await expect(latest.first()).toContainText('Admit');

  await pasteText(page, passes.yellow?.text ?? '');
  await readVerdict(page);
  await page.getByRole('button', { name: 'Let in', exact: true }).click();
  await page.locator('main[data-stage=scanning]').waitFor();
  const yellow = latest.filter({ hasText: 'Yellow' });
  await expect(yellow).toHaveCount(1, SOON);
  await expect(yellow).toContainText('Check');
  await expect(yellow).toContainText('Let in', SOON);

  await scanText(page, passes.red?.text ?? '');
  await expect(latest).toHaveCount(3, SOON);
  const gate = manager.locator('.section-gates tbody tr').filter({ hasText: 'Gate 2 West' });
  // In, out, check, refuse, cannot verify. A check that was let in is no admission of the pass.
  await expect(gate.locator('td')).toHaveText(['1', '0', '1', '1', '0']);
  const other = manager.locator('.section-gates tbody tr').filter({ hasText: 'Gate 1 East' });
  await expect(other.locator('td')).toHaveText(['0', '0', '0', '0', '0']);
  await expect(manager.locator('.strip-total')).toHaveText(['1', '1', '1', '0']);

  await manager.getByRole('button', { name: 'As a table' }).click();
  await expect(manager.locator('tbody').filter({ hasText: 'still open' })).toBeVisible();
  await expect(manager.locator('tfoot td')).toHaveText(['1', '1', '1', '0']);
});
