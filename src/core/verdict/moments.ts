// Times and ages in words: what a guard reads of them beside a verdict, and before the first one.

import type { Site } from '../trust/trust.ts';
import { enTimes } from './texts/en-times.ts';
import type { TimeTexts } from './texts/time-texts.ts';

const LANGUAGES: readonly TimeTexts[] = [enTimes];

export const timeTextsFor = (language: string): TimeTexts => textsIn(LANGUAGES, language) ?? enTimes;

/** The texts of that language, whatever country stands behind it. */
export function textsIn<T extends { readonly language: string }>(
  all: readonly T[],
  tag: string,
): T | undefined {
  const [primary] = tag.toLowerCase().split('-');
  return all.find(({ language }) => language === primary);
}

/** '12 min', '5 h', '4 days': a length of time in one unit, rounded down, but never nothing. */
export function describeAge(seconds: number, texts: TimeTexts): string {
  const minutes = Math.max(1, Math.floor(seconds / 60));
  if (minutes < 120) return texts.minutes(minutes);
  return minutes < 48 * 60 ? texts.hours(Math.floor(minutes / 60)) : texts.days(Math.floor(minutes / 1440));
}

export const zoneOf = (site: Site | null): string => site?.timeZone ?? 'UTC';

export const clockTime = (ms: number, site: Site | null, texts: TimeTexts): string =>
  new Intl.DateTimeFormat(localeOf(texts), {
    timeZone: zoneOf(site),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);

export const localeOf = ({ language }: TimeTexts): string => (language === 'en' ? 'en-GB' : language);
