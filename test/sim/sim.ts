// npm run sim -- [--seeds N] [--from SEED] [--steps N] [--jobs N] | --replay SEED [--steps N] | --mutants [--seeds N] [--from SEED]
// Exit 0 when no promise was broken (or every mutant was caught), 1 otherwise, 2 on wrong arguments.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { huntMutants } from './hunt-mutants.ts';
import { drawPlan, stepText } from './plan.ts';
import { DEFAULT_STEPS, openSimulator, type Simulator, shrink } from './simulate.ts';
import { addTally, emptyTally, printTally, runSeeds, type Tally } from './tally.ts';

const USAGE =
  'usage: npm run sim -- [--seeds N] [--from SEED] [--steps N] [--jobs N] | --replay SEED | --mutants';
const DEFAULT_SEEDS = 500;
const MUTANT_SEEDS = 1000;
const ROOT = join(import.meta.dirname, '../..');

interface Options {
  readonly seeds: number | null;
  readonly from: number;
  readonly steps: number;
  readonly jobs: number;
  readonly replay: number | null;
  readonly isMutants: boolean;
  /** Prints the tally as JSON, for the process that asked. */
  readonly isPart: boolean;
}

export async function main(args: string[]): Promise<number> {
  // Thousands of faults are thrown and met: nobody reads where.
  Error.stackTraceLimit = 0;
  const options = parseOptions(args);
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  if (options.jobs > 1) return runInParts(options);
  const simulator = await openSimulator();
  try {
    if (options.replay !== null) return await replay(simulator, options.replay, options.steps);
    if (options.isMutants) return await hunt(simulator, options);
    const tally = await runSeeds(simulator, seedsOf(options));
    if (options.isPart) console.log(JSON.stringify(tally));
    return options.isPart ? 0 : await judge(simulator, tally, options);
  } finally {
    simulator.close();
  }
}

function parseOptions(args: string[]): Options | null {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seeds: { type: 'string' },
        from: { type: 'string', default: '1' },
        steps: { type: 'string', default: String(DEFAULT_STEPS) },
        jobs: { type: 'string', default: '1' },
        replay: { type: 'string' },
        mutants: { type: 'boolean', default: false },
        part: { type: 'boolean', default: false },
      },
    });
    const whole = (text: string): number => {
      const number = Number(text);
      if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${text} is no whole number`);
      return number;
    };
    return {
      seeds: values.seeds === undefined ? null : whole(values.seeds),
      from: whole(values.from),
      steps: whole(values.steps),
      jobs: whole(values.jobs),
      replay: values.replay === undefined ? null : whole(values.replay),
      isMutants: values.mutants,
      isPart: values.part,
    };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}

const seedsOf = ({ seeds, from, steps }: Options) => ({ from, seeds: seeds ?? DEFAULT_SEEDS, steps });

async function replay(simulator: Simulator, seed: number, steps: number): Promise<number> {
  const { story, violation } = await simulator.runSeed(seed, steps);
  console.log(story.join('\n'));
  return violation === null ? 0 : 1;
}

async function hunt(simulator: Simulator, { from, seeds, steps }: Options): Promise<number> {
  const hunts = await huntMutants(simulator, { from, seeds: seeds ?? MUTANT_SEEDS, steps }, (found) => {
    const result = found.caughtAfter === null ? 'NOT CAUGHT' : `after ${found.caughtAfter} seeds`;
    console.log(`${found.mutant.padEnd(46)} ${result.padEnd(16)} ${found.promise ?? ''}`);
  });
  const caught = hunts.filter(({ caughtAfter }) => caughtAfter !== null).length;
  console.log(`${caught} of ${hunts.length} mutants caught`);
  return caught === hunts.length ? 0 : 1;
}

/** The same seeds in several processes, for as many cores. */
async function runInParts(options: Options): Promise<number> {
  const { from, seeds, steps } = seedsOf(options);
  const share = Math.ceil(seeds / options.jobs);
  const parts = Array.from({ length: options.jobs }, (_, at) => ({
    from: from + at * share,
    seeds: Math.max(0, Math.min(share, seeds - at * share)),
  }));
  const tally = emptyTally();
  for (const part of await Promise.all(parts.map((one) => runPart(one, steps)))) addTally(tally, part);
  const simulator = await openSimulator();
  try {
    return await judge(simulator, tally, options);
  } finally {
    simulator.close();
  }
}

function runPart(part: { from: number; seeds: number }, steps: number): Promise<Tally> {
  const script = [join(ROOT, 'test/support/run-script.mjs'), join(ROOT, 'test/sim/sim.ts')];
  const args = ['--part', '--from', `${part.from}`, '--seeds', `${part.seeds}`, '--steps', `${steps}`];
  const child = spawn(process.execPath, [...script, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      if (code === 0) resolve(JSON.parse(said) as Tally);
      else reject(new Error(`a part of the run ended with ${code}`));
    });
  });
}

async function judge(simulator: Simulator, tally: Tally, { steps }: Options): Promise<number> {
  printTally(tally, (line) => console.log(line));
  const [first] = tally.broken;
  if (first === undefined) return 0;
  const plan = await shrink(simulator, drawPlan(first.seed, steps));
  console.log(`\nseed ${first.seed} shrunk to ${plan.steps.length} of ${steps} steps:`);
  for (const step of plan.steps) console.log(`  ${stepText(step)}`);
  console.log('\nits story:');
  console.log((await simulator.run(plan)).story.join('\n'));
  console.log(`\nthe whole of it: npm run sim -- --replay ${first.seed} --steps ${steps}`);
  return 1;
}
