// The rounds of the day keys, on a clock that is wound by hand: a look before anything is served, and one at each minute.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DayKeyBook, SiteEnds } from '../../../../src/server/day-keys/day-key-book.ts';
import { openBookOn } from '../../../../src/server/day-keys/day-key-book.ts';
import { keepDayKeys } from '../../../../src/server/day-keys/keep-day-keys.ts';
import { chance, MemoryKeyFiles } from '../../../support/memory-key-files.ts';

const TODAY = '2026-03-02';
/** 04:00 in Berlin on the third of March. */
const END_MS = Date.UTC(2026, 2, 3, 3);
const SITE: SiteEnds = {
  site: { id: 'lindenhof', timeZone: 'Europe/Berlin', dayStartMinutes: 240 },
  seenBeforeWindowSeconds: 0,
  retentionDays: 7,
};

let said: string[];
let fault: Error | null;
let book: DayKeyBook;
let stop: () => Promise<void>;

const keep = () =>
  keepDayKeys({
    book: {
      async look(...asked) {
        if (fault !== null) throw fault;
        await book.look(...asked);
      },
    },
    sites: () => [SITE],
    nowMs: Date.now,
    say: (line) => void said.push(line),
  });

/** A look waits for the platform's digests, which no clock of ours drives. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !isSo(); turn++) await new Promise(setImmediate);
  expect(isSo()).toBe(true);
}
const isTodayGone = () => !book.pseudonymDays('lindenhof').includes(TODAY);

beforeEach(async () => {
  vi.useFakeTimers({ now: END_MS - 90_500, toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] });
  [said, fault] = [[], null];
  book = await openBookOn(new MemoryKeyFiles(), 'keys', chance, {
    monotonicMs: () => performance.now(),
    say: () => {},
  });
  stop = await keep();
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
});

it('has made keys before it resolves', () => {
  expect(book.pseudonymDays('lindenhof')).toHaveLength(4);
  expect(book.sealKeys('lindenhof', TODAY)).toHaveLength(36);
});

it('destroys a key in the minute in which it ends', async () => {
  await vi.advanceTimersByTimeAsync(90_499);
  expect(isTodayGone()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await until(isTodayGone);
});

it('says once what cannot be done, and does it at the next look', async () => {
  fault = new Error('the disk is full');
  await vi.advanceTimersByTimeAsync(180_000);
  expect(said).toEqual(['not all day keys were made or destroyed: the disk is full']);
  expect(isTodayGone()).toBe(false);
  fault = null;
  await vi.advanceTimersByTimeAsync(60_000);
  await until(isTodayGone);
});

it('does nothing any more once it is stopped', async () => {
  await stop();
  await vi.advanceTimersByTimeAsync(180_000);
  expect(book.pseudonymDays('lindenhof')).toContain(TODAY);
});
