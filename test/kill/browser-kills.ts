// A Chromium with a profile that is kept, killed hard while guards scan in several tabs and the log is being sent, with
// the network good or bad: every verdict that was given has its record on the server, exactly once.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { createRandom } from '../fuzz/random.ts';
import { openDayKeysOf } from '../support/day-keys-at-hand.ts';
import { openFaultyProxy } from '../support/faulty-proxy.ts';
import { findChromium } from '../support/find-chromium.mjs';
import { countWaiting, NOTE_BINDING, type PageNote, scanFast, watchPage } from '../support/kill-page.ts';
import { killGroup, listProcesses, type ProcessLine } from '../support/kill-processes.ts';
import { type KillableServer, openKillableServer } from '../support/kill-server.ts';
import type { SamplePass } from '../support/server-process.ts';
import { auditExport } from './audit-export.ts';
import type { Outcome, Run } from './outcome.ts';
import { type KillPlan, planKill, type Sky } from './plan-kill.ts';
import { faultsOf, readHoldings, tally } from './tally.ts';
import { VerdictBook } from './verdict-book.ts';

const DRAIN_LIMIT_MS = 60_000;
const TEXTS_PER_TAB = 40;
const TEXTS_AFTER_ENROLMENT = 5;
const LONGEST_SCANNING_MS = 30_000;
/** For each tab that is killed: a scan that was stored and not yet shown, a guard's answer, and a note of the shift. */
const UNTOLD_PER_TAB = 3;

interface Browser {
  readonly context: BrowserContext;
  kill(): Promise<void>;
}

export async function killBrowsers({ kills, seed, say, atEnd, stop }: Run): Promise<Outcome> {
  const server = await openKillableServer(atEnd);
  const network = await openFaultyProxy(server.port);
  atEnd(network.close);
  const folder = await mkdtemp(join(tmpdir(), 'gatelight-profile-'));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const kept = join(folder, 'kept');
  const random = createRandom(seed, 'browser');
  const book = new VerdictBook();
  let onVerdict = () => {};
  let tabsKilled = 0;
  atEnd(async () => {
    const left = mainProcessOf(folder);
    if (left !== undefined) await killGroup(left, isOf(folder));
  });

  const open = (profile = kept) => {
    stop.throwIfAborted();
    return openBrowser(profile, (page, note) => {
      book.note(page, note);
      if (note.kind === 'verdict') onVerdict();
    });
  };
  const openTab = async ({ context }: Browser, label: string) => {
    const page = await context.newPage();
    book.openPage(page, label);
    return page;
  };
  const setSky = async ({ context }: Browser, sky: Sky) => {
    await context.setOffline(sky === 'offline');
    await network.setWeather(sky === 'offline' ? 'fair' : sky);
  };

  const killWhileItOpens = async (now: Browser, tab: Page, afterMs: number) => {
    const opening = tab.goto(network.origin).catch(() => {});
    await sleep(afterMs);
    await now.kill();
    await opening;
  };
  const killOnce = async (kill: number) => {
    const plan = planKill(random, kill);
    const profile = plan.kind === 'enrolling' ? join(folder, `${kill}-fresh`) : kept;
    const now = await open(profile);
    const first = await openTab(now, `kill ${kill}, tab 1`);
    const givenBefore = book.given;
    if (plan.kind === 'opening') await killWhileItOpens(now, first, plan.afterMs);
    else if (plan.kind === 'enrolling') {
      await killWhileItOpens(now, first, plan.afterMs);
      await workAShift(profile, kill);
    } else {
      const tabs = [first];
      while (tabs.length < plan.tabs) tabs.push(await openTab(now, `kill ${kill}, tab ${tabs.length + 1}`));
      for (const tab of tabs) await openScanner(tab, network.origin);
      await drain(first);
      for (const tab of tabs) await startShift(tab);
      const texts = await makeTexts(server, tabs.length, `${seed}/${kill}`);
      await scanUntilKilled(now, tabs, texts, plan, {
        setSky: (sky) => setSky(now, sky),
        listen: (listener) => {
          onVerdict = listener;
        },
      });
      tabsKilled += tabs.length;
    }
    await network.setWeather('fair');
    say(`browser kill ${kill}/${kills}: ${describePlan(plan)}, ${book.given - givenBefore} verdicts given`);
  };
  /** What a kill broke off goes on by itself: the tablet is enrolled, scans, and hands everything over. */
  const workAShift = async (profile: string, kill: number) => {
    const again = await open(profile);
    const page = await openTab(again, `after kill ${kill}`);
    await openScanner(page, network.origin);
    await startShift(page);
    const [texts = []] = await makeTexts(server, 1, `${seed}/${kill}`);
    await withinLimit(page, page.evaluate(scanFast, texts.slice(0, TEXTS_AFTER_ENROLMENT)));
    await drain(page);
    await again.context.close();
  };
  const openForTheLastTime = async () => {
    const last = await open();
    const page = await openTab(last, 'the last opening');
    await openScanner(page, network.origin);
    await drain(page);
    await last.context.close();
  };

  let done = 0;
  const broken: string[] = [];
  try {
    while (done < kills) await killOnce(++done);
    await openForTheLastTime();
  } catch (error) {
    broken.push(`broken off after kill ${done}: ${error instanceof Error ? error.message : String(error)}`);
  }

  const session = server.openSession();
  const openRecord = await openDayKeysOf(server.dataDir);
  const held = await readHoldings(session.sql, openRecord).finally(session.close);
  const unsound = await auditExport(server);
  const { verdicts, others, recordless, faults } = book.result(openRecord);
  const { stored, lost, duplicates, extra } = tally([...verdicts, ...others], held.rows);
  const isTooMuch = extra.length > tabsKilled * UNTOLD_PER_TAB;
  return {
    kills: done,
    promised: [
      { what: 'verdicts given', count: book.given },
      { what: 'answers and notes stored', count: others.length },
    ],
    stored,
    lost: [...recordless, ...lost],
    duplicates,
    extra: extra.length,
    faults: [
      ...broken,
      ...faults,
      ...faultsOf(held),
      ...unsound,
      ...(isTooMuch
        ? [`${extra.length} records that nobody was told of, with ${tabsKilled} tabs killed`]
        : []),
    ],
    restartMs: [],
    recoveryMs: [],
  };
}

