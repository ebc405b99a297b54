// Times and ages as a guard reads them: the site's clock, ASCII digits in every language.

import type { Catalogue } from './texts/catalogue.ts';

/** How times are printed: language tag and IANA zone of the site. */
export interface TimeStyle {
  readonly language: string;
  readonly timeZone: string;
}

const formatsByKey = new Map<string, Intl.DateTimeFormat>();

function format(style: TimeStyle, options: Intl.DateTimeFormatOptions, ms: number): string {
  const key = `${style.language} ${style.timeZone} ${JSON.stringify(options)}`;
  let found = formatsByKey.get(key);
  if (found === undefined) {
    const everywhere = { timeZone: style.timeZone, numberingSystem: 'latn', hourCycle: 'h23' } as const;
    found = new Intl.DateTimeFormat(style.language, { ...options, ...everywhere });
    formatsByKey.set(key, found);
  }
  return found.format(ms);
}

/** '14:32' */
export const formatClock = (ms: number, style: TimeStyle): string =>
  format(style, { hour: '2-digit', minute: '2-digit' }, ms);

/** 'Monday 23 November' */
export const formatDay = (ms: number, style: TimeStyle): string =>
  format(
    { ...style, language: british(style.language) },
    { weekday: 'long', day: 'numeric', month: 'long' },
    ms,
  );

/** '21:40', 'tomorrow 08:40', '24 Nov, 08:40', or with the year when it is another one. */
export function formatMoment(ms: number, nowMs: number, style: TimeStyle, texts: Catalogue): string {
  const clock = formatClock(ms, style);
  const day = dayNumber(ms, style);
  if (day === dayNumber(nowMs, style)) return clock;
  if (day === dayNumber(nowMs + 86_400_000, style)) return texts.tomorrow(clock);
  const isThisYear = day.slice(0, 4) === dayNumber(nowMs, style).slice(0, 4);
  const date = format(
    { ...style, language: british(style.language) },
    isThisYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' },
    ms,
  );
  return `${date}, ${clock}`;
}

/** '12 min', '5 h', '3 days': rounded down, so nothing is called older than it is. */
export function formatAge(seconds: number, texts: Catalogue): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return texts.age.underOneMinute;
  if (minutes < 60) return texts.age.minutes(String(minutes));
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? texts.age.hours(String(hours)) : texts.age.days(String(Math.floor(hours / 24)));
}

/** '4,702' */
export const formatCount = (count: number, language: string): string =>
  new Intl.NumberFormat(language, { numberingSystem: 'latn' }).format(count);

/** Plain 'en' means American dates to every engine; a house of stations writes the day first. */
const british = (language: string): string => (language === 'en' ? 'en-GB' : language);

/** 'YYYY-MM-DD' in the site's zone. */
const dayNumber = (ms: number, style: TimeStyle): string =>
  format({ ...style, language: 'sv-SE' }, { year: 'numeric', month: '2-digit', day: '2-digit' }, ms);
