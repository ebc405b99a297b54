// Day keys on a real disk, over days and restarts: each is there when it is needed, and gone when it must be.

import { link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { PSEUDONYM_KEY_BYTES } from '../../../../src/core/log/sealed/day-keys.ts';
import { dayAfter } from '../../../../src/core/log/sealed/key-ends.ts';
import {
  CLOCK_FILE,
  type DayKeyBook,
  openBookOn,
  openDayKeyBook,
  type SiteEnds,
} from '../../../../src/server/day-keys/day-key-book.ts';
import { openKeyFiles } from '../../../../src/server/day-keys/key-files.ts';
import { chance } from '../../../support/memory-key-files.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TODAY = '2026-03-02';
/** 04:00 in Berlin, when the second of March begins at this site. */
const BEGIN_MS = Date.UTC(2026, 2, 2, 3);
const NOON_MS = BEGIN_MS + 8 * HOUR_MS;
const SITE: SiteEnds = {
  site: { id: 'lindenhof', timeZone: 'Europe/Berlin', dayStartMinutes: 240 },
  seenBeforeWindowSeconds: 900,
  retentionDays: 7,
};
const OTHER: SiteEnds = { ...SITE, site: { id: 'westtor', timeZone: 'Asia/Tokyo', dayStartMinutes: 0 } };

let folder: string;
let said: string[];
let monotonicMs: number;
let wallMs: number;
let book: DayKeyBook;

const open = () =>
  openDayKeyBook(folder, chance, { monotonicMs: () => monotonicMs, say: (line) => void said.push(line) });
/** Both clocks go on to that moment, and the book looks. */
async function lookAt(atMs: number, sites: readonly SiteEnds[] = [SITE]): Promise<void> {
  monotonicMs += atMs - wallMs;
  wallMs = atMs;
  await book.look(sites, wallMs);
}
/** A restart that took no time. */
async function startAgain(): Promise<void> {
  monotonicMs = 77;
  book = await open();
}
const fileOf = (day: string, kind: 'seal' | 'pseudonym', site = 'lindenhof') =>
  join(folder, site, `${day}.${kind}`);
const daysOnDisk = async (kind: 'seal' | 'pseudonym', site = 'lindenhof') =>
  (await readdir(join(folder, site)))
    .filter((name) => name.endsWith(`.${kind}`))
    .map((name) => name.slice(0, 10))
    .sort();
const pseudonymsByDay = (site = 'lindenhof') =>
  new Map(book.pseudonymKeys(site).map(({ day, key }) => [day, encodeHex(key)]));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'day-keys-'));
  said = [];
  [monotonicMs, wallMs] = [1000, NOON_MS];
  book = await open();
  await lookAt(NOON_MS);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('on the first day', () => {
  it('has seal keys for 36 days and pseudonym keys for 4, and none of a day before', async () => {
    const days = book.sealKeys('lindenhof', TODAY).map(({ day }) => day);
    expect(days).toEqual(Array.from({ length: 36 }, (_, at) => dayAfter(TODAY, at)));
    expect([...pseudonymsByDay().keys()]).toEqual(days.slice(0, 4));
    expect(await daysOnDisk('seal')).toEqual(days);
    expect(await daysOnDisk('pseudonym')).toEqual(days.slice(0, 4));
  });

  it('keeps them where only their owner reads them', async () => {
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await modeOf(fileOf(TODAY, 'seal'))).toBe(0o600);
    expect(await modeOf(fileOf(TODAY, 'pseudonym'))).toBe(0o600);
    expect([await modeOf(folder), await modeOf(join(folder, 'lindenhof'))]).toEqual([0o700, 0o700]);
  });

  it('no two keys are alike', async () => {
    await lookAt(NOON_MS + 1, [SITE, OTHER]);
    const seals = ['lindenhof', 'westtor'].flatMap((site) =>
      book.sealKeys(site, TODAY).map(({ publicKey }) => encodeHex(publicKey)),
    );
    const pseudonyms = ['lindenhof', 'westtor'].flatMap((site) => [...pseudonymsByDay(site).values()]);
    expect(new Set([...seals, ...pseudonyms]).size).toBe(72 + 8);
  });

  it('finds a seal key by site, day and name, and by nothing less', () => {
    const [key] = book.sealKeys('lindenhof', TODAY);
    if (key === undefined) throw new Error('no key');
    expect(book.findSealKey('lindenhof', TODAY, key.name)?.publicKey).toEqual(key.publicKey);
    expect(book.findSealKey('westtor', TODAY, key.name)).toBeNull();
    expect(book.findSealKey('lindenhof', dayAfter(TODAY, 1), key.name)).toBeNull();
    expect(book.findSealKey('lindenhof', TODAY, new Uint8Array(4))).toBeNull();
  });

  it('has the same keys after a restart', async () => {
    const [seals, pseudonyms] = [book.sealKeys('lindenhof', TODAY), pseudonymsByDay()];
    await startAgain();
    await lookAt(NOON_MS + 60_000);
    expect(book.sealKeys('lindenhof', TODAY)).toEqual(seals);
    expect(pseudonymsByDay()).toEqual(pseudonyms);
  });

  it('gives copies of pseudonym keys, to be overwritten by whoever got them', () => {
    const before = pseudonymsByDay();
    for (const { key } of book.pseudonymKeys('lindenhof')) key.fill(0);
    expect(pseudonymsByDay()).toEqual(before);
  });
});

