// What a tablet may still say by knowledge that ages, with a clock wound by hand; and how a pass that was taken back
// reaches a tablet that was offline in between.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { PROGRAM, startServerProcess } from '../support/server-process.ts';
import { giveClock, stopClockAt, windClockBy } from '../support/wound-clock.ts';
import {
  expect,
  goOn,
  openScanner,
  readVerdict,
  type Seen,
  type Station,
  scanText,
  startShift,
  test,
} from './station.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

function gatelight(...args: string[]): string {
  const done = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`gatelight ${args.join(' ')}: exit ${done.status}\n${done.stderr}`);
  return done.stdout.trim();
}

/** A pass of the demo's issuer that is good for 30 days; each has a place of its own. */
function issuePass({ server }: Station, index: number, ...more: string[]): string {
  const key = join(server.dataDir, 'keys', 'issuer.json');
  const place = ['--list', '0', '--index', String(index)];
  const rule = ['--ruleset', '7', '--reason', '1'];
  const colour = more.includes('--colour') ? [] : ['--colour', 'green'];
  const valid = more.includes('--valid') ? [] : ['--valid', '30d'];
  return gatelight('pass', 'issue', '--key', key, ...colour, ...rule, ...valid, ...place, ...more);
}

const desk = ({ server }: Station) => ['--desk', join(server.dataDir, 'issuer')];
const lists = ({ server }: Station) => ['--out', join(server.dataDir, 'lists')];

/** When the timestamp that the server hands out was signed, in seconds since 1970. */
async function timestampIssuedAt({ server }: Station): Promise<number> {
  const answer = await fetch(`${server.origin}/api/trust/timestamp.json`);
  const { signed } = (await answer.json()) as { signed: { expires: string } };
  return Date.parse(signed.expires) / 1000 - DAY;
}

/** A tablet that knows everything as of now, and then loses its network. */
async function openOffline(station: Station): Promise<{ context: BrowserContext; page: Page }> {
  const context = await station.openBrowser();
  await giveClock(context);
  const page = await openScanner(context, station);
  await page.locator('[data-row=list][data-sign=admit]').waitFor();
  await station.network.setWeather('server-down');
  return { context, page };
}

async function scanAt(page: Page, ms: number, text: string): Promise<Seen> {
  await stopClockAt(page, ms);
  await page.reload();
  await startShift(page);
  return scanText(page, text);
}

