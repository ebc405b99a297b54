// Under what a scan is counted, and which days are no days of a log.

import type { ScanRecord } from '../../core/log/record.ts';
import { siteHourAt } from '../../core/trust/site-day.ts';
import type { Site } from '../../core/trust/trust.ts';
import type { CountKey } from '../storage/port.ts';

const EARLIEST_DAY = '2020-01-01';
const LATEST_DAYS_AHEAD = 400;

export const countKeyOf = (
  { gate, direction, verdict, reason, minute }: ScanRecord,
  hourAt: (minute: number) => number,
): CountKey => ({ gate, direction, verdict, reason, hour: hourAt(minute) });

/** A clock so wild that no calendar has its time is counted in the day's first hour. */
export function hourOf(minute: number, site: Site): number {
  const ms = minute * 60_000;
  return ms <= 8.64e15 ? siteHourAt(ms, site) : 0;
}

export const isAbsurdDay = (day: string, nowMs: number): boolean =>
  day < EARLIEST_DAY || day > new Date(nowMs + LATEST_DAYS_AHEAD * 86_400_000).toISOString().slice(0, 10);
