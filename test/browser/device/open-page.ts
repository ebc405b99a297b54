// Opens a bare page with the tablet's memory in it (device-page.ts).

import type { Page } from '@playwright/test';

export async function openPage(page: Page): Promise<void> {
  await page.goto('/test/browser/harness.html');
  await page.addScriptTag({ type: 'module', url: '/test/browser/device/device-page.ts' });
  await page.waitForFunction(() => window.memory !== undefined);
}

/** The same with its log (log-page.ts). */
export async function openLogPage(page: Page): Promise<void> {
  await page.goto('/test/browser/harness.html');
  await page.addScriptTag({ type: 'module', url: '/test/browser/device/log-page.ts' });
  await page.waitForFunction(() => window.log !== undefined);
}
