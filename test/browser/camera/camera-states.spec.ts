// The camera refused, taken away, granted again, and not there.

import type { Page } from '@playwright/test';
import { expect, test } from './camera-test.ts';

test.use({ equipment: { scenes: [{ text: 'GL1:SEEN', seconds: 1 }], permission: 'asked' } });

const cameraOf = (page: Page) => page.evaluate(() => window.page.scanner.state.camera.kind);

/** As a person does it in the browser's own settings. */
async function setPermission(page: Page, setting: 'granted' | 'denied'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  const browser = page.context().browser();
  if (browser === null || targetInfo.browserContextId === undefined) throw new Error('no browser context');
  const browserSession = await browser.newBrowserCDPSession();
  await browserSession.send('Browser.setPermission', {
    permission: { name: 'camera' },
    setting,
    origin: new URL(page.url()).origin,
    browserContextId: targetInfo.browserContextId,
  });
}

test('refused, then granted: goes on by itself', async ({ page }) => {
  await setPermission(page, 'denied');
  await page.evaluate(() => window.page.startScanner());
  expect(await page.evaluate(() => window.page.scanner.state.camera)).toMatchObject({
    kind: 'refused',
    detail: expect.stringContaining('NotAllowedError'),
  });
  await setPermission(page, 'granted');
  await expect.poll(() => cameraOf(page)).toBe('on');
  await expect
    .poll(() => page.evaluate(() => window.page.readings), { timeout: 10_000 })
    .toContain('GL1:SEEN');
});

test('withdrawn in the middle, then granted: says so and goes on', async ({ page }) => {
  await setPermission(page, 'granted');
  await page.evaluate(() => window.page.startScanner());
  await expect.poll(() => cameraOf(page)).toBe('on');
  await setPermission(page, 'denied');
  await expect.poll(() => cameraOf(page), { timeout: 10_000 }).toBe('refused');
  expect(await page.evaluate(() => window.page.video.srcObject)).toBeNull();
  await setPermission(page, 'granted');
  await expect.poll(() => cameraOf(page), { timeout: 10_000 }).toBe('on');
});

test('a track that ends by itself is lost and regained', async ({ page }) => {
  await setPermission(page, 'granted');
  await page.evaluate(() => window.page.startScanner());
  await expect.poll(() => cameraOf(page)).toBe('on');
  await page.evaluate(() => {
    window.page.states.length = 0;
    (window.page.video.srcObject as MediaStream).getVideoTracks()[0]?.dispatchEvent(new Event('ended'));
  });
  expect(await cameraOf(page)).toBe('lost');
  await expect.poll(() => cameraOf(page), { timeout: 10_000 }).toBe('on');
});

test('the choice of front or rear is remembered', async ({ page }) => {
  await setPermission(page, 'granted');
  const facingAsked = await page.evaluate(async () => {
    const asked: unknown[] = [];
    const { mediaDevices } = navigator;
    const real = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (wishes) => {
      asked.push((wishes?.video as MediaTrackConstraints | undefined)?.facingMode);
      return real(wishes);
    };
    const start = async () => {
      const camera = window.page.createCamera(window.page.video);
      await camera.start();
      return camera;
    };
    const camera = await start();
    await camera.switchFacing();
    camera.stop();
    (await start()).stop();
    return asked;
  });
  expect(facingAsked).toEqual([{ ideal: 'environment' }, { ideal: 'user' }, { ideal: 'user' }]);
});

test('a torch that is not there is not switched', async ({ page }) => {
  await setPermission(page, 'granted');
  await page.evaluate(() => window.page.startScanner());
  expect(await page.evaluate(() => window.page.scanner.setTorch(true))).toBe(false);
});
