// The short run of the simulator for every check: 500 seeds, the same story twice, and each mutant until it is caught.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { huntMutants } from './hunt-mutants.ts';
import { MUTANTS } from './mutants.ts';
import type { Mutation } from './mutation.ts';
import { drawPlan } from './plan.ts';
import { openSimulator, type Simulator, shrink } from './simulate.ts';
import { missingFaults, runSeeds } from './tally.ts';

const SEEDS = 500;
const STEPS = 60;
const MUTANT_STEPS = 100;
const MUTANT_SEEDS = 300;
const BROWSER_SEEDS = 100;
const BROWSER_STEPS = 20;
const LIMIT_MS = 400_000;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await openSimulator();
});
afterAll(() => simulator.close());

describe('tablets and their server', () => {
  it(
    `keep every promise in ${SEEDS} seeds, and every family of faults happens`,
    async () => {
      const tally = await runSeeds(
        simulator,
        { from: 1, seeds: SEEDS, steps: STEPS },
        ({ seeds, realMs }) => {
          if (seeds % 100 === 0) console.log(`${seeds} of ${SEEDS} seeds in ${(realMs / 1000).toFixed(1)} s`);
        },
      );
      expect(tally.broken).toEqual([]);
      expect(missingFaults(tally)).toEqual([]);
      expect(tally.given).toBeGreaterThan(SEEDS * 10);
    },
    LIMIT_MS,
  );

  it(
    `come to the same end by the crypto that browsers have, in ${BROWSER_SEEDS} seeds`,
    async () => {
      const ends = async (under: Simulator) => {
        const found: string[] = [];
        for (let seed = 1; seed <= BROWSER_SEEDS; seed++) {
          const { violation, fingerprint, story } = await under.runSeed(seed, BROWSER_STEPS);
          found.push(`${seed} ${violation?.promise ?? 'kept'} ${fingerprint} ${story.length}`);
        }
        return found;
      };
      const expected = await ends(simulator);
      simulator.close();
      const browser = await openSimulator('browser');
      const byBrowser = await ends(browser);
      browser.close();
      simulator = await openSimulator();
      expect(byBrowser).toEqual(expected);
      expect(new Set(byBrowser).size).toBe(BROWSER_SEEDS);
    },
    LIMIT_MS,
  );

  it('live the same story again from the same seed, and another from another', async () => {
    const stories = [];
    for (const seed of [7, 7, 8]) stories.push((await simulator.runSeed(seed, STEPS)).story.join('\n'));
    expect(stories[0]).toBe(stories[1]);
    expect(stories[0]).not.toBe(stories[2]);
  });
});

describe('the simulator', () => {
  it(
    `catches each of ${MUTANTS.length} mutants`,
    async () => {
      const hunts = await huntMutants(simulator, { from: 1, seeds: MUTANT_SEEDS, steps: MUTANT_STEPS });
      expect(hunts.filter(({ caughtAfter }) => caughtAfter === null)).toEqual([]);
      expect(hunts.length).toBeGreaterThanOrEqual(12);
    },
    LIMIT_MS,
  );

  it('shrinks what broke a promise to fewer steps that break the same', async () => {
    const [mutant] = MUTANTS;
    if (mutant === undefined) throw new Error('there are mutants');
    const broken = await seedThatBreaks(mutant);
    const plan = drawPlan(broken, MUTANT_STEPS);
    const small = await shrink(simulator, plan, mutant);
    const [before, after] = [await simulator.run(plan, mutant), await simulator.run(small, mutant)];
    expect(after.violation?.promise).toBe(before.violation?.promise);
    expect(small.steps.length).toBeLessThan(plan.steps.length / 2);
  });
});

async function seedThatBreaks(mutant: Mutation): Promise<number> {
  for (let seed = 1; seed <= MUTANT_SEEDS; seed++)
    if ((await simulator.runSeed(seed, MUTANT_STEPS, mutant)).violation !== null) return seed;
  throw new Error(`no seed breaks what ${mutant.name}`);
}
