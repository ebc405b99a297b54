// The console's lists: reasons, gates, tablets, latest scans. Numbers, places and minutes; nothing that names a pass.

import type { JSX } from 'preact';
import type { DayReport } from '../../core/log/day-report.ts';
import { codeOfReason, VERDICT_KINDS } from '../../core/verdict/codes.ts';
import type { VerdictKind } from '../../core/verdict/verdict.ts';
import { Sign, type SignKind } from '../parts/signs.tsx';
import { gateName, gateRows, type TabletRow, tabletRows } from './day-figures.ts';
import {
  ago,
  count,
  DECISION_WORDS,
  isReason,
  reasonWords,
  type SiteTimes,
  VERDICT_WORDS,
} from './wording.ts';
import './day-tables.css';

export function ReasonTable({ report }: { readonly report: DayReport }): JSX.Element {
  const reasons = report.reasons
    .filter(({ reason }) => reason !== 'ok')
    .toSorted((a, b) => b.count - a.count)
    .slice(0, 8);
  if (reasons.length === 0) {
    return (
      <p class="none">{report.hours.length === 0 ? 'No scans yet.' : 'Nothing but admissions so far.'}</p>
    );
  }
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">
            <span class="only-spoken">Verdict</span>
          </th>
          <th scope="col" class="code">
            Code
          </th>
          <th scope="col">Reason</th>
          <th scope="col" class="number">
            Today
          </th>
        </tr>
      </thead>
      <tbody>
        {reasons.map(({ reason, verdict, count: times }) => (
          <tr key={`${verdict} ${reason}`}>
            <td class="sign-cell">
              <Sign kind={signOf(verdict, reason)} tone="colour" label={VERDICT_WORDS[verdict]} />
            </td>
            <td class="code">{isReason(reason) ? codeOfReason(reason) : ''}</td>
            <td>{reasonWords(reason)}</td>
            <td class="number strong">{count(times)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function GateTable({ report }: { readonly report: DayReport }): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Gate</th>
          <th scope="col" class="number">
            In
          </th>
          <th scope="col" class="number">
            Out
          </th>
          {VERDICT_KINDS.filter((kind) => kind !== 'admit').map((kind) => (
            <th scope="col" class="number sign-head" key={kind}>
              <Sign kind={kind} label={VERDICT_WORDS[kind]} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {gateRows(report).map((gate) => (
          <tr key={gate.id}>
            <th scope="row">{gate.name}</th>
            <td class="number">{count(gate.admittedIn)}</td>
            <td class="number">{count(gate.admittedOut)}</td>
            <td class="number">{count(gate.byVerdict.check)}</td>
            <td class="number">{count(gate.byVerdict.refuse)}</td>
            <td class="number">{count(gate.byVerdict.unverifiable)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface TabletTableProps {
  readonly report: DayReport;
  readonly nowSeconds: number;
  readonly times: SiteTimes;
}

export function TabletTable({ report, nowSeconds, times }: TabletTableProps): JSX.Element {
  const rows = tabletRows(report, nowSeconds);
  if (rows.length === 0) {
    return <p class="none">No tablet has sent anything yet. Open the scanner and start a shift.</p>;
  }
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Gate</th>
          <th scope="col">Tablet</th>
          <th scope="col" class="number">
            Seen
          </th>
          <th scope="col" class="number">
            Kept apart
          </th>
        </tr>
      </thead>
      {rows.map((tablet) => (
        <tbody key={`${tablet.shortId} ${tablet.gate}`} class={tablet.hasTrouble ? 'trouble' : ''}>
          <tr>
            <th scope="row">{tablet.gateName}</th>
            <td>{tablet.shortId}</td>
            <td class="number">{ago(tablet.quietSeconds)}</td>
            <td class="number">{count(tablet.forks + tablet.quarantined)}</td>
          </tr>
          {tablet.hasTrouble && (
            <tr class="trouble-why">
              <td colSpan={4}>{troubles(tablet, times).join(' ')}</td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}

export interface LatestTableProps {
  readonly report: DayReport;
  readonly times: SiteTimes;
}

export function LatestTable({ report, times }: LatestTableProps): JSX.Element {
  return (
    <table class="latest">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Gate</th>
          <th scope="col">Verdict</th>
          <th scope="col">Guard</th>
        </tr>
      </thead>
      <tbody>
        {report.latest.slice(0, 12).map((scan, at) => (
          <tr key={at}>
            <td>{times.minute(scan.minute * 60_000)}</td>
            <th scope="row">
              {gateName(report, scan.gate)} {scan.direction === 'in' ? 'In' : 'Out'}
            </th>
            <td>
              <span class="verdict-cell">
                <Sign kind={signOf(scan.verdict, scan.reason)} tone="colour" />
                <span>
                  {VERDICT_WORDS[scan.verdict]}
                  {scan.reason !== 'ok' && <span class="second">, {reasonWords(scan.reason)}</span>}
                </span>
              </span>
            </td>
            <td>{decisionWords(scan)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function decisionWords({ verdict, decision }: DayReport['latest'][number]): string {
  if (decision !== null) return DECISION_WORDS[decision];
  return verdict === 'check' || verdict === 'unverifiable' ? 'open' : '';
}

/** What is wrong with a tablet, each with what to do. */
function troubles(tablet: TabletRow, times: SiteTimes): readonly string[] {
  const all: string[] = [];
  if (tablet.isSilent) {
    const isToday = tablet.quietSeconds < 20 * 3600;
    const how = isToday
      ? `since ${times.minute(tablet.lastSeenAt * 1000)}`
      : `for ${ago(tablet.quietSeconds)}`;
    all.push(`Silent ${how}. Call the guard, or look at the socket.`);
  }
  if (tablet.forks > 0) {
    all.push(
      `${plural(tablet.forks, 'record')} under a number already taken. Was this tablet restored or copied?`,
    );
  }
  if (tablet.gaps > 0) {
    all.push(`${plural(tablet.gaps, 'gap')} in its numbers. Was the server restored from a backup?`);
  }
  if (tablet.quarantined > 0) {
    all.push(
      `${plural(tablet.quarantined, 'record')} could not be read and ${tablet.quarantined === 1 ? 'is' : 'are'} kept apart.`,
    );
  }
  return all;
}

const plural = (times: number, word: string) => `${count(times)} ${word}${times === 1 ? '' : 's'}`;

const signOf = (verdict: VerdictKind, reason: string): SignKind =>
  reason === 'seen-before' ? 'seen-before' : verdict;
