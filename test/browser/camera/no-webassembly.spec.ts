// An engine that has no WebAssembly at all, and no compiler either, as phones in their lockdown mode: Chromium is started so.

import { expect, test } from './camera-test.ts';
import { drawPng } from './pictures.ts';

test.use({
  equipment: {
    args: ['--js-flags=--jitless'],
    scenes: [
      { text: null, seconds: 0.6, options: { width: 640, height: 360 } },
      {
        text: 'GL1:WITHOUT-WASM',
        seconds: 1.4,
        options: { width: 640, height: 360, modulePixels: 4, turn: 12 },
      },
    ],
  },
});

test('passes are read by @zxing/browser, from the camera and from a file', async ({ page }) => {
  expect(await page.evaluate(() => typeof WebAssembly)).toBe('undefined');
  await page.evaluate(() => window.page.startScanner());
  await expect
    .poll(() => page.evaluate(() => window.page.readings), { timeout: 25_000 })
    .toEqual(['GL1:WITHOUT-WASM']);
  expect(await page.evaluate(() => window.page.scanner.state.decoder)).toEqual({
    kind: 'ready',
    decoder: 'zxing-browser',
  });
  const png = (await drawPng('GL1:A-FILE')).toString('base64');
  const answer = await page.evaluate(
    async (data) =>
      window.page.scanner.readPicture(await (await fetch(`data:image/png;base64,${data}`)).blob()),
    png,
  );
  expect(answer).toEqual({ kind: 'read', text: 'GL1:A-FILE' });
});
