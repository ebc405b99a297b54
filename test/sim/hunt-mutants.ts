// Each mutant against one seed after another, until it is caught.

import { MUTANTS } from './mutants.ts';
import type { Simulator } from './simulate.ts';

export interface Hunt {
  readonly mutant: string;
  /** Null: it was not caught. */
  readonly caughtAfter: number | null;
  readonly seed: number | null;
  readonly promise: string | null;
}

export async function huntMutants(
  simulator: Simulator,
  options: { readonly from: number; readonly seeds: number; readonly steps: number },
  onHunt: (hunt: Hunt) => void = () => {},
): Promise<readonly Hunt[]> {
  const hunts: Hunt[] = [];
  for (const mutant of MUTANTS) {
    let hunt: Hunt = { mutant: mutant.name, caughtAfter: null, seed: null, promise: null };
    for (let tried = 1; tried <= options.seeds && hunt.caughtAfter === null; tried++) {
      const seed = options.from + tried - 1;
      const { violation } = await simulator.runSeed(seed, options.steps, mutant);
      if (violation !== null) hunt = { ...hunt, caughtAfter: tried, seed, promise: violation.promise };
    }
    hunts.push(hunt);
    onHunt(hunt);
  }
  return hunts;
}
