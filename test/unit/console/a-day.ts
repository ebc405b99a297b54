// A small day at a station, to be changed by each test.

import type { DayReport, HourCount } from '../../../src/core/log/day-report.ts';

/** 2026-11-23 14:32 in Berlin. */
export const NOW = Date.UTC(2026, 10, 23, 13, 32) / 1000;

export const hourCount = (count: number, rest: Partial<HourCount> = {}): HourCount => ({
  gate: 'gate-1',
  direction: 'in',
  hour: 1,
  verdict: 'admit',
  count,
  ...rest,
});

export const aDay = (rest: Partial<DayReport> = {}): DayReport => ({
  site: { id: 'lindenhof', name: 'Lindenhof station', timeZone: 'Europe/Berlin', dayStartMinutes: 240 },
  gates: [
    { id: 'gate-1', name: 'Gate 1 East' },
    { id: 'gate-2', name: 'Gate 2 West' },
  ],
  day: '2026-11-23',
  now: NOW,
  hours: [],
  weekBefore: [],
  reasons: [],
  latest: [],
  tablets: [],
  alarms: [],
  duplicates: [],
  unopened: [],
  ownKey: [],
  ...rest,
});

export const aTablet = (rest: Partial<DayReport['tablets'][number]> = {}): DayReport['tablets'][number] => ({
  shortId: '7f3a',
  gate: 'gate-1',
  lastSeenAt: NOW,
  shiftSince: null,
  isSilent: false,
  forks: 0,
  gaps: 0,
  quarantined: 0,
  ...rest,
});
