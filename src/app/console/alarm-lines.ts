// What a manager should look at first, in words: what is wrong, and what to do. The gravest first.

import type { DayReport, LogAlarm, LogAlarmKind } from '../../core/log/day-report.ts';
import { gateName } from './day-figures.ts';
import { count, siteTimes } from './wording.ts';

export interface AlarmLine {
  readonly id: string;
  readonly what: string;
  readonly next: string;
}

const ALARM_WORDS: Readonly<Record<LogAlarmKind, readonly [what: string, next: string]>> = {
  fork: [
    'has two histories: another record under a number that was taken.',
    'Was it restored or copied? Take it out of service, and enrol it anew.',
  ],
  gap: [
    'has records missing that this server had taken before.',
    'Was the server restored from a backup? The tablet sends them again by itself while it still has them.',
  ],
  hole: [
    'has records missing for good: they never came, and it no longer has them.',
    'Ask the guard what happened to it, and note it for the audit.',
  ],
  'broken-link': [
    'sent a record that does not follow the one before it.',
    'Somebody may have changed its log. Take it out of service, and export the log for an audit.',
  ],
  'nonce-twice': ['sealed two records alike, as no honest tablet does.', 'Take it out of service.'],
  'two-days': [
    'used one sealing key on two days, as no honest tablet does.',
    'Look at its clock. If that is right, take it out of service.',
  ],
  'two-logs': [
    'sealed for two logs at once, as no honest tablet does.',
    'Was it copied? Take it out of service.',
  ],
  'too-many': [
    'sealed more under one key than any honest tablet does.',
    'Take it out of service, and enrol it anew.',
  ],
};

const isKnown = (kind: string): kind is LogAlarmKind => Object.hasOwn(ALARM_WORDS, kind);

export function alarmLines(report: DayReport): readonly AlarmLine[] {
  const times = siteTimes(report.site);
  const gateOf = (shortId: string) => {
    const tablet = report.tablets.find((one) => one.shortId === shortId);
    return tablet === undefined ? '' : ` at ${gateName(report, tablet.gate)}`;
  };
  const alarms = latestOfEach(report.alarms).map(({ alarm, times: often }): AlarmLine => {
    const [what, next] = isKnown(alarm.kind)
      ? ALARM_WORDS[alarm.kind]
      : [`raised "${alarm.kind}".`, 'Load this page again.'];
    const again = often > 1 ? ` ${count(often)} times this week.` : '';
    return {
      id: `${alarm.kind} ${alarm.shortId} ${alarm.epoch}`,
      what: `Tablet ${alarm.shortId}${gateOf(alarm.shortId)} ${what}${again}`,
      next,
    };
  });
  const silent = report.tablets
    .filter((tablet) => tablet.isSilent)
    .map(({ shortId, gate, lastSeenAt }): AlarmLine => {
      const since = times.minute(lastSeenAt * 1000);
      return {
        id: `silent ${shortId} ${gate}`,
        what: `Tablet ${shortId} at ${gateName(report, gate)} is silent since ${since}, in the middle of a shift.`,
        next: 'Call the guard, or look at the socket. It keeps its scans until it is back.',
      };
    });
  const apart = report.tablets
    .filter((tablet) => tablet.quarantined > 0)
    .map(
      ({ shortId, gate, quarantined }): AlarmLine => ({
        id: `apart ${shortId} ${gate}`,
        what: `${records(quarantined)} of tablet ${shortId} at ${gateName(report, gate)} could not be read, and ${areOrIs(quarantined)} kept apart.`,
        next: 'Nothing is lost. Export the log for an audit.',
      }),
    );
  return [...alarms, ...silent, ...apart, ...keyLines(report)];
}

function keyLines(report: DayReport): readonly AlarmLine[] {
  const unopened = report.unopened.reduce((sum, line) => sum + line.count, 0);
  const lines: AlarmLine[] = [];
  if (unopened > 0)
    lines.push({
      id: 'unopened',
      what: `${records(unopened)} ${areOrIs(unopened)} kept, but in no count: this server has no key that opens ${unopened === 1 ? 'it' : 'them'}.`,
      next: 'Late records of ended days stay closed. If it is today’s, ask the operator for the folder of keys.',
    });
  for (const { gate, count: scans } of report.ownKey)
    lines.push({
      id: `own-key ${gate}`,
      what: `${count(scans)} ${scans === 1 ? 'scan' : 'scans'} at ${gateName(report, gate)} came from a tablet that had no key of this day.`,
      next: 'A pass that was shown there and elsewhere is not found. Bring the tablet into the network.',
    });
  return lines;
}

/** One line for each kind of alarm of a tablet, by the newest. */
function latestOfEach(alarms: readonly LogAlarm[]) {
  const byId = new Map<string, { alarm: LogAlarm; times: number }>();
  for (const alarm of alarms) {
    const id = `${alarm.kind} ${alarm.shortId} ${alarm.epoch}`;
    const before = byId.get(id);
    if (before === undefined) byId.set(id, { alarm, times: 1 });
    else before.times++;
  }
  return [...byId.values()];
}

const records = (times: number): string => `${count(times)} ${times === 1 ? 'record' : 'records'}`;
const areOrIs = (times: number): string => (times === 1 ? 'is' : 'are');
