// Checks that an answer has the shape of a day's report: a login page, an old server or a cut answer must not be drawn.

import type {
  DayReport,
  DuplicateScan,
  HourCount,
  LatestScan,
  LogAlarm,
  TabletState,
} from '../../core/log/day-report.ts';
import { ok, type Result, refused } from '../../core/result.ts';

export function parseDayReport(json: unknown): Result<DayReport, 'not-a-report'> {
  if (!isRecord(json)) return refused('not-a-report');
  const { site, gates, day, now, hours, weekBefore, reasons, latest, tablets } = json;
  const { alarms, duplicates, unopened, ownKey } = json;
  const isReport =
    isRecord(site) &&
    isText(site.id) &&
    isText(site.name) &&
    isText(site.timeZone) &&
    isNumber(site.dayStartMinutes) &&
    isText(day) &&
    isNumber(now) &&
    isListOf(gates, (gate) => isText(gate.id) && isText(gate.name)) &&
    isListOf(hours, isHourCount) &&
    isListOf(weekBefore, isHourCount) &&
    isListOf(reasons, (line) => isText(line.reason) && isText(line.verdict) && isNumber(line.count)) &&
    isListOf(latest, isLatestScan) &&
    isListOf(tablets, isTabletState) &&
    isListOf(alarms, isLogAlarm) &&
    isListOf(duplicates, isDuplicateScan) &&
    isListOf(unopened, (line) => isText(line.why) && isNumber(line.count)) &&
    isListOf(ownKey, (line) => isText(line.gate) && isNumber(line.count));
  return isReport ? ok(json as unknown as DayReport) : refused('not-a-report');
}

type Fields<T> = Readonly<Record<keyof T | string, unknown>>;

const isHourCount = (line: Fields<HourCount>) =>
  isText(line.gate) &&
  isText(line.direction) &&
  isText(line.verdict) &&
  isNumber(line.hour) &&
  isNumber(line.count);

const isLatestScan = (line: Fields<LatestScan>) =>
  isNumber(line.minute) &&
  isText(line.gate) &&
  isText(line.direction) &&
  isText(line.verdict) &&
  isText(line.reason);

const isTabletState = (line: Fields<TabletState>) =>
  isText(line.shortId) &&
  isText(line.gate) &&
  isNumber(line.lastSeenAt) &&
  (line.shiftSince === null || isNumber(line.shiftSince)) &&
  typeof line.isSilent === 'boolean' &&
  isNumber(line.forks) &&
  isNumber(line.gaps) &&
  isNumber(line.quarantined);

const isLogAlarm = (line: Fields<LogAlarm>) =>
  isText(line.shortId) &&
  isNumber(line.epoch) &&
  isText(line.kind) &&
  isNumber(line.from) &&
  isNumber(line.to) &&
  isNumber(line.raisedAt);

const isDuplicateScan = (line: Fields<DuplicateScan>) =>
  isNumber(line.minute) &&
  isText(line.gate) &&
  isNumber(line.otherMinute) &&
  isText(line.otherGate) &&
  isText(line.direction);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const isListOf = (value: unknown, isLine: (line: Record<string, unknown>) => boolean): boolean =>
  Array.isArray(value) && value.every((line) => isRecord(line) && isLine(line));
