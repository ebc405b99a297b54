// A mark outside the database that a log was begun here: without it a log that the browser deleted would look like a
// tablet that never scanned.

import type { LogIdentity } from '../core/log/envelope.ts';

const KEY = 'gatelight-log';

export type LogMark = Pick<LogIdentity, 'device' | 'epoch'>;

export function readLogMark(): LogMark | null {
  try {
    const mark = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<LogMark> | null;
    const isWhole = typeof mark?.device === 'string' && typeof mark.epoch === 'number';
    return isWhole ? ({ device: mark.device, epoch: mark.epoch } as LogMark) : null;
  } catch {
    return null;
  }
}

/**
 * To be called before the first record of an epoch is written, by whichever page writes it: a log that is deleted after that
 * must not begin the same epoch again. An epoch without a record may be begun twice.
 */
export function markLog({ device, epoch }: LogMark): void {
  if (marked?.device === device && marked.epoch === epoch) return;
  try {
    localStorage.setItem(KEY, JSON.stringify({ device, epoch }));
    marked = { device, epoch };
  } catch {
    // A browser that refuses localStorage only loses the warning; a service worker has none, and writes no records.
  }
}

/** What this page knows to be marked: an append must not wait for it twice. */
let marked: LogMark | null = null;
