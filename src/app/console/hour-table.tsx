// The same numbers as the strips, as a table.

import type { JSX } from 'preact';
import type { DayReport } from '../../core/log/day-report.ts';
import { hourLabel, openHour, verdictStrips } from './day-figures.ts';
import { count, VERDICT_WORDS } from './wording.ts';

export function HourTable({ report }: { readonly report: DayReport }): JSX.Element {
  const strips = verdictStrips(report);
  const before = strips.find(({ verdict }) => verdict === 'admit')?.weekBefore ?? null;
  const open = openHour(report);
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter(
    (hour) => strips.some(({ byHour }) => (byHour[hour] ?? 0) > 0) || (before?.[hour] ?? 0) > 0,
  );
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Hour</th>
          {strips.map(({ verdict }) => (
            <th scope="col" class="number" key={verdict}>
              {VERDICT_WORDS[verdict]}
            </th>
          ))}
          {before !== null && (
            <th scope="col" class="number">
              Admit, week before
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {hours.map((hour) => (
          <tr key={hour}>
            <th scope="row">
              {hourLabel(hour, report.site.dayStartMinutes)}:00{hour === open ? ', still open' : ''}
            </th>
            {strips.map(({ verdict, byHour }) => (
              <td class="number" key={verdict}>
                {count(byHour[hour] ?? 0)}
              </td>
            ))}
            {before !== null && <td class="number">{count(before[hour] ?? 0)}</td>}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Day</th>
          {strips.map(({ verdict, total }) => (
            <td class="number" key={verdict}>
              {count(total)}
            </td>
          ))}
          {before !== null && <td class="number">{count(before.reduce((sum, value) => sum + value, 0))}</td>}
        </tr>
      </tfoot>
    </table>
  );
}
