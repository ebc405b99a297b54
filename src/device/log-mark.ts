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

export function writeLogMark({ device, epoch }: LogIdentity): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ device, epoch }));
  } catch {
    // A browser that refuses localStorage only loses the warning.
  }
}
