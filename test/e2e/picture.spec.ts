// A pass as a picture: chosen, dropped, without a code, no picture at all; an engine without WebAssembly; a decoder that
// does not start.

import type { Page } from '@playwright/test';
import { drawPng } from '../browser/camera/pictures.ts';
import { expect, goOn, openScanner, readVerdict, type Station, startShift, test } from './station.ts';

const choosePicture = (page: Page, buffer: Buffer, name = 'pass.png'): Promise<void> =>
  page.getByTestId('picture-input').setInputFiles({ name, mimeType: 'image/png', buffer });

async function dropPicture(page: Page, picture: Buffer): Promise<void> {
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], 'pass.png', { type: 'image/png' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, picture.toString('base64'));
}

async function drawSample(station: Station, id: string): Promise<Buffer> {
  const passes = await station.passes();
  return drawPng(passes[id]?.text ?? null, { modulePixels: 6, turn: 8 });
}

async function openShift(station: Station): Promise<Page> {
  const page = await openScanner(await station.openBrowser(), station);
  await startShift(page);
  await page.locator('.scanning').waitFor();
  return page;
}

test('a chosen picture gives its verdict, and is recorded like any scan', async ({ station }) => {
  const page = await openShift(station);
  await choosePicture(page, await drawSample(station, 'yellow'));
  expect(await readVerdict(page)).toEqual({ verdict: 'check', reason: 'yellow' });
  await goOn(page);
  await choosePicture(page, await drawSample(station, 'green'));
  expect(await readVerdict(page)).toEqual({ verdict: 'admit', reason: 'ok' });
  await expect.poll(() => station.server.countScans()).toBe(2);
});

test('a dropped picture gives its verdict', async ({ station }) => {
  const page = await openShift(station);
  await dropPicture(page, await drawSample(station, 'red'));
  expect(await readVerdict(page)).toEqual({ verdict: 'refuse', reason: 'red' });
});

test('a picture without a code, and a file that is no picture, are said to be so and not recorded', async ({
  station,
}) => {
  const page = await openShift(station);
  const hint = page.locator('.hint-line');
  await choosePicture(page, await drawPng(null));
  await expect(hint).toHaveAttribute('data-hint', 'no-code');
  await expect(hint).toBeVisible();
  await expect(hint).toHaveText(/no code/i);
  await choosePicture(page, Buffer.from('These are words, not pixels.'), 'letter.png');
  await expect(hint).toHaveAttribute('data-hint', 'not-a-picture');
  await expect(hint).toHaveText(/not a picture/i);
  await expect(page.locator('main')).toHaveAttribute('data-stage', 'scanning');

  await choosePicture(page, await drawSample(station, 'red'));
  await readVerdict(page);
  await expect.poll(() => station.server.countScans()).toBe(1);
});

test('without WebAssembly a pass is read by @zxing/browser, from the camera and from a picture', async ({
  station,
}) => {
  test.setTimeout(180_000);
  const passes = await station.passes();
  const options = { modulePixels: 7, turn: 5 };
  const context = await station.openBrowser({
    args: ['--js-flags=--jitless'],
    film: [
      { text: passes.yellow?.text ?? null, seconds: 3, options },
      { text: null, seconds: 1 },
    ],
  });
  const page = await openScanner(context, station);
  expect(await page.evaluate(() => typeof WebAssembly)).toBe('undefined');
  await startShift(page);
  expect(await readVerdict(page)).toEqual({ verdict: 'check', reason: 'yellow' });
  await page.getByRole('button', { name: 'Sent away' }).click();
  await page.locator('main[data-stage=scanning]').waitFor();
  await choosePicture(page, await drawSample(station, 'red'));
  await page.locator('main[data-reason=red]').waitFor({ timeout: 60_000 });
});

test('a decoder that does not start is said to be so, and starts again', async ({ station }) => {
  const passes = await station.passes();
  const film = [{ text: passes.red?.text ?? null, seconds: 2 }];
  const context = await station.openBrowser({ film });
  // A browser without service workers asks the network for everything, where the decoder can be kept from it.
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'serviceWorker', { value: undefined });
  });
  await context.route(/\.wasm$/, (route) => route.abort());
  const page = await context.newPage();
  await page.goto(station.network.origin);
  await startShift(page);
  const notice = page.getByRole('alert').filter({ hasText: 'reader of codes did not start' });
  await expect(notice).toBeVisible({ timeout: 20_000 });
  await context.unroute(/\.wasm$/);
  await notice.getByRole('button', { name: 'Start again' }).click();
  expect(await readVerdict(page)).toEqual({ verdict: 'refuse', reason: 'red' });
});
