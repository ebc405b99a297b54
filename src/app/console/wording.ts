// The console's words: verdicts, reasons without their facts, times and numbers. English; one place to translate.

import type { DayReport } from '../../core/log/day-report.ts';
import { textsFor } from '../../core/verdict/describe.ts';
import type { Reason, VerdictKind } from '../../core/verdict/verdict.ts';
import type { Problem } from './console-model.ts';

export const VERDICT_WORDS: Readonly<Record<VerdictKind, string>> = textsFor('en').words;

const REASON_WORDS: Readonly<Record<Reason, string>> = {
  ok: 'In order',
  'not-a-pass': 'Not a pass',
  malformed: 'Could not be read',
  'trust-expired': 'List too old to verify',
  'unknown-issuer': 'Issuer not on our list',
  'bad-signature': 'Signature does not match',
  'not-yet-valid': 'Not valid yet',
  expired: 'Expired',
  revoked: 'Withdrawn by the issuer',
  suspended: 'Suspended by the issuer',
  'status-unknown': 'Issuer’s status list not held',
  yellow: 'Yellow',
  red: 'Red',
  'too-old': 'Issued too long ago',
  'outside-hours': 'Outside opening hours',
  'seen-before': 'Seen before at this site',
  'trust-stale': 'Our list is old',
  'clock-behind': 'Tablet’s clock is behind',
  'clock-ahead': 'Tablet’s clock is ahead',
};

export const isReason = (text: string): text is Reason => Object.hasOwn(REASON_WORDS, text);

/** A reason that this page is too old to know is shown by its code word: never hidden. */
export const reasonWords = (reason: string): string => (isReason(reason) ? REASON_WORDS[reason] : reason);

export const DECISION_WORDS = { 'let-in': 'Let in', 'sent-away': 'Sent away' } as const;

export function problemWords(problem: Problem): string {
  switch (problem.kind) {
    case 'unreachable':
      return 'The server does not answer.';
    case 'answered':
      if (problem.status === 404)
        return 'The server knows no such site. Open /console/ without a name of one.';
      return `The server answered with status ${problem.status}.`;
    case 'not-a-report':
      return 'What answers is not this server, or not its version of this page. Load the page again.';
  }
}

export const count = (value: number): string => value.toLocaleString('en-GB');

/** How long ago, as a timetable says it. */
export function ago(seconds: number): string {
  if (seconds < 60) return 'now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

export interface SiteTimes {
  /** 14:32 */
  minute(ms: number): string;
  /** 14:32:08 */
  second(ms: number): string;
}

export function siteTimes({ timeZone }: Pick<DayReport['site'], 'timeZone'>): SiteTimes {
  const minutes = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const seconds = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium', hourCycle: 'h23' });
  return { minute: (ms) => minutes.format(ms), second: (ms) => seconds.format(ms) };
}

/** 'Monday 23 November' of a 'YYYY-MM-DD'. */
export function dayWords(day: string): string {
  const words = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  return words.format(new Date(`${day}T00:00:00Z`)).replace(',', '');
}

export const weekdayWord = (day: string): string => dayWords(day).split(' ')[0] ?? '';
