// Many waiting records leave in order, each once, while the page stays alive and shows how many are left.

import { expect, type Page, test } from '@playwright/test';
import { TEST_SITE } from '../../support/test-trust.ts';
import { openLogPage } from './open-page.ts';
import { DEVICE, SealedServer } from './sealed-server.ts';

const RECORDS = 5000;
/** Where nothing else runs. */
const FROZEN_MS = 50;
/** However busy the machine is, a task longer than this much more is the page's own. */
const MOST_ALLOWANCE_MS = 200;

/** How long this machine, busy as it is, keeps a page that does nothing from its turn: the longest of several such pauses. */
const longestPause = (page: Page, forMs: number) =>
  page.evaluate(async (forMs) => {
    const until = performance.now() + forMs;
    let longest = 0;
    while (performance.now() < until) {
      const beganAt = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 4));
      longest = Math.max(longest, performance.now() - beganAt - 4);
    }
    return longest;
  }, forMs);

test('5,000 records drain in order without freezing the screen, and the count falls as they go', async ({
  page,
  context,
}) => {
  const server = await SealedServer.open(context);
  await openLogPage(page);
  await server.enrol(page);
  const identity = { site: TEST_SITE.id, device: DEVICE, epoch: 1 };
  await page.evaluate(async () => {
    window.sealedTablet = await window.log.openTablet();
    await window.sealedTablet.prepare();
    await window.sealedTablet.refresh();
  });
  server.isDown = true;
  const seen = await page.evaluate(
    async ({ identity, day, count }) => {
      const database = await window.log.openDatabase();
      await window.log.fillLog(database, identity, day, count);
      const counts: number[] = [];
      window.sealedTablet.subscribe(({ waiting }) => {
        if (waiting !== counts.at(-1)) counts.push(waiting);
      });
      // One more by the tablet itself, so that it sees the others.
      await window.sealedTablet.note('heartbeat', { gate: 'gate-1', direction: 'in' });
      new BroadcastChannel('gatelight-log').postMessage('changed');
      Object.assign(window, { counts });
      return counts;
    },
    { identity, day: server.today, count: RECORDS },
  );
  expect(seen.length).toBeGreaterThan(0);
  await expect.poll(() => page.evaluate(() => window.sealedTablet.state.waiting)).toBe(RECORDS + 1);
  const idlePauseMs = await longestPause(page, 2000);
  await page.evaluate(() => {
    const longTasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration));
    }).observe({ type: 'longtask' });
    Object.assign(window, { longTasks, beganAtMs: performance.now() });
  });
  server.isDown = false;
  await page.evaluate(() => window.sealedTablet.refresh());
  await expect
    .poll(() => page.evaluate(() => window.sealedTablet.state.waiting), { timeout: 60_000 })
    .toBe(0);
  const { counts, longTasks, tookMs } = await page.evaluate(() => {
    const told = window as unknown as { counts: number[]; longTasks: number[]; beganAtMs: number };
    return {
      ...told,
      counts: told.counts,
      longTasks: told.longTasks,
      tookMs: performance.now() - told.beganAtMs,
    };
  });
  test
    .info()
    .annotations.push({ type: 'figures', description: JSON.stringify({ longTasks, tookMs, idlePauseMs }) });
  expect(server.envelopes().map(({ seq }) => seq)).toEqual(
    Array.from({ length: RECORDS + 1 }, (_, at) => at + 1),
  );
  const falling = counts.slice(counts.indexOf(RECORDS + 1));
  expect(falling.length).toBeGreaterThan(5);
  expect(falling).toEqual([...falling].sort((a, b) => b - a));
  const frozenMs = FROZEN_MS + Math.min(2 * idlePauseMs, MOST_ALLOWANCE_MS);
  // One for whatever else this machine does.
  expect(longTasks.filter((ms) => ms > frozenMs).length).toBeLessThanOrEqual(1);
});
