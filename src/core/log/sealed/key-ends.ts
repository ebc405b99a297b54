// How long a site's day keys live, in days of the site. A key that is destroyed stays so: ask with a clock that is
// believed, because one that is a year ahead ends everything: a server by what it knew at its last look, a tablet by the
// time it stamps records with. On a tablet its own keys and the sightings end as the site's pseudonym keys do; seal public
// keys are no secret, and each answer of the server takes the place of those before.

import { DEFAULT_RETENTION_DAYS } from '../../trust/settings/settings.ts';
import { type DayRule, siteDayAt } from '../../trust/site-day.ts';
import { MAX_RETENTION_DAYS } from '../../trust/targets/targets.ts';

export const COUNT_RETENTION_DAYS = 90;
/** How far ahead tablets hold seal public keys: that long one that is offline can go on scanning. */
export const SEAL_KEY_DAYS_AHEAD = 35;
/** How far ahead tablets hold pseudonym keys: that many days a stolen tablet can test known passes for. */
export const PSEUDONYM_KEY_DAYS_AHEAD = 3;

const DAY_MS = 86_400_000;

/** 'YYYY-MM-DD' of so many days later. */
export const dayAfter = (day: string, days: number): string =>
  new Date(dayToMs(day) + days * DAY_MS).toISOString().slice(0, 10);

/** Whole days from one day to another; negative where the other lies before. */
export const daysFrom = (day: string, other: string): number => (dayToMs(other) - dayToMs(day)) / DAY_MS;

/** The days for which a site has seal keys, and a tablet their public halves. */
export const sealKeyDays = (today: string): readonly string[] => daysAhead(today, SEAL_KEY_DAYS_AHEAD);

/** The days whose pseudonym key a tablet may be given. */
export const pseudonymKeyDays = (today: string): readonly string[] =>
  daysAhead(today, PSEUDONYM_KEY_DAYS_AHEAD);

/**
 * Whether the pseudonym key of a day, and with it the day's sightings, must be destroyed by now: once the site's day has
 * ended and the seen-before window after it too. On the server and on tablets alike.
 */
export const isPseudonymKeyOver = (
  day: string,
  nowMs: number,
  site: DayRule,
  seenBeforeWindowSeconds: number,
): boolean => siteDayAt(nowMs - Math.max(0, seenBeforeWindowSeconds) * 1000, site) > day;

/**
 * Whether the private seal key of a day must be destroyed by now: once so many whole days have passed since the day. From
 * then on nobody opens its records. No retention is longer than 30 days, whatever a setting says.
 */
export function isSealKeyOver(
  day: string,
  today: string,
  retentionDays: number = DEFAULT_RETENTION_DAYS,
): boolean {
  const kept = Math.min(MAX_RETENTION_DAYS, Math.max(0, retentionDays));
  return daysFrom(day, today) > kept;
}

export const areCountsOver = (day: string, today: string): boolean =>
  daysFrom(day, today) > COUNT_RETENTION_DAYS;

const daysAhead = (today: string, days: number): readonly string[] =>
  Array.from({ length: days + 1 }, (_, ahead) => dayAfter(today, ahead));

/** Throws on what is no day, so that a spoilt one never makes a key seem to be over, or never over. */
function dayToMs(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) throw new Error(`not a day: ${day}`);
  return ms;
}
