// One honest line: how the numbers come, how old the last scan is, and whose counts may be late.

import type { DayReport } from '../../core/log/day-report.ts';
import type { Link } from './console-model.ts';
import { tabletRows } from './day-figures.ts';
import { ago, siteTimes } from './wording.ts';

/** Beyond this many late gates the line only counts them. */
const MOST_NAMED = 3;

export function lateness(report: DayReport, link: Link, isCut: boolean, serverMs: number): string {
  const times = siteTimes(report.site);
  const sentences = [isCut ? `Not live since ${times.second(report.now * 1000)}.` : LINK_WORDS[link]];
  const last = report.latest[0];
  if (last === undefined) sentences.push('No scans yet today.');
  else
    sentences.push(
      `Last scan ${lastScanWords(serverMs / 1000 - last.minute * 60, times.minute(last.minute * 60_000))}.`,
    );

  const rows = tabletRows(report, Math.floor(serverMs / 1000));
  const late = rows.filter(({ isLate }) => isLate);
  const silent = rows.filter(({ isSilent }) => isSilent);
  if (late.length > MOST_NAMED) sentences.push(`${late.length} tablets’ counts are late.`);
  else
    for (const { gateName, quietSeconds } of late)
      sentences.push(`${gateName} may be ${ago(quietSeconds)} late.`);
  if (silent.length > MOST_NAMED) sentences.push(`${silent.length} tablets are silent.`);
  else for (const { gateName } of silent) sentences.push(`${gateName} is silent.`);
  return sentences.join(' ');
}

const LINK_WORDS: Readonly<Record<Link, string>> = { told: 'Live.', asking: 'Asked every 5 s.' };

/** Scans are kept to the minute, so nothing finer is said. */
const lastScanWords = (seconds: number, at: string): string => (seconds < 120 ? 'a moment ago' : `at ${at}`);
