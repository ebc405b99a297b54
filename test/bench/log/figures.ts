// What the bench of the log found: one line a figure, for people as a table and for programs as JSON.

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** How it is to be, and whether it is; null: no goal. */
  readonly goal: { readonly words: string; readonly isMet: boolean } | null;
}

export const figure = (what: string, value: number, unit: string): Figure => ({
  what,
  value,
  unit,
  goal: null,
});

export const atMost = (what: string, value: number, unit: string, most: number): Figure => ({
  ...figure(what, value, unit),
  goal: { words: `at most ${most}`, isMet: value <= most },
});

export const atLeast = (what: string, value: number, unit: string, least: number): Figure => ({
  ...figure(what, value, unit),
  goal: { words: `at least ${least}`, isMet: value >= least },
});

/** Share 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, value, unit, goal }) => [
    what,
    value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 }),
    unit,
    goal === null ? '' : `${goal.words}: ${goal.isMet ? 'holds' : 'MISSED'}`,
  ]);
  return [['', 'value', 'unit', 'goal'], ['---', '---:', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
