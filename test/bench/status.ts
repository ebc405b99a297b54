// npm run bench:status [-- --large]: ten million passes, a million of them revoked, in status lists; ten times as many with
// --large. Every pass is looked up. A Bloom filter and a Golomb-coded set of the same passes stand beside, at 1e-9.

import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { createBloomFilter } from './status/bloom-filter.ts';
import type { Contestant } from './status/contestant.ts';
import { createGolombSets } from './status/golomb-set.ts';
import { createPopulation, type Population } from './status/population.ts';
import { publishLists } from './status/published-lists.ts';
import { createWords, type Words } from './status/words.ts';

const ERROR_RATE = 1e-9;
/** For each ten million passes with a million revoked. */
const LIMIT_BYTES = 750_000;
const PASSES = 10_000_000;
const BATCHES = 20_000;
const BATCH_LOOKUPS = 100;
const USAGE = 'usage: npm run bench:status [-- --large]';

export async function main(args: string[]): Promise<number> {
  const scale = parseScale(args);
  if (scale === null) {
    console.error(USAGE);
    return 2;
  }
  const population = createPopulation(scale * PASSES, (scale * PASSES) / 10, createWords(2026));
  const { passes, revoked, lists } = population;
  console.log(`${count(passes)} passes, ${count(revoked)} revoked, ${lists.length} lists of 2^20 places`);
  console.log(
    `${cpus()[0]?.model ?? 'a processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  console.log(`load before ${loadavg()[0]?.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}\n`);

  const published = await publishLists(population);
  for (const line of published.lines) console.log(line);
  const contestants = [
    published.contestant,
    createBloomFilter(population, ERROR_RATE),
    createGolombSets(population, ERROR_RATE),
  ];
  const rows = contestants.map((contestant) => measure(contestant, population));
  console.log(`\n${formatTable(rows)}\n`);
  return judge(rows, scale * LIMIT_BYTES);
}

function parseScale(args: string[]): number | null {
  try {
    return parseArgs({ args, options: { large: { type: 'boolean', default: false } } }).values.large ? 10 : 1;
  } catch {
    return null;
  }
}

interface Row extends Pick<Contestant, 'name' | 'sentBytes' | 'heldBytes'> {
  readonly falseRefusals: number;
  readonly falseAdmissions: number;
  readonly medianNs: number;
  readonly p99Ns: number;
}

function measure(contestant: Contestant, population: Population): Row {
  const { name, sentBytes, heldBytes } = contestant;
  return {
    name,
    sentBytes,
    heldBytes,
    ...countMistakes(contestant, population),
    ...timeLookups(contestant, population, createWords(7)),
  };
}

/** Looks up every pass there is. */
function countMistakes({ isRevoked }: Contestant, { places, isRevokedByPass }: Population) {
  let [falseRefusals, falseAdmissions] = [0, 0];
  for (let pass = 0; pass < places.length; pass++) {
    const said = isRevoked(places[pass] ?? 0);
    if (said === (isRevokedByPass[pass] === 1)) continue;
    if (said) falseRefusals++;
    else falseAdmissions++;
  }
  return { falseRefusals, falseAdmissions };
}

/** Of passes drawn at random, a batch at a time, for one lookup is shorter than a look at the clock. */
function timeLookups({ isRevoked }: Contestant, { places }: Population, words: Words) {
  const times = new Float64Array(BATCHES);
  const drawn = new Uint32Array(BATCH_LOOKUPS);
  let found = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let at = 0; at < drawn.length; at++) drawn[at] = places[words.below(places.length)] ?? 0;
    const startedAtMs = performance.now();
    for (const place of drawn) if (isRevoked(place)) found++;
    times[batch] = ((performance.now() - startedAtMs) * 1e6) / drawn.length;
  }
  if (found === 0) throw new Error('nothing that was revoked has been looked up');
  times.sort();
  return { medianNs: times[BATCHES / 2] ?? 0, p99Ns: times[Math.floor(BATCHES * 0.99)] ?? 0 };
}

const count = (number: number): string => number.toLocaleString('en-US');

function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    count(row.sentBytes),
    count(row.heldBytes),
    count(row.falseRefusals),
    count(row.falseAdmissions),
    row.medianNs.toFixed(0),
    row.p99Ns.toFixed(0),
  ]);
  return [
    ['', 'bytes to send', 'bytes held', 'false refusals', 'false admissions', 'lookup ns', 'p99'],
    ['---', '---:', '---:', '---:', '---:', '---:', '---:'],
    ...cells,
  ]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

function judge([lists]: readonly Row[], limitBytes: number): number {
  if (lists === undefined) throw new Error('nothing was measured');
  const goals: readonly [string, boolean][] = [
    [`${count(lists.falseRefusals)} false refusals, 0 wanted`, lists.falseRefusals === 0],
    [`${count(lists.falseAdmissions)} false admissions, 0 wanted`, lists.falseAdmissions === 0],
    [`${count(lists.sentBytes)} bytes, ${count(limitBytes)} allowed`, lists.sentBytes <= limitBytes],
  ];
  for (const [goal, isMet] of goals) console.log(`${isMet ? 'holds' : 'FAILS'}: ${goal}`);
  return goals.every(([, isMet]) => isMet) ? 0 : 1;
}
