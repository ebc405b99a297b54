// Every site's day keys, as the server holds them: made ahead, handed out, used, and destroyed each at its own end. They
// lie in this folder and nowhere else, never in the database and never in a backup: whoever restores one opens no ended day.

import { type Bytes, isSameBytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { type SealKey, sealKeyOf } from '../../core/log/sealed/day-keys.ts';
import {
  dayAfter,
  isPseudonymKeyOver,
  isSealKeyOver,
  PSEUDONYM_KEY_DAYS_AHEAD,
  pseudonymKeyDays,
  sealKeyDays,
} from '../../core/log/sealed/key-ends.ts';
import type { FindSealKey } from '../../core/log/sealed/opener.ts';
import { isId } from '../../core/trust/ids.ts';
import { type DayRule, siteDayAt } from '../../core/trust/site-day.ts';
import { MAX_RETENTION_DAYS } from '../../core/trust/targets/targets.ts';
import { createTroubleBook } from '../trust/trouble-book.ts';
import {
  type BelievedClock,
  believe,
  type ClockDoubt,
  type ClockMoment,
  destroyByMs,
  followClock,
  makeForMs,
} from './believed-clock.ts';
import { type KeyFiles, openKeyFiles } from './key-files.ts';
import { openSiteKeys, type SiteKeys } from './site-keys.ts';

/** A site with what says when its keys are over. */
export interface SiteEnds {
  readonly site: DayRule & { readonly id: string };
  readonly seenBeforeWindowSeconds: number;
  readonly retentionDays: number;
}

export interface DayKeyBook {
  /**
   * Makes what is missing for the days ahead and destroys what is over; every minute, so that ends are kept to the minute.
   * Destroys before it makes, and does all it can before it rejects.
   */
  look(sites: readonly SiteEnds[], nowMs: number): Promise<void>;
  /** From memory. */
  readonly findSealKey: FindSealKey;
  /** From `today` ('YYYY-MM-DD', the site's) to 35 days ahead; none for a site that no look has named. */
  sealKeys(site: string, today: string): readonly SealKey[];
  /** Those that a tablet may have now: up to 3 days ahead, and those of earlier days that are not over. The keys are copies. */
  pseudonymKeys(site: string): readonly { readonly day: string; readonly key: Bytes }[];
  /** Whose pseudonym keys are here: sightings of no other day may be kept. */
  pseudonymDays(site: string): readonly string[];
  /** Of which days any site's seal key is here, of those too that no look names: their records may still be opened. */
  sealDays(): readonly string[];
  /** After a revocation: that tablet knows the old ones. When it resolves they are gone. */
  replacePseudonymKeys(site: string, fromDay: string): Promise<void>;
}

export interface DayKeyWorld {
  /** Milliseconds that no clock setting changes. */
  monotonicMs(): number;
  /** A line for the operator. */
  say(line: string): void;
}

const PLAIN_WORLD: DayKeyWorld = { monotonicMs: () => performance.now(), say: () => {} };

/** `folder`: as the operator knows it. */
export const openDayKeyBook = async (
  folder: string,
  randomBytes: (length: number) => Bytes,
  world: DayKeyWorld = PLAIN_WORLD,
): Promise<DayKeyBook> => openBookOn(await openKeyFiles(folder, randomBytes), folder, randomBytes, world);

/** What was believed last, ISO 8601: another server's run begins from there. */
export const CLOCK_FILE = 'day-keys-clock.txt';
const WRITE_CLOCK_MS = 5 * 60_000;

export async function openBookOn(
  files: KeyFiles,
  folder: string,
  randomBytes: (length: number) => Bytes,
  { monotonicMs, say }: DayKeyWorld,
): Promise<DayKeyBook> {
  const troubles = createTroubleBook(say);
  const world = { files, randomBytes };
  const keysBySite = new Map<string, SiteKeys>();
  const todayBySite = new Map<string, string>();
  const names = await files.list();
  for (const site of new Set(names.map((name) => name.split('/')[0] ?? '').filter(isId)))
    keysBySite.set(
      site,
      await openSiteKeys(
        site,
        names.filter((name) => name.startsWith(`${site}/`)),
        world,
      ),
    );

  let writtenMs = await readClock(files);
  let clock: BelievedClock | null =
    writtenMs === null ? null : believe({ wallMs: writtenMs, monotonicMs: monotonicMs() });

  const keysOf = async (site: string): Promise<SiteKeys> => {
    const held = keysBySite.get(site) ?? (await openSiteKeys(site, [], world));
    keysBySite.set(site, held);
    return held;
  };

  /** An operator who removes the file vouches for the clock as it stands. */
  const followAt = async (now: ClockMoment): Promise<BelievedClock> => {
    const next = followClock(clock, now);
    const isVouchedFor = next.doubt !== null && (await files.read(CLOCK_FILE)) === null;
    if (isVouchedFor) writtenMs = null;
    return isVouchedFor ? believe(now) : next;
  };

  const writeClock = async ({ wallMs }: ClockMoment): Promise<void> => {
    if (writtenMs !== null && Math.abs(wallMs - writtenMs) < WRITE_CLOCK_MS) return;
    await files.write(CLOCK_FILE, utf8ToBytes(new Date(wallMs).toISOString()));
    writtenMs = wallMs;
  };

  const look = async (sites: readonly SiteEnds[], wallMs: number): Promise<void> => {
    const now = { wallMs, monotonicMs: monotonicMs() };
    const known = await followAt(now);
    clock = known;
    const faults: unknown[] = [];
    const attempt = (work: Promise<void>) => work.catch((error: unknown) => void faults.push(error));
    const named = new Set(sites.map(({ site }) => site.id));
    const unnamed = [...keysBySite.keys()].filter((id) => !named.has(id)).map(endsOfNobody);
    let keptCount = 0;
    for (const ends of [...sites, ...unnamed]) {
      const keys = await keysOf(ends.site.id);
      const over = overAt(keys, ends, destroyByMs(known, now));
      keptCount += known.doubt === null ? 0 : overAt(keys, ends, wallMs).count - over.count;
      await attempt(keys.destroy('pseudonym', over.pseudonyms, over.today));
      await attempt(keys.destroy('seal', over.seals, over.today));
    }
    troubles.note(
      'clock',
      known.doubt === null || keptCount <= 0 ? null : doubtSentence(known.doubt, folder),
    );
    for (const { site } of sites) {
      const today = siteDayAt(makeForMs(known, now), site);
      todayBySite.set(site.id, today);
      const keys = await keysOf(site.id);
      await attempt(keys.make('seal', sealKeyDays(today)));
      await attempt(keys.make('pseudonym', pseudonymKeyDays(today)));
    }
    if (known.doubt === null) await attempt(writeClock(now));
    if (faults.length > 0) throw faults[0];
  };

  const inTurn = oneAfterAnother();
  return {
    look: (sites, nowMs) => inTurn(() => look(sites, nowMs)),
    findSealKey(site, day, name) {
      const pair = keysBySite.get(site)?.sealsByDay.get(day);
      return pair !== undefined && isSameBytes(pair.name, name) ? pair : null;
    },
    sealKeys(site, today) {
      const seals = keysBySite.get(site)?.sealsByDay;
      return sealKeyDays(today).flatMap((day) => {
        const pair = seals?.get(day);
        return pair === undefined ? [] : [sealKeyOf(pair)];
      });
    },
    pseudonymKeys(site) {
      const today = todayBySite.get(site);
      const held = [...(keysBySite.get(site)?.pseudonymsByDay ?? [])];
      if (today === undefined) return [];
      return held
        .filter(([day]) => day <= dayAfter(today, PSEUDONYM_KEY_DAYS_AHEAD))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([day, key]) => ({ day, key: key.slice() }));
    },
    pseudonymDays: (site) => [...(keysBySite.get(site)?.pseudonymsByDay.keys() ?? [])].sort(),
    sealDays: () => [
      ...new Set([...keysBySite.values()].flatMap(({ sealsByDay }) => [...sealsByDay.keys()])),
    ],
    replacePseudonymKeys: (site, fromDay) =>
      inTurn(async () => {
        await (await keysOf(site)).replacePseudonyms(fromDay);
      }),
  };
}

