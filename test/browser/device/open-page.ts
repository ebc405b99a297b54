// Opens a bare page with the tablet's memory in it (device-page.ts).

import type { Page } from '@playwright/test';

export async function openPage(page: Page): Promise<void> {
  await page.goto('/test/browser/harness.html');
  await page.addScriptTag({ type: 'module', url: '/test/browser/device/device-page.ts' });
  await page.waitForFunction(() => window.memory !== undefined);
}
