// What a part of the kill run is given, what it found, and how that is judged and printed.

export interface Run {
  readonly kills: number;
  readonly seed: string;
  say(line: string): void;
  /** To be undone at the end, also when the run is broken off. */
  atEnd(undo: () => Promise<void>): void;
  /** The run is broken off. */
  readonly stop: AbortSignal;
}

export interface Outcome {
  readonly kills: number;
  readonly promised: readonly { readonly what: string; readonly count: number }[];
  readonly stored: number;
  readonly lost: readonly string[];
  readonly duplicates: readonly string[];
  /** Stored, and killed before anybody was told. */
  readonly extra: number;
  /** Other promises that were broken, in words. */
  readonly faults: readonly string[];
  /** From spawn to the first healthy answer. */
  readonly restartMs: readonly number[];
  /** From the kill of the database alone to the first healthy answer. */
  readonly recoveryMs: readonly number[];
}

export const RESTART_LIMIT_MS = 2000;
const SHOWN = 10;
const NAME_WIDTH = 34;

/** A busy machine that only asks whether anything is lost gives limitMs more room. */
export const isWell = (
  { lost, duplicates, faults, restartMs, recoveryMs }: Outcome,
  limitMs: number,
): boolean =>
  lost.length === 0 &&
  duplicates.length === 0 &&
  faults.length === 0 &&
  [...restartMs, ...recoveryMs].every((ms) => ms <= limitMs);

export function describeOutcome(part: string, outcome: Outcome, limitMs: number): string {
  const { kills, promised, stored, lost, duplicates, extra, faults, restartMs, recoveryMs } = outcome;
  const lines: (readonly [string, string | number])[] = [
    ['kills', kills],
    ...promised.map(({ what, count }) => [what, count] as const),
    ['records on the server', stored],
    ['lost', lost.length],
    ['duplicates', duplicates.length],
    ['extra, unacknowledged', extra],
    ...timesLine('restart ms, median / max', restartMs),
    ...timesLine('database back ms, median / max', recoveryMs),
  ];
  return [
    part,
    ...lines.map(([name, value]) => `  ${name.padEnd(NAME_WIDTH)}${String(value).padStart(10)}`),
    ...listed('lost', lost),
    ...listed('twice', duplicates),
    ...faults.map((fault) => `  broken: ${fault}`),
    ...[...restartMs, ...recoveryMs]
      .filter((ms) => ms > limitMs)
      .map((ms) => `  too slow: ${ms.toFixed(0)} ms, at most ${limitMs} ms are allowed`),
  ].join('\n');
}

function timesLine(name: string, times: readonly number[]): (readonly [string, string])[] {
  if (times.length === 0) return [];
  const sorted = [...times].sort((a, b) => a - b);
  const [median, max] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  return [[name, `${median.toFixed(0)} / ${max.toFixed(0)}`]];
}

const listed = (word: string, names: readonly string[]): readonly string[] => [
  ...names.slice(0, SHOWN).map((name) => `  ${word}: ${name}`),
  ...(names.length > SHOWN ? [`  ${word}: and ${names.length - SHOWN} more`] : []),
];
