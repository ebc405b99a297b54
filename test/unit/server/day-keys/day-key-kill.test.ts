// A server that is stopped at any change of its key folder, before it, after it, and in the middle of overwriting: what it
// opens afterwards is whole, keeps its word about every key it had handed out, and brings none back.

import { expect, it } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { dayAfter } from '../../../../src/core/log/sealed/key-ends.ts';
import {
  CLOCK_FILE,
  type DayKeyBook,
  openBookOn,
  type SiteEnds,
} from '../../../../src/server/day-keys/day-key-book.ts';
import { chance, MemoryKeyFiles, type StopPlace, Stopped } from '../../../support/memory-key-files.ts';

const DAY_MS = 86_400_000;
const TODAY = '2026-03-02';
const START_MS = Date.UTC(2026, 2, 2, 12);
const SITE: SiteEnds = {
  site: { id: 'lindenhof', timeZone: 'UTC', dayStartMinutes: 240 },
  seenBeforeWindowSeconds: 900,
  retentionDays: 2,
};
const PLACES: readonly StopPlace[] = ['before', 'half', 'after'];
const WHOLE_PLACES: readonly StopPlace[] = ['before', 'after'];

type Step = (book: DayKeyBook, clock: Clock) => Promise<void>;
interface Clock {
  wallMs: number;
}

const lookAfter =
  (days: number): Step =>
  (book, clock) => {
    clock.wallMs = START_MS + days * DAY_MS;
    return book.look([SITE], clock.wallMs);
  };
const replaceFrom =
  (day: string): Step =>
  (book) =>
    book.replacePseudonymKeys('lindenhof', day);

const openOn = (files: MemoryKeyFiles, clock: Clock): Promise<DayKeyBook> =>
  openBookOn(files, 'keys', chance, { monotonicMs: () => clock.wallMs, say: () => {} });

const sealsOf = (book: DayKeyBook, today: string) =>
  new Map(book.sealKeys('lindenhof', today).map(({ day, publicKey }) => [day, encodeHex(publicKey)]));
const pseudonymsOf = (book: DayKeyBook) =>
  new Map(book.pseudonymKeys('lindenhof').map(({ day, key }) => [day, encodeHex(key)]));

/** The folder after the steps before the one in question, without a stop. */
async function folderAfter(steps: readonly Step[]): Promise<ReadonlyMap<string, Bytes>> {
  const files = new MemoryKeyFiles();
  const clock = { wallMs: START_MS };
  const book = await openOn(files, clock);
  for (const step of steps) await step(book, clock);
  return files.bytesByName;
}

interface Case {
  readonly name: string;
  readonly before: readonly Step[];
  readonly step: Step;
  /** Day of the last look. */
  readonly days: number;
  /** From here on pseudonym keys may be others than before; null: none. */
  readonly replacedFrom: string | null;
  readonly atMost: number;
}

const CASES: readonly Case[] = [
  { name: 'the first look', before: [], step: lookAfter(0), days: 0, replacedFrom: null, atMost: 12 },
  {
    name: 'a look that destroys keys of both kinds and makes others',
    before: [lookAfter(0)],
    step: lookAfter(3),
    days: 3,
    replacedFrom: null,
    atMost: 100,
  },
  {
    name: 'a replacement',
    before: [lookAfter(0)],
    step: replaceFrom(dayAfter(TODAY, 1)),
    days: 0,
    replacedFrom: dayAfter(TODAY, 1),
    atMost: 100,
  },
];

it.each(CASES)('$name', { timeout: 60_000 }, async ({ before, step, days, replacedFrom, atMost }) => {
  const folder = await folderAfter(before);
  const whole = new MemoryKeyFiles(folder);
  const clockOfWhole = { wallMs: START_MS };
  await step(await openOn(whole, clockOfWhole), clockOfWhole);
  const { changes } = whole;
  expect(changes.length).toBeGreaterThan(5);
  const stride = Math.max(1, Math.floor(changes.length / atMost));

  for (let stopAt = 0; stopAt < changes.length; stopAt += stride)
    for (const place of changes[stopAt] === 'overwrite' ? PLACES : WHOLE_PLACES) {
      const stopped = new MemoryKeyFiles(folder, stopAt, place);
      const clock = { wallMs: START_MS };
      const first = await openOn(stopped, clock);
      const seals = sealsOf(first, TODAY);
      /** Of the files, before the step. */
      const secrets = [...stopped.bytesByName]
        .filter(([name]) => /\.(seal|pseudonym)$/.test(name))
        .map(([name, bytes]) => [name, encodeHex(bytes)] as const);
      await expect(step(first, clock)).rejects.toBeInstanceOf(Stopped);

      const files = new MemoryKeyFiles(stopped.bytesByName);
      const book = await openOn(files, clock);
      // What a server believes of its clock after a stop has tests of its own.
      files.bytesByName.delete(CLOCK_FILE);
      await book.look([SITE], START_MS + days * DAY_MS);
      const today = dayAfter(TODAY, days);
      const where = `${place} change ${stopAt}`;

      const [sealsNow, pseudonymsNow] = [sealsOf(book, today), pseudonymsOf(book)];
      expect([where, sealsNow.size, pseudonymsNow.size]).toEqual([where, 36, 4]);
      for (const [day, key] of seals)
        if (sealsNow.has(day)) expect([where, day, sealsNow.get(day)]).toEqual([where, day, key]);
      for (const [name, key] of secrets) {
        const day = name.slice(-'YYYY-MM-DD.pseudonym'.length, -'.pseudonym'.length);
        if (!name.endsWith('.pseudonym') || !pseudonymsNow.has(day)) continue;
        // Stopped before it was written down that keys are replaced: the caller was told so, and asks again.
        const isReplaced = replacedFrom !== null && day >= replacedFrom && (stopAt > 0 || place === 'after');
        expect([where, day, pseudonymsNow.get(day) !== key]).toEqual([where, day, isReplaced]);
      }
      const kept = [...files.bytesByName].map(([name, bytes]) => `${name} ${encodeHex(bytes)}`);
      const gone = secrets.filter(([name]) => !files.bytesByName.has(name));
      expect(gone.length).toBe(days === 0 ? 0 : 1 + 3);
      for (const [, secret] of gone) expect(kept.join('\n')).not.toContain(secret);
      for (const name of files.bytesByName.keys()) expect(name).toMatch(/\d\.(seal|pseudonym)$|over$|clock/);
    }
});