describe('at its end', () => {
  const DAY_END_MS = BEGIN_MS + DAY_MS;
  const WINDOW_MS = 900_000;

  it('a pseudonym key is there until day and window are over, and not a millisecond longer', async () => {
    await lookAt(DAY_END_MS + WINDOW_MS - 1);
    expect((await daysOnDisk('pseudonym'))[0]).toBe(TODAY);
    expect(pseudonymsByDay().has(TODAY)).toBe(true);
    await lookAt(DAY_END_MS + WINDOW_MS);
    expect((await daysOnDisk('pseudonym'))[0]).toBe(dayAfter(TODAY, 1));
    expect(pseudonymsByDay().has(TODAY)).toBe(false);
  });

  it('a private seal key is there for so many days after its own', async () => {
    const [key] = book.sealKeys('lindenhof', TODAY);
    const find = () => book.findSealKey('lindenhof', TODAY, key?.name ?? chance(4));
    await lookAt(BEGIN_MS + 8 * DAY_MS - 1);
    expect(find()).not.toBeNull();
    await lookAt(BEGIN_MS + 8 * DAY_MS);
    expect(find()).toBeNull();
    expect((await daysOnDisk('seal'))[0]).toBe(dayAfter(TODAY, 1));
  });

  it('its bytes are overwritten in their place before its name goes', async () => {
    for (const kind of ['seal', 'pseudonym'] as const) {
      const [path, second] = [fileOf(TODAY, kind), join(folder, `second-name-of.${kind}`)];
      const before = await readFile(path);
      await link(path, second);
      await lookAt(wallMs + 8 * DAY_MS);
      await expect(stat(path)).rejects.toThrow('ENOENT');
      const after = await readFile(second);
      expect(after.length).toBe(before.length);
      expect(after.equals(before)).toBe(false);
      await rm(second);
      [monotonicMs, wallMs] = [1000, NOON_MS];
      await rm(folder, { recursive: true });
      book = await open();
      await lookAt(NOON_MS);
    }
  });

  it('it leaves memory too, also from the hands of whoever had found it', async () => {
    const [key] = book.sealKeys('lindenhof', TODAY);
    const pair = book.findSealKey('lindenhof', TODAY, key?.name ?? chance(4));
    expect(pair?.secretKey).not.toEqual(new Uint8Array(32));
    await lookAt(BEGIN_MS + 8 * DAY_MS);
    expect(pair?.secretKey).toEqual(new Uint8Array(32));
  });

  it('a shorter retention counts at the next look, a longer one brings nothing back', async () => {
    await lookAt(NOON_MS + 5 * DAY_MS);
    expect((await daysOnDisk('seal'))[0]).toBe(TODAY);
    await lookAt(wallMs + 60_000, [{ ...SITE, retentionDays: 2 }]);
    expect((await daysOnDisk('seal'))[0]).toBe(dayAfter(TODAY, 3));
    await lookAt(wallMs + 60_000, [{ ...SITE, retentionDays: 30 }]);
    expect((await daysOnDisk('seal'))[0]).toBe(dayAfter(TODAY, 3));
  });

  it('each site by its own clock on the wall', async () => {
    // In Tokyo the third of March begins at 15:00 UTC of the second.
    const tokyoMs = Date.UTC(2026, 2, 2, 15) + WINDOW_MS;
    await lookAt(NOON_MS + 1, [SITE, OTHER]);
    await lookAt(tokyoMs - 1, [SITE, OTHER]);
    expect((await daysOnDisk('pseudonym', 'westtor'))[0]).toBe(TODAY);
    await lookAt(tokyoMs, [SITE, OTHER]);
    expect((await daysOnDisk('pseudonym', 'westtor'))[0]).toBe(dayAfter(TODAY, 1));
    expect((await daysOnDisk('pseudonym'))[0]).toBe(TODAY);
  });

  it('also where nobody names the site any more: by the longest terms, and none are made', async () => {
    await lookAt(BEGIN_MS + 30 * DAY_MS, []);
    expect((await daysOnDisk('seal'))[0]).toBe(TODAY);
    await lookAt(BEGIN_MS + 32 * DAY_MS, []);
    expect((await daysOnDisk('seal'))[0]).not.toBe(TODAY);
    await lookAt(BEGIN_MS + 80 * DAY_MS, []);
    expect([await daysOnDisk('seal'), await daysOnDisk('pseudonym')]).toEqual([[], []]);
  });

  it('on a full disk too', async () => {
    const real = await openKeyFiles(folder, chance);
    const full = { ...real, write: () => Promise.reject(new Error('ENOSPC')) };
    book = await openBookOn(full, folder, chance, { monotonicMs: () => monotonicMs, say: () => {} });
    await lookAt(NOON_MS + 60_000);
    await expect(lookAt(NOON_MS + 8 * DAY_MS)).rejects.toThrow('ENOSPC');
    expect((await daysOnDisk('seal'))[0]).toBe(dayAfter(TODAY, 1));
    expect(await daysOnDisk('pseudonym')).toEqual([]);
  });
});

