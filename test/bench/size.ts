// npm run size: what a page really fetches. Opens the built pages in Chromium without any cache and sums the scripts (gzip)
// that the first screen asked for: of a tablet that is set up until its Start shift key works, of a new one until it can be
// set up; what comes later is listed apart. What the service
// worker is and fetches for itself is no part of it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page, type Request } from '@playwright/test';
import { findChromium } from '../support/find-chromium.mjs';
import {
  dropDataDir,
  newDataDir,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const LIMIT_BYTES = 35_000;
const BUILD = fileURLToPath(new URL('../../src/build/build-if-needed.mjs', import.meta.url));
const SERVICE_WORKER = '/sw.js';
const START_KEY = 'button.start-key:enabled';
const SET_UP_KEY = '[data-enrol=start] button:enabled >> nth=0';

interface Fetched {
  readonly name: string;
  readonly gzipBytes: number;
}

interface Part {
  readonly title: string;
  readonly files: readonly Fetched[];
}

export async function main(args: string[]): Promise<number> {
  if (args.length > 0) return fail('usage: npm run size');
  const found = findChromium();
  if (found === null) return fail('found no Chromium: set GATELIGHT_CHROMIUM to its path');
  const built = spawnSync(process.execPath, [BUILD], { stdio: 'inherit' });
  if (built.status !== 0) return fail('the pages could not be built');

  const dataDir = await newDataDir();
  const server = await startServerProcess(dataDir);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: [...found.args, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  try {
    const [first, ...rest] = await openScanner(browser, server);
    const setUp = await openSetUp(browser, server);
    const later = [
      ...rest,
      await openPage(browser, server, '/demo/console/', 'console'),
      await openPage(browser, server, '/demo/', 'sample passes'),
    ];
    if (first === undefined) return fail('nothing was measured');
    return judge([first, setUp], later);
  } finally {
    await browser.close();
    await server.stop();
    await dropDataDir(dataDir);
  }
}

function fail(problem: string): number {
  console.error(problem);
  return 2;
}

function judge(firsts: readonly Part[], later: readonly Part[]): number {
  for (const first of firsts) {
    print(first);
    const isHeld = sumOf(first) <= LIMIT_BYTES;
    console.log(`${isHeld ? 'holds' : 'FAILS'}: ${sumOf(first)} bytes, limit ${LIMIT_BYTES}\n`);
  }
  console.log('Apart, for information:');
  for (const part of later) print(part);
  return firsts.every((first) => sumOf(first) <= LIMIT_BYTES) ? 0 : 1;
}

const sumOf = ({ files }: Part): number => files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

function print(part: Part): void {
  console.log(`${part.title}: ${kilobytes(sumOf(part))}`);
  for (const { name, gzipBytes } of part.files) console.log(`  ${kilobytes(gzipBytes).padStart(9)}  ${name}`);
}

/** A visit by a tablet that is set up and keeps no program: until the key works, until the page rests, and until it scans. */
async function openScanner(browser: Browser, server: ServerProcess): Promise<readonly Part[]> {
  const { page: before, open, forget, take, close } = await openFresh(browser);
  await before.goto(`${server.origin}/`);
  await before.locator(START_KEY).waitFor();
  await before.waitForTimeout(4000);
  await before.close();
  forget();
  const page = await open();
  await page.goto(`${server.origin}/`);
  await page.locator(START_KEY).waitFor();
  const first = await take('a tablet that is set up, scripts until Start shift works', isScript);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(2000);
  const resting = await take('scripts fetched while the start screen rests', isScript);
  await page.locator(START_KEY).click();
  await page.locator('[data-decoder=ready]').waitFor();
  const decoder = await take('scripts and WebAssembly fetched when the shift starts', isCode);
  await close();
  return [first, resting, decoder];
}

/** A first visit by a tablet that nobody has invited: until a code can be scanned or typed. */
async function openSetUp(browser: Browser, server: ServerProcess): Promise<Part> {
  const { page, take, close } = await openFresh(browser);
  await page.route('**/api/enrolments/open', (route) => route.fulfill({ json: { invitation: null } }));
  await page.goto(`${server.origin}/`);
  await page.locator(SET_UP_KEY).waitFor();
  const part = await take('a new tablet, scripts until its set-up works', isScript);
  await close();
  return part;
}

async function openPage(browser: Browser, server: ServerProcess, path: string, title: string): Promise<Part> {
  const { page, take, close } = await openFresh(browser);
  await page.goto(`${server.origin}${path}`);
  await page.locator('h1').first().waitFor();
  const part = await take(`${title}, scripts`, isScript);
  await close();
  return part;
}

const isScript = (request: Request): boolean =>
  request.resourceType() === 'script' && !request.url().endsWith(SERVICE_WORKER);
const isCode = (request: Request): boolean => isScript(request) || request.url().endsWith('.wasm');

/** Pages of a profile of their own, without any cache. `take` gives what was asked for since the last one, whether it had arrived or not. */
async function openFresh(browser: Browser) {
  const context = await browser.newContext();
  let requests: Request[] = [];
  context.on('request', (request) => requests.push(request));
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await session.send('Network.setBypassServiceWorker', { bypass: true });
    return page;
  };
  const take = async (title: string, isWanted: (request: Request) => boolean): Promise<Part> => {
    const asked = requests.filter(isWanted);
    requests = [];
    return { title, files: await Promise.all(asked.map(measure)) };
  };
  const forget = (): void => {
    requests = [];
  };
  return { page: await open(), open, forget, take, close: () => context.close() };
}

async function measure(request: Request): Promise<Fetched> {
  const name = new URL(request.url()).pathname;
  const response = await request.response();
  if (response?.ok() !== true) throw new Error(`${name} was not delivered`);
  return { name, gzipBytes: gzipSync(await response.body(), { level: 9 }).length };
}
