import type { Page } from '@playwright/test';
import { drawSymbol } from '../../support/frames/draw-frame.ts';
import { expect, test } from './camera-test.ts';
import { drawPng } from './pictures.ts';

test.use({
  equipment: {
    scenes: [
      { text: null, seconds: 0.6 },
      { text: 'GL1:FIRST', seconds: 1, options: { turn: 30, tiltX: 20 } },
      { text: null, seconds: 0.6 },
      { text: 'GL1:SECOND', seconds: 1, options: { modulePixels: 4, blur: 1 } },
    ],
  },
});

const readingsOf = (page: Page) => page.evaluate(() => [...window.page.readings]);
const cameraOf = (page: Page) => page.evaluate(() => window.page.scanner.state.camera.kind);
const readsBoth = async (page: Page) =>
  expect
    .poll(async () => (await readingsOf(page)).sort(), { timeout: 15_000 })
    .toEqual(['GL1:FIRST', 'GL1:SECOND']);

test('each pass of the film is read once, however often it comes round within 5 seconds', async ({
  page,
}) => {
  await page.evaluate(() => window.page.startScanner());
  await readsBoth(page);
  await page.waitForTimeout(3500);
  expect(await readingsOf(page)).toHaveLength(2);
  const state = await page.evaluate(() => window.page.scanner.state);
  expect(state.camera).toMatchObject({ kind: 'on', facing: 'rear', hasTorch: false });
  expect(state.decoder).toEqual({ kind: 'ready', decoder: 'zxing-wasm' });
  expect(state.isLooking).toBe(true);
  const settings = await page.evaluate(() =>
    (window.page.video.srcObject as MediaStream).getVideoTracks()[0]?.getSettings(),
  );
  expect(settings).toMatchObject({ width: 1280, height: 720 });
});

test('nothing is read while paused, though the camera stays on', async ({ page }) => {
  await page.evaluate(async () => {
    await window.page.startScanner();
    window.page.scanner.pause();
    window.page.readings.length = 0;
  });
  await page.waitForTimeout(3500);
  expect(await readingsOf(page)).toEqual([]);
  expect(await page.evaluate(() => window.page.scanner.state.isLooking)).toBe(false);
  expect(await cameraOf(page)).toBe('on');
  await page.evaluate(() => window.page.scanner.resume());
  await expect.poll(async () => (await readingsOf(page)).length, { timeout: 15_000 }).toBeGreaterThan(0);
});

test('a picture is read while paused, and once more when asked once more', async ({ page }) => {
  const png = (await drawPng('GL1:PICTURE')).toString('base64');
  const answers = await page.evaluate(async (data) => {
    await window.page.startScanner();
    window.page.scanner.pause();
    window.page.readings.length = 0;
    const blob = await (await fetch(`data:image/png;base64,${data}`)).blob();
    const first = await window.page.scanner.readPicture(blob);
    const second = await window.page.scanner.readPicture(blob);
    const none = await window.page.scanner.readPicture(new Blob(['no picture']));
    return { first, second, none, readings: window.page.readings };
  }, png);
  expect(answers.first).toEqual({ kind: 'read', text: 'GL1:PICTURE' });
  expect(answers.second).toEqual(answers.first);
  expect(answers.none).toMatchObject({ kind: 'not-a-picture' });
  expect(answers.readings).toEqual(['GL1:PICTURE', 'GL1:PICTURE']);
});

test('a drawing (SVG) is read as a picture is', async ({ page }) => {
  const { size, get } = drawSymbol('GL1:DRAWN');
  const dark = Array.from({ length: size * size }, (_, at) => [at % size, Math.floor(at / size)] as const)
    .filter(([x, y]) => get(x, y))
    .map(([x, y]) => `M${x + 4} ${y + 4}h1v1h-1z`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size + 8} ${size + 8}"><path d="${dark.join('')}"/></svg>`;
  const answer = await page.evaluate((drawing) => {
    const scanner = window.page.createScanner({
      video: window.page.video,
      onReading: () => undefined,
      onState: () => undefined,
    });
    return scanner.readPicture(new Blob([drawing], { type: 'image/svg+xml' }));
  }, svg);
  expect(answer).toEqual({ kind: 'read', text: 'GL1:DRAWN' });
});

test('a hidden page holds no camera; shown again, it scans again', async ({ page }) => {
  await page.evaluate(() => window.page.startScanner());
  await expect.poll(() => cameraOf(page)).toBe('on');
  const setHidden = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  const track = await page.evaluateHandle(
    () => (window.page.video.srcObject as MediaStream).getVideoTracks()[0],
  );
  await setHidden(true);
  expect(await cameraOf(page)).toBe('off');
  expect(await track.evaluate((held) => held?.readyState)).toBe('ended');
  await page.evaluate(() => {
    window.page.readings.length = 0;
  });
  await setHidden(false);
  await expect.poll(() => cameraOf(page)).toBe('on');
  await expect.poll(async () => (await readingsOf(page)).length, { timeout: 15_000 }).toBeGreaterThan(0);
});

test('stop lets go of the camera and the thread, also in the middle of a start', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const started = window.page.startScanner();
    window.page.scanner.stop();
    await started;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { state: window.page.scanner.state, source: window.page.video.srcObject };
  });
  expect(seen.state).toEqual({ camera: { kind: 'off' }, decoder: { kind: 'off' }, isLooking: false });
  expect(seen.source).toBeNull();
});

test('reads without requestVideoFrameCallback and without VideoFrame', async ({ page }) => {
  await page.evaluate(async () => {
    HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0;
    Object.assign(window, { VideoFrame: undefined });
    await window.page.startScanner();
  });
  await readsBoth(page);
});