describe('what was destroyed is not made again', () => {
  it('when the clock goes back', async () => {
    await lookAt(NOON_MS + DAY_MS);
    expect((await daysOnDisk('pseudonym'))[0]).toBe(dayAfter(TODAY, 1));
    // Back to the day before, and believed after an hour.
    wallMs = NOON_MS;
    for (let minute = 0; minute <= 61; minute++) {
      monotonicMs += 60_000;
      wallMs += 60_000;
      await book.look([SITE], wallMs);
    }
    expect((await daysOnDisk('pseudonym'))[0]).toBe(dayAfter(TODAY, 1));
    await startAgain();
    await lookAt(wallMs + 60_000);
    expect((await daysOnDisk('pseudonym'))[0]).toBe(dayAfter(TODAY, 1));
    expect(book.sealKeys('lindenhof', TODAY)).toHaveLength(36);
  });

  it('nor read, where a stop left its file', async () => {
    const seal = await readFile(fileOf(TODAY, 'seal'));
    const [key] = book.sealKeys('lindenhof', TODAY);
    await lookAt(BEGIN_MS + 8 * DAY_MS);
    await writeFile(fileOf(TODAY, 'seal'), seal);
    await startAgain();
    expect(book.findSealKey('lindenhof', TODAY, key?.name ?? chance(4))).toBeNull();
    await expect(stat(fileOf(TODAY, 'seal'))).rejects.toThrow('ENOENT');
  });

  it('a day that has ended gets none, whatever was lost', async () => {
    await rm(folder, { recursive: true });
    await startAgain();
    await lookAt(NOON_MS + 3 * DAY_MS);
    expect((await daysOnDisk('seal'))[0]).toBe(dayAfter(TODAY, 3));
  });

  it('a damaged key of a day to come is made anew', async () => {
    const day = dayAfter(TODAY, 5);
    const before = book.sealKeys('lindenhof', TODAY)[5];
    await writeFile(fileOf(day, 'seal'), 'torn');
    await startAgain();
    await lookAt(NOON_MS + 60_000);
    const after = book.sealKeys('lindenhof', TODAY)[5];
    expect(after?.day).toBe(day);
    expect(after?.publicKey).not.toEqual(before?.publicKey);
    expect((await readFile(fileOf(day, 'seal'))).length).toBe(32);
  });
});

