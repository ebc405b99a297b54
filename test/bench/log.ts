// npm run bench:log [-- --quick] [--part drain|tablet]: what the sealed log costs from the scan to the server. On the tablet
// (Chromium, a profile on the disk): from a scan to its durable record, appends behind few and behind a million waiting
// records, and the room they take; then the drain to a built server. --quick is small enough for a test run.
// Exit 0 when all goals hold, 1 otherwise.

import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium } from '../support/find-chromium.mjs';
import { measureDrain } from './log/drain.ts';
import { type Figure, formatFigures } from './log/figures.ts';
import { measureTablet } from './log/tablet.ts';

const SIZES = {
  full: { scans: 1000, appends: 1000, waiting: 1_000_000, stored: 50_000, drained: 50_000, rounds: 3 },
  quick: { scans: 100, appends: 100, waiting: 20_000, stored: 5000, drained: 5000, rounds: 3 },
} as const;
const ROOT = join(import.meta.dirname, '../..');
const USAGE = 'usage: npm run bench:log [-- --quick] [--part drain|tablet]';

export async function main(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === null) return fail(USAGE);
  const { isQuick, part } = options;
  if (part !== 'drain' && findChromium() === null)
    return fail('found no Chromium: set GATELIGHT_CHROMIUM to its path');
  const built = spawnSync(process.execPath, [join(ROOT, 'src/build/build-if-needed.mjs')], {
    stdio: 'inherit',
  });
  if (built.status !== 0) return 1;

  const size = isQuick ? SIZES.quick : SIZES.full;
  const undo: (() => Promise<void>)[] = [];
  const atEnd = (step: () => Promise<void>) => void undo.push(step);
  console.log(
    `${cpus()[0]?.model ?? 'a processor'}, ${availableParallelism()} cores, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}`,
  );
  try {
    const figures = [
      ...(part === 'drain' ? [] : await measureTablet({ ...size, atEnd })),
      ...(part === 'tablet' ? [] : await measureDrain({ records: size.drained, rounds: size.rounds, atEnd })),
    ];
    return report(figures);
  } finally {
    for (const step of undo.reverse()) await step().catch(console.error);
  }
}

function report(figures: readonly Figure[]): number {
  console.log(`\n${formatFigures(figures)}\n`);
  for (const one of figures) console.log(JSON.stringify(one));
  return figures.every(({ goal }) => goal === null || goal.isMet) ? 0 : 1;
}

function parseOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: { quick: { type: 'boolean', default: false }, part: { type: 'string' } },
    });
    const { quick, part } = values;
    const isPart = part === undefined || part === 'drain' || part === 'tablet';
    return isPart ? { isQuick: quick, part: part ?? null } : null;
  } catch {
    return null;
  }
}

function fail(problem: string): number {
  console.error(problem);
  return 2;
}