async function openBrowser(profile: string, onNote: (page: Page, note: PageNote) => void): Promise<Browser> {
  const found = findChromium();
  if (found === null) throw new Error('no Chromium was found');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: found.path,
    args: [...found.args],
    viewport: { width: 800, height: 1280 },
    locale: 'en-GB',
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  // The browser leads a group of its own: one signal reaches all of it.
  const main = mainProcessOf(profile);
  if (main === undefined) throw new Error('the browser that was just started is not among the processes');
  await context.exposeBinding(NOTE_BINDING, ({ page }, note: PageNote) => onNote(page, note));
  await context.addInitScript(watchPage);
  return {
    context,
    async kill() {
      const closed = new Promise((resolve) => context.once('close', resolve));
      await killGroup(main, isOf(profile));
      await closed;
    },
  };
}

const isOf =
  (profile: string) =>
  ({ command }: ProcessLine): boolean =>
    command.includes(`--user-data-dir=${profile}`);

const mainProcessOf = (profile: string): number | undefined =>
  listProcesses().find((line) => isOf(profile)(line) && !line.command.includes('--type='))?.pid;

async function openScanner(page: Page, origin: string): Promise<void> {
  await page.goto(origin);
  await page.locator('main[data-stage=start]').waitFor();
}

async function startShift(page: Page): Promise<void> {
  await page.bringToFront();
  const gate = page.getByLabel('Gate', { exact: true });
  if ((await gate.inputValue()) === '') await gate.selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Start shift' }).click();
  await page.locator('main[data-stage=scanning]').waitFor();
}

async function drain(page: Page): Promise<void> {
  const giveUpAt = performance.now() + DRAIN_LIMIT_MS;
  for (;;) {
    const waiting = await page.evaluate(countWaiting);
    if (waiting === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`${waiting} records still wait on the tablet`);
    await sleep(50);
  }
}

/** For each tab its own: signed passes of every kind and codes that are no passes, no two alike. */
async function makeTexts(server: KillableServer, tabs: number, name: string): Promise<readonly string[][]> {
  return Promise.all(
    Array.from({ length: tabs }, async (_, tab) => {
      const texts: string[] = [];
      while (texts.length < TEXTS_PER_TAB) {
        const passes = (await (await fetch(`${server.origin}/api/demo/passes`)).json()) as SamplePass[];
        const urls = passes.map((_pass, at) => `https://example.org/${name}/${tab}/${texts.length + at}`);
        texts.push(...passes.flatMap(({ text }, at) => [text, urls[at] ?? '']));
      }
      return texts;
    }),
  );
}

async function scanUntilKilled(
  browser: Browser,
  tabs: readonly Page[],
  texts: readonly (readonly string[])[],
  { skies, moment }: Extract<KillPlan, { kind: 'scanning' }>,
  {
    setSky,
    listen,
  }: {
    readonly setSky: (sky: Sky) => Promise<void>;
    readonly listen: (onVerdict: () => void) => void;
  },
): Promise<void> {
  let isKilled = false;
  const kill = async () => {
    isKilled = true;
    await browser.kill();
  };
  const unlessKilled = (error: unknown) => {
    if (!isKilled) throw error;
  };
  const killed = new Promise<void>((resolve, reject) => {
    const strike = () => kill().then(resolve, reject);
    if (moment.kind === 'time') return void setTimeout(strike, moment.afterMs);
    let verdicts = 0;
    const late = setTimeout(
      () => reject(new Error('the verdict to kill after did not come')),
      LONGEST_SCANNING_MS,
    );
    listen(() => {
      if (++verdicts !== moment.number) return;
      clearTimeout(late);
      if (moment.plusMs === 0) strike();
      else setTimeout(strike, moment.plusMs);
    });
  });
  const changeSkies = async () => {
    for (const { sky, ms } of skies) {
      if (isKilled) return;
      await setSky(sky);
      await sleep(ms);
    }
  };
  const scanning = tabs.map((tab, at) => tab.evaluate(scanFast, texts[at] ?? []).catch(unlessKilled));
  await Promise.all([killed, changeSkies().catch(unlessKilled), ...scanning]);
  listen(() => {});
}

/** A page that does not come to its end says where it stands. */
async function withinLimit(page: Page, work: Promise<void>): Promise<void> {
  const late = sleep(LONGEST_SCANNING_MS, 'late' as const, { ref: false });
  if ((await Promise.race([work, late])) === 'late')
    throw new Error(`scanning does not go on: ${await page.locator('main').textContent()}`);
}

function describePlan(plan: KillPlan): string {
  if (plan.kind === 'opening') return `${plan.afterMs} ms after opening`;
  if (plan.kind === 'enrolling') return `${plan.afterMs} ms into an enrolment`;
  const { tabs, skies, moment } = plan;
  const when =
    moment.kind === 'time'
      ? `after ${moment.afterMs} ms`
      : `${moment.plusMs} ms after verdict ${moment.number}`;
  return `${tabs} tabs, ${skies.map(({ sky }) => sky).join(' then ')}, ${when}`;
}
