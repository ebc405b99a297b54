// The rounds of the day keys, on a clock that is wound by hand: a look before anything is served, and one at each minute.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
let dropped: (readonly [site: string, days: readonly string[]])[];
let fault: Error | null;
let book: DayKeyBook;
let stop: () => Promise<void>;

const keep = () =>
  keepDayKeys({
    book,
    storage: {
      async dropSightings(site, days) {
        if (fault !== null) throw fault;
        dropped.push([site, days]);
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
const isTodayDropped = () => dropped.at(-1)?.[1].includes(TODAY) === false;

beforeEach(async () => {
  vi.useFakeTimers({ now: END_MS - 90_500, toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] });
  [said, dropped, fault] = [[], [], null];
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

it('destroys a key in the minute in which it ends, and what was seen with it', async () => {
  await vi.advanceTimersByTimeAsync(90_499);
  expect(book.pseudonymDays('lindenhof')).toContain(TODAY);
  await vi.advanceTimersByTimeAsync(1);
  await until(isTodayDropped);
  expect(book.pseudonymDays('lindenhof')).not.toContain(TODAY);
  expect(dropped.at(-1)).toEqual(['lindenhof', book.pseudonymDays('lindenhof')]);
});

describe('what cannot be done', () => {
  it('is said once, and done at the next look', async () => {
    fault = new Error('the database is away');
    await vi.advanceTimersByTimeAsync(90_500);
    await until(() => !book.pseudonymDays('lindenhof').includes(TODAY) && said.length > 0);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(said).toEqual(['what was seen on ended days was not dropped: the database is away']);
    expect(book.pseudonymDays('lindenhof')).not.toContain(TODAY);
    fault = null;
    for (let minute = 0; minute < 100 && !isTodayDropped(); minute++) {
      await vi.advanceTimersByTimeAsync(60_000);
      await new Promise(setImmediate);
    }
    expect(isTodayDropped()).toBe(true);
  });
});

it('does nothing any more once it is stopped', async () => {
  await stop();
  await vi.advanceTimersByTimeAsync(180_000);
  expect(book.pseudonymDays('lindenhof')).toContain(TODAY);
});
