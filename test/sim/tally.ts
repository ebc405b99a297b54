// Many seeds counted together: what was broken, and that every family of faults really happened.

import { FAULT_NAMES, type FaultName } from './faults.ts';
import type { Simulator } from './simulate.ts';

export interface Tally {
  seeds: number;
  given: number;
  destroyed: number;
  unalarmed: number;
  events: number;
  virtualMs: number;
  realMs: number;
  readonly counts: Record<string, number>;
  readonly broken: { readonly seed: number; readonly promise: string; readonly what: string }[];
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  given: 0,
  destroyed: 0,
  unalarmed: 0,
  events: 0,
  virtualMs: 0,
  realMs: 0,
  counts: {},
  broken: [],
});

/** Parts run beside one another: the longest is how long it took. */
export function addTally(sum: Tally, part: Tally): void {
  for (const key of ['seeds', 'given', 'destroyed', 'unalarmed', 'events', 'virtualMs'] as const)
    sum[key] += part[key];
  sum.realMs = Math.max(sum.realMs, part.realMs);
  for (const [name, count] of Object.entries(part.counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count;
  sum.broken.push(...part.broken);
}

export async function runSeeds(
  simulator: Simulator,
  { from, seeds, steps }: { readonly from: number; readonly seeds: number; readonly steps: number },
  onSeed: (tally: Tally) => void = () => {},
): Promise<Tally> {
  const tally = emptyTally();
  const startedMs = performance.now();
  for (let seed = from; seed < from + seeds; seed++) {
    const { violation, counts, ...run } = await simulator.runSeed(seed, steps);
    tally.seeds += 1;
    for (const key of ['given', 'destroyed', 'unalarmed', 'events', 'virtualMs'] as const)
      tally[key] += run[key];
    for (const name of FAULT_NAMES) tally.counts[name] = (tally.counts[name] ?? 0) + counts.of(name);
    if (violation !== null) tally.broken.push({ seed, promise: violation.promise, what: violation.what });
    tally.realMs = performance.now() - startedMs;
    onSeed(tally);
  }
  return tally;
}

export const missingFaults = ({ counts }: Tally): readonly FaultName[] =>
  FAULT_NAMES.filter((name) => (counts[name] ?? 0) === 0);

export function printTally(tally: Tally, say: (line: string) => void): void {
  const days = (tally.virtualMs / 86_400_000).toFixed(0);
  say(
    `${tally.seeds} seeds, ${days} days of virtual time, ${tally.events} events, ${(tally.realMs / 1000).toFixed(1)} s`,
  );
  say(
    `${tally.given} verdicts given, ${tally.destroyed} of them destroyed with their tablet's disk before they were sent`,
  );
  say(`${tally.unalarmed} records that a restored server lost and no later batch could tell it of`);
  for (const name of FAULT_NAMES) say(`  ${name.padEnd(28)} ${tally.counts[name] ?? 0}`);
  const missing = missingFaults(tally);
  if (missing.length > 0) say(`never happened: ${missing.join(', ')}`);
  say(`${tally.broken.length} seeds broke a promise`);
  for (const { seed, promise, what } of tally.broken.slice(0, 20)) say(`  seed ${seed}: ${promise}: ${what}`);
}
