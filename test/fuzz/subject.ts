// What the fuzzer asks of each parser under it.

import type { Random } from './random.ts';

export interface FuzzSubject<Input> {
  readonly name: string;
  /** Every code that the parser may refuse with. */
  readonly codes: readonly string[];
  /** Inputs that the parser takes. */
  readonly seedInputs: readonly Input[];
  /** An input made to be refused with the aim; without one, the input damaged at random. */
  mutate(random: Random, input: Input, aim: string | null): Input;
  /** The code of the refusal, or 'ok'. Throws where what the parser took does not hold together. */
  run(input: Input): string | Promise<string>;
  show(input: Input): string;
}

/** One input, ready to be run as often as asked. */
export interface FuzzCase {
  run(): string | Promise<string>;
  show(): string;
}

/** A subject whose inputs are its own business. */
export interface Fuzzable {
  readonly name: string;
  readonly codes: readonly string[];
  makeCase(random: Random, number: number): FuzzCase;
}

const AIMED_SHARE = 0.6;
const UNTOUCHED_SHARE = 0.02;

export function toFuzzable<Input>(subject: FuzzSubject<Input>): Fuzzable {
  const { name, codes } = subject;
  return {
    name,
    codes,
    makeCase(random, number) {
      const seed = random.pick(subject.seedInputs);
      const aim = random.chance(AIMED_SHARE) ? (codes[number % codes.length] ?? null) : null;
      const input = random.chance(UNTOUCHED_SHARE) ? seed : subject.mutate(random, seed, aim);
      return { run: () => subject.run(input), show: () => subject.show(input) };
    },
  };
}
