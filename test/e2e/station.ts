// Playwright's test with a whole station: the built server on data of its own, a network that can be broken, and a
// Chromium with a profile of its own, with a film before its camera or none.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, test as base, chromium, type Page } from '@playwright/test';
import { type FaultyProxy, openFaultyProxy } from '../support/faulty-proxy.ts';
import { findChromium } from '../support/find-chromium.mjs';
import { fakeCameraArgs, makeFilm, type Scene } from '../support/frames/fake-camera.ts';
import {
  dropDataDir,
  newDataDir,
  type SamplePass,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

export interface Station {
  readonly server: ServerProcess;
  readonly network: FaultyProxy;
  /** Fresh passes of every kind, by id. */
  passes(): Promise<Readonly<Record<string, SamplePass>>>;
  /** Opens a Chromium with an empty profile. A camera that is 'asked' for obeys the browser's permission. */
  openBrowser(options?: {
    readonly film?: readonly Scene[];
    readonly camera?: 'granted' | 'asked';
    /** Further switches of Chromium. */
    readonly args?: readonly string[];
  }): Promise<BrowserContext>;
}

const SCREEN = { viewport: { width: 800, height: 1280 }, locale: 'en-GB' };

export const test = base.extend<{ station: Station }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs from this pattern.
  station: async ({}, use) => {
    const dataDir = await newDataDir();
    const server = await startServerProcess(dataDir);
    const network = await openFaultyProxy(server.port);
    const closers: (() => Promise<void>)[] = [];
    await use({
      server,
      network,
      passes: async () => Object.fromEntries((await server.samples()).map((pass) => [pass.id, pass])),
      async openBrowser({ film = [], camera = 'granted', args = [] } = {}) {
        const found = findChromium();
        if (found === null) throw new Error('no Chromium was found');
        const folder = await mkdtemp(join(tmpdir(), 'gatelight-profile-'));
        const cameraArgs = film.length > 0 ? fakeCameraArgs(makeFilm(folder, 'film', film), camera) : [];
        const launch = { executablePath: found.path, args: [...found.args, ...cameraArgs, ...args] };
        const context =
          camera === 'granted'
            ? await chromium.launchPersistentContext(join(folder, 'profile'), { ...launch, ...SCREEN })
            : await (await chromium.launch(launch)).newContext(SCREEN);
        closers.push(async () => {
          await context.close();
          await context.browser()?.close();
          await rm(folder, { recursive: true, force: true });
        });
        return context;
      },
    });
    for (const close of closers) await close();
    await network.close();
    await server.stop();
    await dropDataDir(dataDir);
  },
});

export { expect } from '@playwright/test';

/** Opens the scanner and waits until it works without a network. */
export async function openScanner(context: BrowserContext, station: Station): Promise<Page> {
  const page = await context.newPage();
  await page.goto(station.network.origin);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  return page;
}

export const startShift = async (page: Page): Promise<void> => {
  const gate = page.getByLabel('Gate', { exact: true });
  if ((await gate.inputValue()) === '') await gate.selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Start shift' }).click();
  await page.locator('main[data-stage=scanning]').waitFor();
};

export interface Seen {
  readonly verdict: string;
  readonly reason: string;
}

export const pasteText = (page: Page, text: string): Promise<void> =>
  page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, text);

/** Pastes a text as a guard would, waits for its verdict and goes back to scanning. */
export async function scanText(page: Page, text: string): Promise<Seen> {
  await pasteText(page, text);
  const seen = await readVerdict(page);
  await goOn(page);
  return seen;
}

export async function readVerdict(page: Page): Promise<Seen> {
  const main = page.locator('main[data-stage=verdict]');
  await main.waitFor();
  const [verdict, reason] = [await main.getAttribute('data-verdict'), await main.getAttribute('data-reason')];
  return { verdict: verdict ?? '', reason: reason ?? '' };
}

/** Leaves the verdict by a tap on its word, once it may go. */
export async function goOn(page: Page): Promise<void> {
  await page.waitForTimeout(750);
  if ((await page.locator('main[data-stage=verdict]').count()) > 0) {
    await page
      .locator('#verdict-word')
      .click({ timeout: 5000 })
      .catch(() => {});
  }
  await page.locator('main:not([data-stage=verdict])').waitFor();
}

/** What the strip says waits for the server. */
export async function waitingCount(page: Page): Promise<number> {
  const text = ((await page.locator('[data-cell=waiting]').textContent()) ?? '').replaceAll(/\D/g, '');
  return Number(text);
}