function overAt({ pseudonymsByDay, sealsByDay }: SiteKeys, ends: SiteEnds, nowMs: number) {
  const { site, seenBeforeWindowSeconds, retentionDays } = ends;
  const today = siteDayAt(nowMs, site);
  const pseudonyms = [...pseudonymsByDay.keys()].filter((day) =>
    isPseudonymKeyOver(day, nowMs, site, seenBeforeWindowSeconds),
  );
  const seals = [...sealsByDay.keys()].filter((day) => isSealKeyOver(day, today, retentionDays));
  return { today, pseudonyms, seals, count: pseudonyms.length + seals.length };
}

/** A site that nobody names any more: its keys end by the longest terms that there are, in any time zone. */
const endsOfNobody = (id: string): SiteEnds => ({
  site: { id, timeZone: 'UTC', dayStartMinutes: 0 },
  seenBeforeWindowSeconds: 2 * 86_400,
  retentionDays: MAX_RETENTION_DAYS,
});

async function readClock(files: KeyFiles): Promise<number | null> {
  const bytes = await files.read(CLOCK_FILE);
  const ms = bytes === null ? Number.NaN : Date.parse(new TextDecoder().decode(bytes));
  return Number.isNaN(ms) ? null : ms;
}

function doubtSentence({ waitMs }: ClockDoubt, folder: string): string {
  const hours = waitMs / 3_600_000;
  return (
    'the clock is not where this server left it: day keys that are over by it are kept until it has run on for ' +
    `${hours === 1 ? 'an hour' : `${hours} hours`}, in case it is wrong. If it is right, nothing needs to be done; ` +
    `to have it believed now, remove ${folder}/${CLOCK_FILE}`
  );
}

function oneAfterAnother(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}
