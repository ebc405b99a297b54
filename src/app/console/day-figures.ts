// A day's report turned into what the page shows: totals, one row of numbers per verdict, states of gates and tablets.

import type { DayReport, HourCount, TabletState } from '../../core/log/day-report.ts';
import { siteHourAt } from '../../core/trust/site-day.ts';
import { VERDICT_KINDS } from '../../core/verdict/codes.ts';
import type { VerdictKind } from '../../core/verdict/verdict.ts';

/** On shift, and not heard of for longer than this: its counts are called late, until the server calls it silent. */
export const LATE_AFTER_SECONDS = 2 * 60;

export interface DayTotals {
  readonly admittedIn: number;
  readonly admittedOut: number;
  /** In minus out; below zero where people came in by a way that nobody scans. */
  readonly inside: number;
  /** The most inside at the end of an hour, and the number of that hour; null before the first admission. */
  readonly peak: { readonly inside: number; readonly hour: number } | null;
  readonly scans: number;
  readonly seenBefore: number;
}

export interface VerdictStrip {
  readonly verdict: VerdictKind;
  readonly total: number;
  /** One count for each hour of the site's day, 24 of them. */
  readonly byHour: readonly number[];
  /** The same weekday of the week before; null where nothing is known of it. */
  readonly weekBefore: readonly number[] | null;
}

export interface GateRow {
  readonly id: string;
  readonly name: string;
  readonly admittedIn: number;
  readonly admittedOut: number;
  readonly byVerdict: Readonly<Record<VerdictKind, number>>;
}

export interface TabletRow extends TabletState {
  readonly gateName: string;
  readonly quietSeconds: number;
  readonly isLate: boolean;
  readonly hasTrouble: boolean;
}

export function dayTotals(report: DayReport): DayTotals {
  const admitted = report.hours.filter(({ verdict }) => verdict === 'admit');
  const admittedIn = sum(admitted.filter(({ direction }) => direction === 'in'));
  const admittedOut = sum(admitted.filter(({ direction }) => direction === 'out'));
  return {
    admittedIn,
    admittedOut,
    inside: admittedIn - admittedOut,
    peak: peakInside(admitted),
    scans: sum(report.hours),
    seenBefore: report.reasons
      .filter(({ reason }) => reason === 'seen-before')
      .reduce((total, { count }) => total + count, 0),
  };
}

export function verdictStrips(report: DayReport): readonly VerdictStrip[] {
  const hasWeekBefore = report.weekBefore.length > 0;
  return VERDICT_KINDS.map((verdict) => {
    const byHour = countsByHour(report.hours, verdict);
    return {
      verdict,
      total: byHour.reduce((total, count) => total + count, 0),
      byHour,
      weekBefore: hasWeekBefore ? countsByHour(report.weekBefore, verdict) : null,
    };
  });
}

/** The hour of the site's day that is still being counted. */
export const openHour = (report: DayReport): number => siteHourAt(report.now * 1000, report.site);

/** What the wall clock shows at the start of an hour of the site's day, two digits. */
export const hourLabel = (hour: number, dayStartMinutes: number): string =>
  String((Math.floor(dayStartMinutes / 60) + hour) % 24).padStart(2, '0');

/** Every gate of the site, and after them any gate that only the counts know: a scan is never left out. */
export function gateRows(report: DayReport): readonly GateRow[] {
  const known = new Set(report.gates.map(({ id }) => id));
  const strays = [...new Set(report.hours.map(({ gate }) => gate))].filter((gate) => !known.has(gate)).sort();
  return [...report.gates, ...strays.map((id) => ({ id, name: id }))].map(({ id, name }) => {
    const ofGate = report.hours.filter(({ gate }) => gate === id);
    const admitted = ofGate.filter(({ verdict }) => verdict === 'admit');
    const ofVerdict = (kind: VerdictKind) => sum(ofGate.filter(({ verdict }) => verdict === kind));
    return {
      id,
      name,
      admittedIn: sum(admitted.filter(({ direction }) => direction === 'in')),
      admittedOut: sum(admitted.filter(({ direction }) => direction === 'out')),
      byVerdict: {
        admit: sum(admitted),
        check: ofVerdict('check'),
        refuse: ofVerdict('refuse'),
        unverifiable: ofVerdict('unverifiable'),
      },
    };
  });
}

export function gateName(report: DayReport, id: string): string {
  return report.gates.find((gate) => gate.id === id)?.name ?? id;
}

/** Tablets by the order of their gates; each says how long it has been quiet at `nowSeconds` of the server. */
export function tabletRows(report: DayReport, nowSeconds: number): readonly TabletRow[] {
  const order = new Map(report.gates.map(({ id }, at) => [id, at]));
  const place = (tablet: TabletState) => order.get(tablet.gate) ?? report.gates.length;
  return [...report.tablets]
    .sort((a, b) => place(a) - place(b) || a.shortId.localeCompare(b.shortId))
    .map((tablet) => {
      const quietSeconds = Math.max(0, nowSeconds - tablet.lastSeenAt);
      const { isSilent, shiftSince } = tablet;
      return {
        ...tablet,
        gateName: gateName(report, tablet.gate),
        quietSeconds,
        isLate: shiftSince !== null && !isSilent && quietSeconds > LATE_AFTER_SECONDS,
        hasTrouble: isSilent || tablet.forks > 0 || tablet.quarantined > 0 || tablet.gaps > 0,
      };
    });
}

function peakInside(admitted: readonly HourCount[]): DayTotals['peak'] {
  let inside = 0;
  let peak: DayTotals['peak'] = null;
  for (let hour = 0; hour < HOURS; hour++) {
    const ofHour = admitted.filter((count) => Math.min(count.hour, HOURS - 1) === hour);
    inside += ofHour.reduce((net, { direction, count }) => net + (direction === 'in' ? count : -count), 0);
    if (inside > (peak?.inside ?? 0)) peak = { inside, hour };
  }
  return peak;
}

/** On the day when a clock is set back, the repeated hour may come as number 24: it counts with the last. */
function countsByHour(counts: readonly HourCount[], verdict: VerdictKind): readonly number[] {
  const byHour = new Array<number>(HOURS).fill(0);
  for (const { hour, verdict: of, count } of counts) {
    if (of !== verdict || hour < 0) continue;
    const at = Math.min(hour, HOURS - 1);
    byHour[at] = (byHour[at] ?? 0) + count;
  }
  return byHour;
}

const HOURS = 24;

const sum = (counts: readonly HourCount[]): number => counts.reduce((total, { count }) => total + count, 0);
