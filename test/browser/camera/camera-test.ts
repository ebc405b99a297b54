// Playwright's test with a Chromium of its own switches: a film before the fake camera, or an engine without WebAssembly.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, test as base, chromium, type Page } from '@playwright/test';
import { findChromium } from '../../support/find-chromium.mjs';
import { fakeCameraArgs, makeFilm, type Scene } from '../../support/frames/fake-camera.ts';

interface Equipment {
  /** What the fake camera shows; without it there is no camera. */
  readonly scenes?: readonly Scene[];
  readonly permission?: 'granted' | 'asked';
  readonly args?: readonly string[];
}

export const test = base.extend<{ page: Page }, { equipment: Equipment; browser: Browser }>({
  equipment: [{}, { option: true, scope: 'worker' }],
  browser: [
    async ({ equipment: { scenes = [], permission = 'granted', args = [] } }, use) => {
      const found = findChromium();
      if (found === null) throw new Error('no Chromium was found: set GATELIGHT_CHROMIUM');
      const folder = mkdtempSync(join(tmpdir(), 'films-'));
      const cameraArgs =
        scenes.length > 0 ? fakeCameraArgs(makeFilm(folder, 'film', scenes), permission) : [];
      const browser = await chromium.launch({
        executablePath: found.path,
        args: [...found.args, ...cameraArgs, ...args],
      });
      await use(browser);
      await browser.close();
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  page: async ({ page }, use) => {
    await openCameraPage(page);
    await use(page);
  },
});
export { expect } from '@playwright/test';

export async function openCameraPage(page: Page): Promise<void> {
  await page.goto('/test/browser/harness.html');
  await page.addScriptTag({ type: 'module', url: '/test/browser/camera/camera-page.ts' });
  await page.waitForFunction(() => window.page !== undefined);
}