describe('a clock that jumps', () => {
  /** Looks once a minute from here on. */
  const lookFor = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      monotonicMs += 60_000;
      wallMs += 60_000;
      await book.look([SITE], wallMs);
    }
  };
  const isTodayThere = async () => [
    (await daysOnDisk('pseudonym')).includes(TODAY),
    (await daysOnDisk('seal')).includes(TODAY),
  ];

  it('a year ahead ends nothing, and is said once', async () => {
    wallMs += 365 * DAY_MS;
    await lookFor(30);
    expect(await isTodayThere()).toEqual([true, true]);
    expect(said).toHaveLength(1);
    wallMs -= 365 * DAY_MS;
    await lookFor(120);
    expect(await isTodayThere()).toEqual([true, true]);
    expect(said).toHaveLength(1);
  });

  it('a year ahead ends nothing either when it happens while the server is stopped', async () => {
    await startAgain();
    wallMs += 365 * DAY_MS;
    await lookFor(30);
    expect(await isTodayThere()).toEqual([true, true]);
    wallMs -= 365 * DAY_MS;
    await startAgain();
    await lookFor(5);
    expect(await isTodayThere()).toEqual([true, true]);
  });

  it('of a server that stood still for 10 days is believed after an hour, and its days have keys at once', async () => {
    await startAgain();
    wallMs += 10 * DAY_MS;
    await lookFor(1);
    expect(book.sealKeys('lindenhof', dayAfter(TODAY, 10))).toHaveLength(36);
    expect(await isTodayThere()).toEqual([true, true]);
    await lookFor(59);
    expect(await isTodayThere()).toEqual([true, true]);
    await lookFor(1);
    expect(await isTodayThere()).toEqual([false, false]);
    expect(await daysOnDisk('pseudonym')).toEqual(
      Array.from({ length: 4 }, (_, at) => dayAfter(TODAY, 10 + at)),
    );
  });

  it('is believed at once when the operator says so', async () => {
    wallMs += 50 * DAY_MS;
    await lookFor(2);
    expect(await isTodayThere()).toEqual([true, true]);
    await rm(join(folder, CLOCK_FILE));
    await lookFor(1);
    expect(await isTodayThere()).toEqual([false, false]);
  });

  it('while it is in doubt, what is over by both times ends in time', async () => {
    wallMs += 365 * DAY_MS;
    await lookFor(1);
    // By what was believed, the day and its window end at 04:15 of the third of March.
    const passesMs = BEGIN_MS + DAY_MS + 900_000 - NOON_MS - 60_000;
    monotonicMs += passesMs - 1;
    wallMs += passesMs - 1;
    await book.look([SITE], wallMs);
    expect((await isTodayThere())[0]).toBe(true);
    monotonicMs += 1;
    wallMs += 1;
    await book.look([SITE], wallMs);
    expect(await isTodayThere()).toEqual([false, true]);
  });
});

describe('after a revocation', () => {
  it('that day and all later ones have other keys, on the disk too', async () => {
    const before = pseudonymsByDay();
    const from = dayAfter(TODAY, 1);
    await book.replacePseudonymKeys('lindenhof', from);
    const after = pseudonymsByDay();
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [day, key] of before) expect([day, after.get(day) === key]).toEqual([day, day < from]);
    for (const [day, key] of after)
      expect((await readFile(fileOf(day, 'pseudonym'))).toString('hex')).toBe(key);
    await startAgain();
    await lookAt(NOON_MS + 60_000);
    expect(pseudonymsByDay()).toEqual(after);
  });

  it('the old ones are overwritten in their place', async () => {
    const second = join(folder, 'second');
    const before = await readFile(fileOf(TODAY, 'pseudonym'));
    await link(fileOf(TODAY, 'pseudonym'), second);
    await book.replacePseudonymKeys('lindenhof', TODAY);
    expect((await readFile(second)).equals(before)).toBe(false);
  });

  it('seal keys stay, and so do those of other sites', async () => {
    await lookAt(NOON_MS + 1, [SITE, OTHER]);
    const before = [book.sealKeys('lindenhof', TODAY), pseudonymsByDay('westtor')];
    await book.replacePseudonymKeys('lindenhof', TODAY);
    expect([book.sealKeys('lindenhof', TODAY), pseudonymsByDay('westtor')]).toEqual(before);
  });

  it('a site without keys has none to replace', async () => {
    await book.replacePseudonymKeys('westtor', TODAY);
    expect(book.pseudonymKeys('westtor')).toEqual([]);
  });
});

it('a pseudonym key that was made for a wrong clock is given to nobody', async () => {
  wallMs += 365 * DAY_MS;
  await book.look([SITE], wallMs);
  expect(book.pseudonymKeys('lindenhof').length).toBeGreaterThan(4);
  wallMs -= 365 * DAY_MS;
  await lookAt(NOON_MS + 60_000);
  expect([...pseudonymsByDay().keys()].at(-1)).toBe(dayAfter(TODAY, 3));
  expect(book.pseudonymKeys('lindenhof')[0]?.key.length).toBe(PSEUDONYM_KEY_BYTES);
});
