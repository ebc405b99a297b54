// Runs cases against parsers and counts what came of them. A case is made from (seed, parser, number) alone.

import { createRandom } from './random.ts';
import type { Fuzzable, FuzzCase } from './subject.ts';

export const MAX_CASE_MS = 200;
/** The machine may have been busy elsewhere: over this, the quickest of three runs counts. */
const REPEAT_OVER_MS = 20;
/** Under this many failures a run goes on, to show more than the first. */
const MAX_FAILURES = 5;

export interface FuzzFailure {
  readonly parser: string;
  readonly number: number;
  readonly problem: string;
  readonly input: string;
}

export interface FuzzCount {
  readonly parser: string;
  readonly codes: readonly string[];
  readonly countsByCode: ReadonlyMap<string, number>;
  readonly runs: number;
  readonly slowestMs: number;
}

export interface FuzzReport {
  readonly counts: readonly FuzzCount[];
  readonly failures: readonly FuzzFailure[];
}

export interface FuzzPlan {
  readonly seed: string;
  /** Shared between the parsers: those with more codes need more. */
  readonly runs: number;
  /** The number of each parser's first case. */
  readonly from: number;
  onProgress(done: number): void;
}

export async function fuzz(parsers: readonly Fuzzable[], plan: FuzzPlan): Promise<FuzzReport> {
  const counts: FuzzCount[] = [];
  const failures: FuzzFailure[] = [];
  const shares = shareRuns(parsers, plan.runs);
  let done = 0;
  for (const [at, parser] of parsers.entries()) {
    const runs = shares[at] ?? 0;
    const countsByCode = new Map<string, number>();
    let slowestMs = 0;
    for (let number = plan.from; number < plan.from + runs && failures.length < MAX_FAILURES; number++) {
      const one = parser.makeCase(createRandom(plan.seed, parser.name, number), number);
      const { code, problem, tookMs } = await runCase(parser, one);
      if (code !== null) countsByCode.set(code, (countsByCode.get(code) ?? 0) + 1);
      if (problem !== null) failures.push({ parser: parser.name, number, problem, input: one.show() });
      slowestMs = Math.max(slowestMs, tookMs);
      plan.onProgress(++done);
    }
    counts.push({ parser: parser.name, codes: parser.codes, countsByCode, runs, slowestMs });
  }
  return { counts, failures };
}

/** Some for every parser, whatever its codes: what is damaged at random needs runs as well. */
const BASE_SHARE = 10;

function shareRuns(parsers: readonly Fuzzable[], runs: number): readonly number[] {
  const weights = parsers.map(({ codes }) => BASE_SHARE + codes.length);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => Math.floor((runs * weight) / whole));
  const left = runs - shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share, at) => (at < left ? share + 1 : share));
}

interface Outcome {
  readonly code: string | null;
  readonly problem: string | null;
  readonly tookMs: number;
}

async function runCase(parser: Fuzzable, one: FuzzCase): Promise<Outcome> {
  const first = await runOnce(parser, one);
  if (first.problem !== null || first.tookMs <= REPEAT_OVER_MS) return first;
  const again = [await runOnce(parser, one), await runOnce(parser, one)];
  const tookMs = Math.min(first.tookMs, ...again.map((outcome) => outcome.tookMs));
  const problem = tookMs > MAX_CASE_MS ? `took ${Math.round(tookMs)} ms, three times over` : null;
  return { ...first, tookMs, problem };
}

async function runOnce(parser: Fuzzable, one: FuzzCase): Promise<Outcome> {
  const startedAt = performance.now();
  try {
    const answer = one.run();
    const code = typeof answer === 'string' ? answer : await answer;
    const tookMs = performance.now() - startedAt;
    const isKnown = code === 'ok' || parser.codes.includes(code);
    return { code, tookMs, problem: isKnown ? null : `gave the code '${code}', which it does not declare` };
  } catch (error) {
    const problem = `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { code: null, tookMs: performance.now() - startedAt, problem };
  }
}

/** Codes of a parser that were reached fewer than `least` times. */
export const rareCodes = ({ codes, countsByCode }: FuzzCount, least: number): readonly string[] =>
  codes.filter((code) => (countsByCode.get(code) ?? 0) < least);
