// Each page as a whole: no barrier that axe can find, no scrolling sideways on a phone, no error in the browser's log; the
// scanner can be installed and opens by any of its addresses without a network; every answer carries the security headers.

import { request } from 'node:http';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import {
  expect,
  goOn,
  openScanner,
  pasteText,
  readVerdict,
  type Station,
  scanText,
  startShift,
  test,
} from './station.ts';

const SIZES = [
  { width: 800, height: 1280 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Asked for at each refresh of trust; as long as there is no newer root, the answer is 404, as its standard has it. */
const NEXT_ROOT = /\/api\/trust\/\d+\.root\.json$/;

/** Everything else that the browser's log calls an error, and every exception that nobody caught. */
function listenForErrors(context: BrowserContext): readonly string[] {
  const errors: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' && !NEXT_ROOT.test(message.location().url)) errors.push(message.text());
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  return errors;
}

async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`);
    expect(found, `${state} at ${size.width} x ${size.height}`).toEqual([]);
    const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(needed, `${state} scrolls sideways at ${size.width}`).toBeLessThanOrEqual(given ?? 0);
  }
}

test('the scanner: start, scanning and each kind of verdict', async ({ station }) => {
  test.setTimeout(240_000);
  const context = await station.openBrowser();
  const errors = listenForErrors(context);
  const page = await openScanner(context, station);
  await page.locator('main[data-stage=start]').waitFor();
  await expectAccessible(page, 'start');
  await startShift(page);
  await page.locator('.scanning').waitFor();
  await expectAccessible(page, 'scanning');

  const passes = await station.passes();
  const kinds = new Set<string>();
  for (const id of ['green', 'yellow', 'red', 'unknown-issuer', 'green']) {
    await pasteText(page, passes[id]?.text ?? '');
    const { verdict, reason } = await readVerdict(page);
    kinds.add(verdict);
    await page.getByRole('button', { name: 'Hold' }).click();
    await expectAccessible(page, `${verdict} ${reason}`);
    await goOn(page);
  }
  expect([...kinds].sort()).toEqual(['admit', 'check', 'refuse', 'unverifiable']);
  expect(errors).toEqual([]);
});

test('the console, empty and with a day, as strips and as a table', async ({ station }) => {
  test.setTimeout(240_000);
  const context = await station.openBrowser();
  const errors = listenForErrors(context);
  const manager = await context.newPage();
  await manager.goto(`${station.network.origin}/demo/console/`);
  await expect(manager.getByRole('heading', { name: 'Latest scans' })).toBeVisible();
  await expectAccessible(manager, 'an empty day');

  const page = await openScanner(context, station);
  await startShift(page);
  const passes = await station.passes();
  for (const id of ['green', 'yellow', 'red', 'unknown-issuer', 'green'])
    await scanText(page, passes[id]?.text ?? '');
  await expect(manager.locator('.latest tbody tr')).toHaveCount(5, { timeout: 30_000 });
  await expectAccessible(manager, 'a day as strips');
  await manager.getByRole('button', { name: 'As a table' }).click();
  await expectAccessible(manager, 'a day as a table');
  expect(errors).toEqual([]);
});

test('the sheet of sample passes', async ({ station }) => {
  const context = await station.openBrowser();
  const errors = listenForErrors(context);
  const page = await context.newPage();
  await page.goto(`${station.network.origin}/demo/`);
  await page.locator('.samples li').first().waitFor();
  await expectAccessible(page, 'sample passes');
  expect(errors).toEqual([]);
});

test('the page that winds the clock', async ({ station }) => {
  const context = await station.openBrowser();
  const errors = listenForErrors(context);
  const page = await context.newPage();
  await page.goto(`${station.network.origin}/demo/clock/`);
  await page.getByRole('link', { name: /73/ }).waitFor();
  await expectAccessible(page, 'the clock');
  expect(errors).toEqual([]);
});

test('the scanner can be installed, by the one manifest that it links', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await expect(page.locator('link[rel=manifest]')).toHaveCount(1);
  const session = await context.newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
});

test('without a network every address of the scanner opens it, and it judges', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  const passes = await station.passes();
  await expect(page.getByLabel('Gate', { exact: true })).toBeVisible();
  await context.setOffline(true);
  await station.network.setWeather('server-down');
  for (const address of ['/?gate=gate-2', '/gates/2/in#now']) {
    await page.goto(`${station.network.origin}${address}`);
    await page.locator('main[data-stage=start]').waitFor();
  }
  await startShift(page);
  expect(await scanText(page, passes.red?.text ?? '')).toEqual({ verdict: 'refuse', reason: 'red' });
});

test('every kind of answer carries the security headers', async ({ station }) => {
  const { origin } = station.server;
  const page = await (await fetch(`${origin}/`)).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
  const etag = (await fetch(`${origin}/`)).headers.get('ETag') ?? '';
  const answers: readonly [number, string, RequestInit][] = [
    [200, '/', {}],
    [200, '/console/', {}],
    [200, '/demo/', {}],
    [200, script, {}],
    [200, '/sw.js', {}],
    [200, '/manifest.webmanifest', {}],
    [200, '/icons/mark.svg', {}],
    [200, '/demo/clock/', {}],
    [200, '/demo/scanner/?ahead=3600', {}],
    [200, '/api/trust/timestamp.json', {}],
    [200, '/api/settings', {}],
    [200, '/api/status/lindenhof-health/0', {}],
    [200, `/api/time?nonce=${'0'.repeat(32)}`, {}],
    [400, '/api/time', {}],
    [404, '/api/trust/timestamp', {}],
    [200, '/api/health', {}],
    [401, '/api/sites/lindenhof/days/today', {}],
    [302, '/demo/console/', {}],
    [304, '/', { headers: { 'If-None-Match': etag } }],
    [308, '/console', {}],
    [404, '/nothing/here', {}],
    [404, '/nothing/here', { headers: { Accept: 'text/html' } }],
    [404, '/api/nothing', {}],
    [404, '/..%2f..%2fpackage.json', {}],
    [401, '/api/sites/lindenhof/batches', { method: 'POST', body: 'no batch' }],
    [421, '/', { headers: { Host: 'console.example' } }],
  ];
  for (const [status, path, init] of answers) {
    const answer = await ask(station, path, init);
    const what = `${init.method ?? 'GET'} ${path}`;
    expect(answer.status, what).toBe(status);
    expect(answer.header('content-security-policy'), what).toContain("default-src 'none'");
    expect(answer.header('content-security-policy'), what).toContain("frame-ancestors 'none'");
    expect(answer.header('cross-origin-opener-policy'), what).toBe('same-origin');
    expect(answer.header('permissions-policy'), what).toBe('camera=(self)');
    expect(answer.header('x-content-type-options'), what).toBe('nosniff');
  }
});

/** By node:http, since fetch neither sends another Host nor shows a redirect's headers. */
function ask(station: Station, path: string, { method = 'GET', headers, body }: RequestInit) {
  return new Promise<{ status: number; header(name: string): string }>((resolve, reject) => {
    const { port } = station.server;
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers: headers as Record<string, string> },
      (answer) => {
        answer.resume();
        const header = (name: string) => String(answer.headers[name] ?? '');
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, header }));
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}
