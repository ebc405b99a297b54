import { describe, expect, it } from 'vitest';
import { siteDayAt, siteHourAt } from '../../../../src/core/trust/site-day.ts';

describe('the day of a site', () => {
  const berlin = { timeZone: 'Europe/Berlin', dayStartMinutes: 240 };
  it.each([
    ['2026-03-01T02:59:59Z', '2026-02-28', 23],
    ['2026-03-01T03:00:00Z', '2026-03-01', 0],
    ['2026-03-29T01:59:00Z', '2026-03-28', 23],
    ['2026-03-29T02:00:00Z', '2026-03-29', 0],
    ['2026-12-31T23:30:00Z', '2026-12-31', 20],
  ])('%s is %s, hour %d', (time, day, hour) => {
    expect([siteDayAt(Date.parse(time), berlin), siteHourAt(Date.parse(time), berlin)]).toEqual([day, hour]);
  });
});
