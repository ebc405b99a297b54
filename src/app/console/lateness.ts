// One honest line: how the numbers come, how old the last scan is, and whose counts may be late.

import type { DayReport } from '../../core/log/day-report.ts';
import type { Link } from './console-model.ts';
import { type TabletRow, tabletRows } from './day-figures.ts';
import { ago, siteTimes } from './wording.ts';

/** Beyond this many late gates the line only counts them. */
const MOST_NAMED = 3;

/** `isCut`: the server stopped answering; then `nowSeconds` is when it last did. */
export function lateness(report: DayReport, link: Link, isCut: boolean, nowSeconds: number): string {
  const times = siteTimes(report.site);
  const sentences = [isCut ? `Not live since ${times.second(report.now * 1000)}.` : LINK_WORDS[link]];
  const last = report.latest[0];
  if (last === undefined) {
    sentences.push('No scans yet today.');
  } else {
    const isFresh = !isCut && nowSeconds - last.minute * 60 < 120;
    sentences.push(
      isFresh ? 'Last scan a moment ago.' : `Last scan at ${times.minute(last.minute * 60_000)}.`,
    );
  }

  const rows = tabletRows(report, nowSeconds);
  const late = onceEachGate(rows.filter(({ isLate }) => isLate));
  const silent = onceEachGate(rows.filter(({ isSilent }) => isSilent));
  if (late.length > MOST_NAMED) sentences.push(`${late.length} gates’ counts are late.`);
  else
    for (const { gateName, quietSeconds } of late)
      sentences.push(`${gateName} may be ${ago(quietSeconds)} late.`);
  if (silent.length > MOST_NAMED) sentences.push(`${silent.length} gates are silent.`);
  else for (const { gateName } of silent) sentences.push(`${gateName} is silent.`);
  return sentences.join(' ');
}

/** Several tablets may stand at one gate: the one that is quiet longest speaks for it. */
function onceEachGate(rows: readonly TabletRow[]): readonly TabletRow[] {
  const quietestByGate = new Map<string, TabletRow>();
  for (const row of rows) {
    const before = quietestByGate.get(row.gateName);
    if (before === undefined || before.quietSeconds < row.quietSeconds) quietestByGate.set(row.gateName, row);
  }
  return [...quietestByGate.values()];
}

const LINK_WORDS: Readonly<Record<Link, string>> = { told: 'Live.', asking: 'Asked every 5 s.' };
