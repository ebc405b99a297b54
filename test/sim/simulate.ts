// Runs plans one after another under the platform's crypto of the simulator, and shrinks one that broke a promise.

import { type Mutation, NO_MUTATION } from './mutation.ts';
import { drawPlan, type Plan, type Step } from './plan.ts';
import { installCountedWebCrypto, installPlatformCrypto } from './platform-crypto.ts';
import { type Engines, openSimKeys } from './sim-keys.ts';
import { type RunResult, World } from './world.ts';

export const DEFAULT_STEPS = 200;

export interface Simulator {
  run(plan: Plan, mutation?: Mutation): Promise<RunResult>;
  runSeed(seed: number, steps?: number, mutation?: Mutation): Promise<RunResult>;
  close(): void;
}

/** One at a time in a process: `crypto` is replaced until it is closed. */
export async function openSimulator(engines: Engines = 'simulator'): Promise<Simulator> {
  const { isBusy, close } = engines === 'browser' ? installCountedWebCrypto() : installPlatformCrypto();
  const keys = await openSimKeys(engines);
  const run = (plan: Plan, mutation = NO_MUTATION) => new World(plan, keys, mutation, isBusy).run();
  return {
    run,
    runSeed: (seed, steps = DEFAULT_STEPS, mutation) => run(drawPlan(seed, steps), mutation),
    close,
  };
}

/** Fewer steps and fewer tablets that still break the same promise. */
export async function shrink(simulator: Simulator, plan: Plan, mutation?: Mutation): Promise<Plan> {
  const first = (await simulator.run(plan, mutation)).violation;
  if (first === null) return plan;
  const isStillBroken = async (smaller: Plan): Promise<boolean> =>
    (await simulator.run(smaller, mutation)).violation?.promise === first.promise;
  let best: Plan = plan;
  const cut: Plan = { ...plan, steps: plan.steps.slice(0, first.step) };
  if (await isStillBroken(cut)) best = cut;
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = best.steps.length - size; at > -size; at -= size) {
      const steps: readonly Step[] = best.steps.filter((_, index) => index < at || index >= at + size);
      const smaller = { ...best, steps };
      if (steps.length < best.steps.length && (await isStillBroken(smaller))) best = smaller;
    }
  }
  return best;
}
