// English, of times and ways.

import type { TimeTexts } from './time-texts.ts';

export const enTimes: TimeTexts = {
  language: 'en',
  directions: { in: 'In', out: 'Out' },
  todayAt: (time) => `today at ${time}`,
  tomorrowAt: (time) => `tomorrow at ${time}`,
  yesterdayAt: (time) => `yesterday at ${time}`,
  dateAt: (date, time) => `${date} at ${time}`,
  minutes: (count) => `${count} min`,
  hours: (count) => `${count} h`,
  days: (count) => (count === 1 ? '1 day' : `${count} days`),
};
