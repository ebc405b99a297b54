// Opening hours as a form shows them: times of day, where the end may be in the next day.

import type { Policy } from '../../core/trust/trust.ts';

export interface OpeningRow {
  readonly from: string;
  readonly to: string;
  readonly way: 'both' | 'in' | 'out';
}

type Hours = Policy['hours'];
const DAY_MINUTES = 1440;

export const hoursToRows = (hours: Hours): readonly OpeningRow[] =>
  hours.map(({ from, to, directions }) => ({
    from: timeText(from),
    to: timeText(to),
    way: directions.length === 1 ? (directions[0] ?? 'both') : 'both',
  }));

/** An end that is not after its beginning is of the next day. A time that is none is given by its row. */
export function rowsToHours(rows: readonly OpeningRow[]): Hours | { readonly badRow: number } {
  const badRow = rows.findIndex(({ from, to }) => timeMinutes(from) === null || timeMinutes(to) === null);
  if (badRow >= 0) return { badRow };
  return rows.map(({ from, to, way }) => {
    const [begin, end] = [timeMinutes(from) ?? 0, timeMinutes(to) ?? 0];
    return {
      from: begin,
      to: end > begin ? end : end + DAY_MINUTES,
      directions: way === 'both' ? ['in', 'out'] : [way],
    };
  });
}

/** '05:30' of minutes after midnight. */
export function timeText(minutes: number): string {
  const inDay = minutes % DAY_MINUTES;
  return `${String(Math.floor(inDay / 60)).padStart(2, '0')}:${String(inDay % 60).padStart(2, '0')}`;
}

/** Minutes after midnight; null for what is no time. */
export function timeMinutes(text: string): number | null {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  return found === null ? null : Number(found[1]) * 60 + Number(found[2]);
}
