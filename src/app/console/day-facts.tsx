// The five facts above the fold: in, out, inside, silent tablets, seen before.

import type { JSX } from 'preact';
import type { DayReport } from '../../core/log/day-report.ts';
import { type DayTotals, dayTotals, hourLabel, tabletRows } from './day-figures.ts';
import { count } from './wording.ts';
import './day-facts.css';

export interface DayFactsProps {
  /** Null: nothing is known yet, and only the heads stand. */
  readonly report: DayReport | null;
  readonly nowSeconds: number;
}

export function DayFacts({ report, nowSeconds }: DayFactsProps): JSX.Element {
  const totals = report === null ? null : dayTotals(report);
  const tablets = report === null ? [] : tabletRows(report, nowSeconds);
  const silent = tablets.filter(({ isSilent }) => isSilent).length;
  return (
    <dl class="facts">
      <Fact name="In" value={totals?.admittedIn} about="admitted" />
      <Fact name="Out" value={totals?.admittedOut} about="admitted" />
      <Fact
        name="Inside now"
        value={totals === null ? undefined : Math.max(0, totals.inside)}
        about={report === null || totals === null ? 'in minus out' : insideWords(totals, report)}
      />
      <Fact
        name="Silent tablets"
        value={report === null ? undefined : silent}
        about={report === null ? 'over 30 min on shift' : `of ${count(tablets.length)}, over 30 min on shift`}
        isTrouble={silent > 0}
      />
      <Fact name="Seen before" value={totals?.seenBefore} about="passes shown twice" />
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: number | undefined;
  readonly about: string;
  readonly isTrouble?: boolean;
}

function Fact({ name, value, about, isTrouble = false }: FactProps): JSX.Element {
  return (
    <div class={isTrouble ? 'fact trouble' : 'fact'}>
      <dt>{name}</dt>
      <dd class="fact-value">{value === undefined ? '\u00a0' : count(value)}</dd>
      <dd class="fact-about">{about}</dd>
    </div>
  );
}

function insideWords({ inside, peak }: DayTotals, report: DayReport): string {
  if (inside < 0) return `${count(-inside)} more went out than in`;
  if (peak === null) return 'in minus out';
  if (peak.inside === inside) return 'the most today';
  return `peak ${count(peak.inside)} by ${hourLabel(peak.hour + 1, report.site.dayStartMinutes)}:00`;
}
