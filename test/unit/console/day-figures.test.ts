// From a day's report to the numbers on the page.

import { describe, expect, it } from 'vitest';
import {
  dayTotals,
  gateRows,
  hourLabel,
  LATE_AFTER_SECONDS,
  openHour,
  tabletRows,
  verdictStrips,
} from '../../../src/app/console/day-figures.ts';
import { lateness } from '../../../src/app/console/lateness.ts';
import { aDay, aTablet, hourCount, NOW } from './a-day.ts';

describe('totals', () => {
  it('count what was admitted by direction, and every scan', () => {
    const report = aDay({
      hours: [
        hourCount(10),
        hourCount(3, { direction: 'out' }),
        hourCount(5, { verdict: 'refuse' }),
        hourCount(2, { verdict: 'check', direction: 'out' }),
      ],
      reasons: [
        { reason: 'seen-before', verdict: 'check', count: 2 },
        { reason: 'red', verdict: 'refuse', count: 5 },
      ],
    });
    expect(dayTotals(report)).toMatchObject({
      admittedIn: 10,
      admittedOut: 3,
      inside: 7,
      scans: 20,
      seenBefore: 2,
    });
  });

  it('find the fullest hour, not the last', () => {
    const report = aDay({
      hours: [
        hourCount(10, { hour: 2 }),
        hourCount(5, { hour: 4 }),
        hourCount(9, { hour: 6, direction: 'out' }),
      ],
    });
    expect(dayTotals(report)).toMatchObject({ inside: 6, peak: { inside: 15, hour: 4 } });
  });

  it('go below zero where more went out, and know no peak then', () => {
    expect(dayTotals(aDay({ hours: [hourCount(4, { direction: 'out' })] }))).toMatchObject({
      inside: -4,
      peak: null,
    });
  });
});

describe('strips', () => {
  it('sum gates and directions by hour, and keep verdicts apart', () => {
    const report = aDay({
      hours: [
        hourCount(1, { hour: 3 }),
        hourCount(2, { hour: 3, gate: 'gate-2', direction: 'out' }),
        hourCount(7, { hour: 3, verdict: 'unverifiable' }),
      ],
    });
    const [admit, check, , unverifiable] = verdictStrips(report);
    expect([admit?.byHour[3], admit?.total, check?.total, unverifiable?.byHour[3]]).toEqual([3, 3, 0, 7]);
    expect(admit?.weekBefore).toBeNull();
  });

  it('lose no scan of the hour that comes twice when a clock is set back', () => {
    const [admit] = verdictStrips(aDay({ hours: [hourCount(1, { hour: 23 }), hourCount(2, { hour: 24 })] }));
    expect([admit?.byHour.length, admit?.byHour[23], admit?.total]).toEqual([24, 3, 3]);
  });

  it('lie on the hours of the site, which begin with its day', () => {
    expect([0, 10, 19, 20, 23].map((hour) => hourLabel(hour, 240))).toEqual(['04', '14', '23', '00', '03']);
    expect(openHour(aDay())).toBe(10);
  });
});

describe('gates', () => {
  it('are all there, and a gate that only the counts know comes last', () => {
    const rows = gateRows(
      aDay({ hours: [hourCount(2, { gate: 'gate-9', verdict: 'check' }), hourCount(4)] }),
    );
    expect(rows.map(({ name, admittedIn, byVerdict }) => [name, admittedIn, byVerdict.check])).toEqual([
      ['Gate 1 East', 4, 0],
      ['Gate 2 West', 0, 0],
      ['gate-9', 0, 2],
    ]);
  });
});

const ON_SHIFT = { shiftSince: NOW / 60 - 240 };

describe('tablets', () => {
  it.each([
    [LATE_AFTER_SECONDS, ON_SHIFT, false],
    [LATE_AFTER_SECONDS + 1, ON_SHIFT, true],
    [29 * 60, ON_SHIFT, true],
    [31 * 60, { ...ON_SHIFT, isSilent: true }, false],
    [31 * 60, { shiftSince: null }, false],
  ])('quiet for %i s, as the server says %o: late %s', (seconds, state, isLate) => {
    const tablet = aTablet({ lastSeenAt: NOW - seconds, ...state });
    const [row] = tabletRows(aDay({ tablets: [tablet] }), NOW);
    const { isSilent } = tablet;
    expect(row).toMatchObject({ quietSeconds: seconds, isLate, isSilent, hasTrouble: isSilent });
  });

  it.each(['forks', 'gaps', 'quarantined'] as const)('are in trouble with %s', (field) => {
    const [row] = tabletRows(aDay({ tablets: [aTablet({ [field]: 1 })] }), NOW);
    expect(row?.hasTrouble).toBe(true);
  });

  it('stand in the order of their gates', () => {
    const tablets = [
      aTablet({ shortId: 'b', gate: 'gate-2' }),
      aTablet({ shortId: 'c' }),
      aTablet({ shortId: 'a' }),
    ];
    expect(tabletRows(aDay({ tablets }), NOW).map(({ shortId }) => shortId)).toEqual(['a', 'c', 'b']);
  });
});

describe('the line on lateness', () => {
  const latest = [
    { minute: NOW / 60, gate: 'gate-1', direction: 'in', verdict: 'admit', reason: 'ok', decision: null },
  ] as const;

  it('names late and silent gates', () => {
    const tablets = [
      aTablet({ ...ON_SHIFT, lastSeenAt: NOW - 12 * 60 }),
      aTablet({ ...ON_SHIFT, shortId: '0c12', gate: 'gate-2', lastSeenAt: NOW - 41 * 60, isSilent: true }),
      aTablet({ shortId: 'e5f6', gate: 'gate-2', lastSeenAt: NOW - 300 * 60 }),
    ];
    expect(lateness(aDay({ latest, tablets }), 'told', false, NOW)).toBe(
      'Live. Last scan a moment ago. Gate 1 East may be 12 min late. Gate 2 West is silent.',
    );
  });

  it('never says live when the server does not answer', () => {
    expect(lateness(aDay({ latest }), 'told', true, NOW)).toBe(
      'Not live since 14:32:00. Last scan at 14:32.',
    );
  });

  it('says that it asks where it is not told', () => {
    expect(lateness(aDay(), 'asking', false, NOW)).toBe('Asked every 5 s. No scans yet today.');
  });
});
