// What needs a hand: every kind of trouble has words and a next step, none is said twice, and no pass is named.

import { describe, expect, it } from 'vitest';
import { alarmLines } from '../../../src/app/console/alarm-lines.ts';
import { type DayReport, LOG_ALARMS, type LogAlarm } from '../../../src/core/log/day-report.ts';
import { aDay, aTablet, NOW } from './a-day.ts';

const QUIET = aDay({ tablets: [aTablet({ shortId: 'a1b2' })] });

const alarm = (more: Partial<LogAlarm>): LogAlarm => ({
  shortId: 'a1b2',
  epoch: 1,
  kind: 'fork',
  from: 4,
  to: 4,
  raisedAt: NOW,
  ...more,
});

const ids = (more: Partial<DayReport>) => alarmLines({ ...QUIET, ...more }).map(({ id }) => id);

describe('alarmLines', () => {
  it('says nothing of a quiet day', () => {
    expect(ids({})).toEqual([]);
  });

  it.each(LOG_ALARMS)('has a line with a next step for %s', (kind) => {
    const [line, ...others] = alarmLines({ ...QUIET, alarms: [alarm({ kind })] });
    expect(others).toEqual([]);
    expect(line?.id).toBe(`${kind} a1b2 1`);
    expect(line?.what).toContain('a1b2');
    expect(line?.next).not.toBe('');
  });

  it('shows a kind that it does not know by its code', () => {
    const [line] = alarmLines({ ...QUIET, alarms: [alarm({ kind: 'newer' as 'fork' })] });
    expect(line?.what).toContain('newer');
  });

  it('has one line for each kind of each log, however often it was raised', () => {
    const alarms = [alarm({}), alarm({ from: 9 }), alarm({ epoch: 2 }), alarm({ kind: 'gap' })];
    expect(ids({ alarms })).toEqual(['fork a1b2 1', 'fork a1b2 2', 'gap a1b2 1']);
  });

  it('calls silent only whom the server calls so, in the middle of a shift', () => {
    const quiet = aTablet({ shortId: 'c3d4', lastSeenAt: NOW - 7200 });
    expect(ids({ tablets: [quiet] })).toEqual([]);
    expect(ids({ tablets: [{ ...quiet, isSilent: true, quarantined: 2 }] })).toEqual([
      'silent c3d4 gate-1',
      'apart c3d4 gate-1',
    ]);
  });

  it('counts what could not be opened together, and own keys by gate', () => {
    const unopened = [
      { why: 'day-over', count: 2 },
      { why: 'no-key', count: 1 },
    ];
    const ownKey = [
      { gate: 'gate-1', count: 1 },
      { gate: 'gate-2', count: 5 },
    ];
    expect(ids({ unopened, ownKey })).toEqual(['unopened', 'own-key gate-1', 'own-key gate-2']);
    expect(alarmLines({ ...QUIET, unopened })[0]?.what).toMatch(/^3 records/);
  });
});
