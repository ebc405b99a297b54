// npm run kill -- [--browser N] [--server N] [--seed S] [--limit MS]: the browser killed hard N times while scanning and sending, server
// and database killed hard N times while receiving. Exit 0 when nothing was lost or doubled and every restart took under
// two seconds, 1 otherwise, 2 on wrong arguments or without a Chromium.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium } from '../support/find-chromium.mjs';
import { killBrowsers } from './browser-kills.ts';
import { describeOutcome, isWell, type Outcome, RESTART_LIMIT_MS, type Run } from './outcome.ts';
import { killServers } from './server-kills.ts';

const DEFAULT_KILLS = 20;
/** As a shell says it of a command that Ctrl-C ended. */
const BROKEN_OFF = 130;
const ROOT = join(import.meta.dirname, '../..');
const USAGE = `usage: npm run kill -- [--browser N] [--server N] [--seed S] [--limit MS]    (${DEFAULT_KILLS} of each unless one is named)`;

interface Options {
  readonly browser: number;
  readonly server: number;
  readonly seed: string;
  /** For a restart. */
  readonly limitMs: number;
}

export async function main(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'string') return usage(options);
  if (options.browser > 0 && findChromium() === null)
    return usage('found no Chromium: set GATELIGHT_CHROMIUM to its path');
  const built = spawnSync(process.execPath, [join(ROOT, 'src/build/build-if-needed.mjs')], {
    stdio: 'inherit',
  });
  if (built.status !== 0) return 1;

  const undo: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  const stopped = new Promise<null>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(null));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());
  // Whoever reads along may leave: the run goes on, and cleans up after itself.
  process.stdout.on('error', () => {});
  try {
    const parts = runParts(options, (step) => undo.push(step), stopping.signal);
    const outcomes = await Promise.race([parts, stopped]);
    return outcomes === null ? BROKEN_OFF : judge(outcomes, options);
  } finally {
    stopping.abort();
    for (const step of undo.reverse()) await step().catch(console.error);
  }
}

type Outcomes = readonly (readonly [string, Outcome])[];

async function runParts(
  { browser, server, seed }: Options,
  atEnd: Run['atEnd'],
  stop: AbortSignal,
): Promise<Outcomes> {
  console.log(`seed ${seed}: ${browser} kills of the browser, ${server} of server and database`);
  const run = { seed, say: (line: string) => console.log(`  ${line}`), atEnd, stop };
  return [
    ...(server > 0 ? [['server', await killServers({ ...run, kills: server })] as const] : []),
    ...(browser > 0 ? [['browser', await killBrowsers({ ...run, kills: browser })] as const] : []),
  ];
}

function judge(outcomes: Outcomes, { seed, limitMs }: Options): number {
  for (const [part, outcome] of outcomes) console.log(`\n${describeOutcome(part, outcome, limitMs)}`);
  const isAllWell = outcomes.every(([, outcome]) => isWell(outcome, limitMs));
  console.log(
    isAllWell ? '\nnothing lost, nothing twice' : `\nNOT WELL. The same plan again: --seed ${seed}`,
  );
  return isAllWell ? 0 : 1;
}

/** A text says what is wrong. */
function parseOptions(args: string[]): Options | string {
  const string = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { browser: string, server: string, seed: string, limit: string },
    });
    const isNamed = values.browser !== undefined || values.server !== undefined;
    const [browser, server] = [values.browser, values.server].map((text) =>
      Number(text ?? (isNamed ? 0 : DEFAULT_KILLS)),
    );
    const isCount = (kills: number | undefined): kills is number =>
      Number.isSafeInteger(kills) && Number(kills) >= 0;
    if (!isCount(browser) || !isCount(server)) return '--browser and --server take whole numbers';
    const limitMs = Number(values.limit ?? RESTART_LIMIT_MS);
    if (!(limitMs > 0)) return '--limit takes milliseconds';
    return { browser, server, limitMs, seed: values.seed ?? String(Date.now() % 1_000_000_007) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function usage(problem: string): number {
  console.error(problem);
  console.error(USAGE);
  return 2;
}
