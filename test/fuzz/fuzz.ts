// npm run fuzz -- --runs N [--seed S] [--parser NAME] [--from N]: hostile inputs to every parser that meets the outside.
// Exit 0 all well, 1 an exception, a slow input or (from a million runs on) a rare code, 2 wrong arguments.

import { parseArgs } from 'node:util';
import { type FuzzCount, type FuzzFailure, fuzz, rareCodes } from './fuzz-runs.ts';
import { base45Fuzzable } from './parsers/base45.ts';
import { cborFuzzable } from './parsers/cbor.ts';
import { claimsFuzzable } from './parsers/claims.ts';
import { coseFuzzable } from './parsers/cose.ts';
import { openDayKeysFuzzable } from './parsers/day-keys.ts';
import { claimFuzzable, invitationFuzzable, typedCodeFuzzable } from './parsers/enrolment.ts';
import { sealedBatchFuzzable, sealedEnvelopeFuzzable, sealedRecordFuzzable } from './parsers/sealed-log.ts';
import { openSettingsFuzzable } from './parsers/settings.ts';
import { openSignedRequestFuzzable } from './parsers/signed-request.ts';
import { openSignedTimeFuzzable } from './parsers/signed-time.ts';
import { openStatusTokenFuzzable } from './parsers/status-token.ts';
import { targetsFuzzable } from './parsers/targets.ts';
import { openTextFuzzable } from './parsers/text.ts';
import { openTufMetadataFuzzable } from './parsers/tuf-metadata.ts';
import type { Fuzzable } from './subject.ts';

const DEFAULT_RUNS = 100_000;
const RUNS_THAT_REACH_ALL = 1_000_000;
const LEAST_PER_CODE = 1000;
const PROGRESS_EVERY_MS = 5000;
const MAX_SHOWN_INPUT = 2000;

export const openParsers = async (): Promise<readonly Fuzzable[]> => [
  await openTextFuzzable(),
  base45Fuzzable,
  cborFuzzable,
  coseFuzzable,
  claimsFuzzable,
  await openTufMetadataFuzzable(),
  targetsFuzzable,
  await openSettingsFuzzable(),
  await openStatusTokenFuzzable(),
  await openSignedTimeFuzzable(),
  await openDayKeysFuzzable(),
  sealedRecordFuzzable,
  sealedEnvelopeFuzzable,
  sealedBatchFuzzable,
  await openSignedRequestFuzzable(),
  invitationFuzzable,
  typedCodeFuzzable,
  claimFuzzable,
];

export async function main(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'string') return usage(options);
  const { runs, seed, from, parser } = options;
  const all = await openParsers();
  const parsers = all.filter(({ name }) => parser === undefined || name === parser);
  if (parsers.length === 0)
    return usage(`no parser '${parser}': there are ${all.map(({ name }) => name).join(', ')}`);

  console.log(`${runs} runs, seed ${seed}: ${parsers.map(({ name }) => name).join(', ')}`);
  const { counts, failures } = await fuzz(parsers, { seed, runs, from, onProgress: progressPrinter(runs) });
  for (const count of counts) printCount(count);
  for (const failure of failures) printFailure(failure, seed);
  const rare = runs >= RUNS_THAT_REACH_ALL ? counts.flatMap((count) => rareOf(count)) : [];
  for (const line of rare) console.log(line);
  const isWell = failures.length === 0 && rare.length === 0;
  console.log(
    isWell ? 'no exception, nothing slow' : `${failures.length} failures, ${rare.length} rare codes`,
  );
  return isWell ? 0 : 1;
}

interface Options {
  readonly runs: number;
  readonly seed: string;
  readonly from: number;
  readonly parser: string | undefined;
}

/** A text says what is wrong. */
function parseOptions(args: string[]): Options | string {
  const string = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { runs: string, seed: string, parser: string, from: string },
    });
    const runs = Number(values.runs ?? DEFAULT_RUNS);
    const from = Number(values.from ?? 0);
    if (!Number.isSafeInteger(runs) || runs < 1)
      return `--runs takes a whole number from 1, not '${values.runs}'`;
    if (!Number.isSafeInteger(from) || from < 0)
      return `--from takes a whole number from 0, not '${values.from}'`;
    const seed = values.seed ?? String(Date.now() % 1_000_000_007);
    return { runs, seed, from, parser: values.parser };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function usage(problem: string): number {
  console.error(problem);
  console.error('usage: npm run fuzz -- [--runs N] [--seed S] [--parser NAME] [--from N]');
  return 2;
}

function progressPrinter(runs: number): (done: number) => void {
  let printedAt = performance.now();
  return (done) => {
    if (done % 1000 !== 0 || performance.now() - printedAt < PROGRESS_EVERY_MS) return;
    printedAt = performance.now();
    console.log(`  ${done} of ${runs}`);
  };
}

function printCount({ parser, codes, countsByCode, runs, slowestMs }: FuzzCount): void {
  console.log(`\n${parser}: ${runs} runs, slowest ${slowestMs.toFixed(1)} ms`);
  for (const code of ['ok', ...codes])
    console.log(`  ${code.padEnd(32)}${String(countsByCode.get(code) ?? 0).padStart(9)}`);
}

function printFailure({ parser, number, problem, input }: FuzzFailure, seed: string): void {
  console.log(`\n${parser} case ${number} ${problem}`);
  console.log(
    `  input: ${input.length > MAX_SHOWN_INPUT ? `${input.slice(0, MAX_SHOWN_INPUT)}... (${input.length} characters)` : input}`,
  );
  console.log(`  again: npm run fuzz -- --parser ${parser} --seed ${seed} --from ${number} --runs 1`);
}

const rareOf = (count: FuzzCount): readonly string[] =>
  rareCodes(count, LEAST_PER_CODE).map(
    (code) => `${count.parser}: '${code}' was reached fewer than ${LEAST_PER_CODE} times`,
  );