test.describe('trust ages', () => {
  const ROWS: readonly (readonly [age: string, seconds: number, verdict: string, reason: string])[] = [
    ['24 h', DAY, 'admit', 'ok'],
    ['24 h and 1 s', DAY + 1, 'admit', 'ok'],
    ['72 h', 3 * DAY, 'admit', 'ok'],
    ['72 h and 1 s', 3 * DAY + 1, 'check', 'trust-stale'],
    ['7 d', 7 * DAY, 'check', 'trust-stale'],
    ['7 d and 1 s', 7 * DAY + 1, 'unverifiable', 'trust-expired'],
  ];

  test('each bound and one second after, on a tablet that is opened anew without a network', async ({
    station,
  }) => {
    gatelight('issuer', 'publish-status', ...desk(station), ...lists(station));
    const passes = ROWS.map((_, at) => issuePass(station, 100 + at));
    const issuedAt = await timestampIssuedAt(station);
    const { page } = await openOffline(station);
    for (const [at, [age, seconds, verdict, reason]] of ROWS.entries()) {
      const seen = await scanAt(page, (issuedAt + seconds) * 1000, passes[at] ?? '');
      expect(seen, age).toEqual({ verdict, reason });
    }
  });

  test('what is dead makes everything grey, red and expired passes too', async ({ station }) => {
    const red = issuePass(station, 200, '--colour', 'red');
    const expired = issuePass(station, 201, '--valid', '1h');
    const { forged } = await station.passes();
    const issuedAt = await timestampIssuedAt(station);
    const { page } = await openOffline(station);
    await stopClockAt(page, (issuedAt + 7 * DAY + 1) * 1000);
    await page.reload();
    await startShift(page);
    for (const text of [red, expired, forged?.text ?? ''])
      expect(await scanText(page, text)).toEqual({ verdict: 'unverifiable', reason: 'trust-expired' });
  });

  test('a status list that stands still ages under a fresh timestamp', async ({ station }) => {
    const [first, second] = [issuePass(station, 300), issuePass(station, 301)];
    const stranger = issuePass(station, 302, '--key', join(station.server.dataDir, 'keys', 'stranger.json'));
    const context = await station.openBrowser();
    await giveClock(context);
    const page = await openScanner(context, station);
    await page.locator('[data-row=list][data-sign=admit]').waitFor();
    for (const [text, aheadSeconds, verdict, reason] of [
      [first, 3 * DAY + 60, 'check', 'trust-stale'],
      [second, 7 * DAY + 60, 'unverifiable', 'trust-expired'],
    ] as const) {
      await station.server.stop();
      station.network.lose(/^\/api\/status\//);
      const later = await startServerProcess(station.server.dataDir, station.server.port, { aheadSeconds });
      await windClockBy(page, aheadSeconds * 1000);
      const refreshed = page.waitForResponse((answer) => answer.url().includes('/api/status/'));
      await page.reload();
      await refreshed;
      await startShift(page);
      expect(await scanText(page, text)).toEqual({ verdict, reason });
      // Were the timestamp as old as the list, nobody would look for the issuer.
      expect(await scanText(page, stranger)).toEqual({ verdict: 'unverifiable', reason: 'unknown-issuer' });
      await later.stop();
    }
  });
});

test.describe('a pass that is taken back', () => {
  test('is refused after the next refresh, also by a tablet that was offline in between', async ({
    station,
  }) => {
    const [kept, taken, paused] = [400, 401, 402].map((index) => issuePass(station, index)) as [
      string,
      string,
      string,
    ];
    const context = await station.openBrowser();
    const page = await openScanner(context, station);
    await page.locator('[data-row=list][data-sign=admit]').waitFor();
    await startShift(page);
    expect(await scanText(page, kept)).toEqual({ verdict: 'admit', reason: 'ok' });

    await station.network.setWeather('server-down');
    gatelight('issuer', 'revoke', ...desk(station), ...lists(station), taken);
    gatelight('issuer', 'suspend', ...desk(station), ...lists(station), '0/402');
    await page.reload();
    await startShift(page);
    await station.network.setWeather('fair');
    const list = page.waitForResponse(
      (answer) => answer.url().includes('/api/status/lindenhof-health/0') && answer.ok(),
      { timeout: 60_000 },
    );
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await list;
    await expect
      .poll(async () => {
        const seen = await scanText(page, taken);
        return seen.reason;
      })
      .toBe('revoked');
    expect(await scanText(page, paused)).toEqual({ verdict: 'check', reason: 'suspended' });

    gatelight('issuer', 'reinstate', ...desk(station), ...lists(station), '0/402');
    const again = page.waitForResponse((answer) => answer.url().includes('/api/status/') && answer.ok());
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await again;
    await expect
      .poll(() => scanText(page, paused), { timeout: 20_000 })
      .toEqual({ verdict: 'admit', reason: 'ok' });
  });

  test('the page that winds the clock: 73 hours on, and yellow follows', async ({ station }) => {
    const context = await station.openBrowser();
    const page = await openScanner(context, station);
    await page.locator('[data-row=list][data-sign=admit]').waitFor();
    const { week } = await station.passes();
    await page.goto(`${station.network.origin}/demo/clock/`);
    await page.getByRole('link', { name: /73/ }).click();
    await startShift(page);
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, week?.text ?? '');
    expect(await readVerdict(page)).toEqual({ verdict: 'check', reason: 'trust-stale' });
    await goOn(page);
  });
});
