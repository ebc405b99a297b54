// What the log costs on the tablet: Chromium with a profile on the disk, strict transactions, production code in the page.
// Appends behind few and behind many waiting records take turns, each at an origin of its own.

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { MAX_SEALED_ENVELOPE_BYTES } from '../../../src/core/log/sealed/envelope.ts';
import { findChromium } from '../../support/find-chromium.mjs';
import {
  dropDataDir,
  newDataDir,
  type ServerProcess,
  startServerProcess,
} from '../../support/server-process.ts';
import { atMost, type Figure, figure, quantile } from './figures.ts';
import { servePage } from './serve-page.ts';
import type {} from './tablet-page.ts';

export interface TabletRun {
  /** Scans to their durable record. */
  readonly scans: number;
  /** Appends at either end. */
  readonly appends: number;
  readonly waiting: number;
  /** Records whose room on the disk is measured. */
  readonly stored: number;
  atEnd(undo: () => Promise<void>): void;
}

const BLOCK = 50;
const WARM_UP = 20;
const GOAL_BYTES = 600;
const GOAL_STORED_BYTES = 50e6 / 50_000;
const GOAL_SLOWER = 1.25;
const SETTLE_MS = 3000;

export async function measureTablet(run: TabletRun): Promise<readonly Figure[]> {
  const { atEnd } = run;
  const dataDir = await newDataDir();
  atEnd(() => dropDataDir(dataDir));
  const server = await startServerProcess(dataDir);
  atEnd(server.stop);
  const folder = await mkdtemp(join(tmpdir(), 'gatelight-log-bench-'));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const served = await servePage(join(folder, 'page'), server.origin, 3);
  atEnd(served.close);
  const [scanned = '', few = '', many = ''] = served.origins;
  const profile = join(folder, 'profile');
  const context = await openBrowser(profile);
  atEnd(() => context.close());

  const scanMs = await measureScans(await openPage(context, scanned), server, run.scans);
  const stored = await measureRoom(context, few, profile, run.stored);
  const appends = await measureAppends(context, few, many, { ...run, ...stored });
  return [
    figure('scan to its durable record, median', quantile(scanMs, 0.5), 'ms'),
    figure(`scan to its durable record, p99 of ${scanMs.length}`, quantile(scanMs, 0.99), 'ms'),
    atMost('a sealed record', stored.envelopeBytes, 'bytes', MAX_SEALED_ENVELOPE_BYTES),
    atMost(`a record on the disk, of ${run.stored}`, stored.bytesEach, 'bytes', GOAL_BYTES),
    atMost(
      `room for ${run.stored} records`,
      (stored.bytesEach * run.stored) / 1e6,
      'MB',
      (GOAL_STORED_BYTES * run.stored) / 1e6,
    ),
    ...appends,
  ];
}

async function openBrowser(profile: string): Promise<BrowserContext> {
  const found = findChromium();
  if (found === null) throw new Error('no Chromium was found');
  return chromium.launchPersistentContext(profile, { executablePath: found.path, args: [...found.args] });
}

async function openPage(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => window.logBench !== undefined);
  return page;
}

async function measureScans(page: Page, server: ServerProcess, count: number): Promise<readonly number[]> {
  await page.evaluate(() => window.logBench.enrol());
  await page.reload();
  await page.waitForFunction(() => window.logBench !== undefined);
  const texts = (await server.samples()).map(({ text }) => text);
  const tookMs = await page.evaluate(
    ([codes, scans, warmUp]) => window.logBench.scanTexts(codes, scans, warmUp),
    [texts, count, WARM_UP] as const,
  );
  await page.close();
  return tookMs;
}

/** The files of that origin's database, before and after; the write-ahead log of the browser is among them. */
async function measureRoom(context: BrowserContext, origin: string, profile: string, count: number) {
  const page = await openPage(context, origin);
  await page.evaluate(() => window.logBench.append(1));
  const before = await sizeOfDatabase(profile, origin);
  const envelopeBytes = await page.evaluate((records) => window.logBench.fill(records), count);
  await page.waitForTimeout(SETTLE_MS);
  const bytesEach = ((await sizeOfDatabase(profile, origin)) - before) / count;
  await page.evaluate(() => window.logBench.clear());
  await page.close();
  return { envelopeBytes, bytesEach };
}

async function measureAppends(
  context: BrowserContext,
  few: string,
  many: string,
  { appends, waiting, envelopeBytes }: TabletRun & { readonly envelopeBytes: number },
): Promise<readonly Figure[]> {
  const pages = { few: await openPage(context, few), many: await openPage(context, many) };
  await pages.many.evaluate(() => window.logBench.append(1));
  await pages.many.evaluate(([count, size]) => window.logBench.fillWithChance(count, size), [
    waiting,
    envelopeBytes,
  ] as const);
  const tookMs = { few: [] as number[], many: [] as number[] };
  const turn = async (at: 'few' | 'many', isKept: boolean) => {
    await pages[at].bringToFront();
    const block = await pages[at].evaluate((count) => window.logBench.append(count), BLOCK);
    if (isKept) tookMs[at].push(...block);
    if (at === 'few') await pages.few.evaluate(() => window.logBench.clear());
  };
  for (const at of ['few', 'many'] as const) await turn(at, false);
  for (let block = 0; block * BLOCK < appends; block++)
    for (const at of block % 2 === 0 ? (['few', 'many'] as const) : (['many', 'few'] as const))
      await turn(at, true);
  const behind = await pages.many.evaluate(() => window.logBench.countRecords());
  const [fewMs, manyMs] = [quantile(tookMs.few, 0.5), quantile(tookMs.many, 0.5)];
  return [
    figure(`append behind at most ${BLOCK} waiting, median of ${tookMs.few.length}`, fewMs, 'ms'),
    figure(`append behind ${behind - tookMs.many.length} waiting, median`, manyMs, 'ms'),
    figure('append behind few, p99', quantile(tookMs.few, 0.99), 'ms'),
    figure('append behind many, p99', quantile(tookMs.many, 0.99), 'ms'),
    atMost('the one against the other', manyMs / fewMs, '', GOAL_SLOWER),
  ];
}

async function sizeOfDatabase(profile: string, origin: string): Promise<number> {
  const port = new URL(origin).port;
  const root = join(profile, 'Default', 'IndexedDB');
  let size = 0;
  for (const name of await readdir(root)) {
    if (!name.includes(`_${port}.`)) continue;
    for (const entry of await readdir(join(root, name), { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        size += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return size;
}
