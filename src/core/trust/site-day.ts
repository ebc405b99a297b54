// The site's day: its time zone, and its day start instead of midnight.

import type { CborValue } from '../bytes/cbor.ts';
import type { Site } from './trust.ts';

export type DayRule = Pick<Site, 'timeZone' | 'dayStartMinutes'>;

const formatsByZone = new Map<string, Intl.DateTimeFormat>();

/** 'YYYY-MM-DD' of the site's day at that moment. Throws a RangeError for a time zone this engine does not know. */
export function siteDayAt(ms: number, { timeZone, dayStartMinutes }: DayRule): string {
  const { year, month, day, minuteOfDay } = localTime(ms, timeZone);
  const isBeforeStart = minuteOfDay < dayStartMinutes;
  const date = new Date(Date.UTC(year, month - 1, isBeforeStart ? day - 1 : day));
  return date.toISOString().slice(0, 10);
}

/** Hours since the site's day began, 0 to 23, by the clock on its wall. */
export function siteHourAt(ms: number, { timeZone, dayStartMinutes }: DayRule): number {
  return Math.floor(((localTime(ms, timeZone).minuteOfDay - dayStartMinutes + 1440) % 1440) / 60);
}

/** Minutes after local midnight, 0 to 1439. */
export const minuteOfDayAt = (ms: number, timeZone: string): number => localTime(ms, timeZone).minuteOfDay;

export function isSiteDay(value: CborValue | undefined): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === value;
}

function localTime(ms: number, timeZone: string) {
  let format = formatsByZone.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formatsByZone.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    minuteOfDay: part('hour') * 60 + part('minute'),
  };
}
