// Passes that went the same way at two gates: where and when, never which.

import type { JSX } from 'preact';
import type { DayReport } from '../../core/log/day-report.ts';
import { gateName } from './day-figures.ts';
import { count, type SiteTimes } from './wording.ts';

export interface DuplicateTableProps {
  readonly report: DayReport;
  readonly times: SiteTimes;
}

const MOST_SHOWN = 12;

export function DuplicateTable({ report, times }: DuplicateTableProps): JSX.Element {
  const { duplicates } = report;
  if (duplicates.length === 0) return <p class="none">No pass was seen at two gates today.</p>;
  const place = (gate: string, minute: number) => (
    <>
      {times.minute(minute * 60_000)} <strong>{gateName(report, gate)}</strong>
    </>
  );
  return (
    <>
      <table class="duplicates">
        <thead>
          <tr>
            <th scope="col">First</th>
            <th scope="col">Again</th>
            <th scope="col">Way</th>
            <th scope="col" class="number">
              Apart
            </th>
          </tr>
        </thead>
        <tbody>
          {duplicates.slice(0, MOST_SHOWN).map((one, at) => {
            const isFirst = one.minute <= one.otherMinute;
            const here = place(one.gate, one.minute);
            const there = place(one.otherGate, one.otherMinute);
            return (
              <tr key={at}>
                <td>{isFirst ? here : there}</td>
                <td>{isFirst ? there : here}</td>
                <td>{one.direction === 'in' ? 'In' : 'Out'}</td>
                <td class="number">{Math.abs(one.minute - one.otherMinute)} min</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="second">
        {duplicates.length > MOST_SHOWN && `The latest ${MOST_SHOWN} of ${count(duplicates.length)}. `}
        Each row is one pass, seen twice. Look at the gates, not at the holders: was one of them offline?
      </p>
    </>
  );
}
