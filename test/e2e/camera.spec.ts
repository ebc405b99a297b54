// What the camera sees: passes turned, tilted, small, blurred and dim, online and off, and a camera that goes and comes.

import type { Page } from '@playwright/test';
import type { FrameOptions } from '../support/frames/draw-frame.ts';
import {
  expect,
  goOn,
  openScanner,
  readVerdict,
  type Station,
  startShift,
  test,
  waitingCount,
} from './station.ts';

/** How each sample is held before the camera, and what must come of it. */
const HELD: Readonly<Record<string, readonly [FrameOptions, string]>> = {
  green: [{ turn: 17 }, 'admit ok'],
  yellow: [{ tiltX: 25, tiltY: 10 }, 'check yellow'],
  red: [{ modulePixels: 3.5 }, 'refuse red'],
  expired: [{ blur: 1.5, modulePixels: 6 }, 'refuse expired'],
  'not-yet-valid': [{ light: 0.25, noise: 4 }, 'refuse not-yet-valid'],
  forged: [{ turn: 180 }, 'refuse bad-signature'],
  'unknown-issuer': [{ shiftX: 220, shiftY: -90 }, 'unverifiable unknown-issuer'],
  'not-a-pass': [{ noise: 12 }, 'unverifiable not-a-pass'],
};

async function filmOfAll(station: Station) {
  const passes = await station.passes();
  return Object.entries(HELD).flatMap(([id, [options]]) => [
    { text: passes[id]?.text ?? null, seconds: 2, options },
    { text: null, seconds: 0.4 },
  ]);
}

/** Watches until each of these has been seen; gives all that was. */
async function watchFor(page: Page, wanted: readonly string[]): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const endMs = Date.now() + 90_000;
  while (Date.now() < endMs && !wanted.every((one) => seen.has(one))) {
    const { verdict, reason } = await readVerdict(page);
    seen.add(`${verdict} ${reason}`);
    await goOn(page);
  }
  return seen;
}

test('gives each kind of verdict with its reason, online and after a reload without a network', async ({
  station,
}) => {
  test.setTimeout(240_000);
  const wanted = Object.values(HELD).map(([, expected]) => expected);
  const context = await station.openBrowser({ film: await filmOfAll(station) });
  const page = await openScanner(context, station);
  await startShift(page);
  const online = await watchFor(page, wanted);
  expect([...online]).toEqual(expect.arrayContaining(wanted));

  await context.setOffline(true);
  await station.network.setWeather('server-down');
  await page.reload();
  await startShift(page);
  // The green pass was let in a moment ago: that this tablet still knows it is part of the point.
  const offlineWanted = wanted.map((one) => (one === 'admit ok' ? 'check seen-before' : one));
  const offline = await watchFor(page, offlineWanted);
  expect([...offline]).toEqual(expect.arrayContaining(offlineWanted));

  const waiting = await waitingCount(page);
  expect(waiting).toBeGreaterThanOrEqual(offlineWanted.length);
  await page.getByRole('button', { name: 'End shift' }).click();
  const before = await station.server.countScans();
  await station.network.setWeather('fair');
  await context.setOffline(false);
  // The start of the shift waits too, and is no scan.
  await expect.poll(() => station.server.countScans(), { timeout: 60_000 }).toBe(before + waiting - 1);
});

test('refused, allowed again, lost and regained', async ({ station }) => {
  const passes = await station.passes();
  const film = [
    { text: passes.yellow?.text ?? null, seconds: 2 },
    { text: null, seconds: 6 },
  ];
  const context = await station.openBrowser({ film, camera: 'asked' });
  const page = await openScanner(context, station);
  const setCamera = await permissionSetter(page);
  await setCamera('denied');
  await startShift(page);
  await expect(page.getByText(/camera/i).first()).toBeVisible();
  await setCamera('granted');
  expect(await readVerdict(page)).toEqual({ verdict: 'check', reason: 'yellow' });
  await goOn(page);

  await page.evaluate(() => {
    const stream = document.querySelector('video')?.srcObject;
    const [track] = stream instanceof MediaStream ? stream.getVideoTracks() : [];
    track?.stop();
    track?.dispatchEvent(new Event('ended'));
  });
  expect(await readVerdict(page)).toEqual({ verdict: 'check', reason: 'yellow' });
});

/** Allows or forbids the camera as a person does in the browser's own settings. */
async function permissionSetter(page: Page) {
  const { targetInfo } = await (await page.context().newCDPSession(page)).send('Target.getTargetInfo');
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { browserContextId } = targetInfo;
  if (session === undefined || browserContextId === undefined) throw new Error('no browser to ask');
  return (setting: 'granted' | 'denied') =>
    session.send('Browser.setPermission', {
      permission: { name: 'camera' },
      setting,
      origin: new URL(page.url()).origin,
      browserContextId,
    });
}
