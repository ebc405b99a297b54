// Dates and counts as a guard reads them: the site's calendar, ASCII digits in every language.

/** 'Monday 23 November' */
export const formatDay = (ms: number, timeZone: string, language: string): string =>
  // Plain 'en' means American dates to every engine; here the day comes first.
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone,
    numberingSystem: 'latn',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  })
    .format(ms)
    .replace(',', '');

/** '4,702' */
export const formatCount = (count: number, language: string): string =>
  new Intl.NumberFormat(language, { numberingSystem: 'latn' }).format(count);
