// What ends of the log: sightings with their day's pseudonym key, a day's records once no site can open them any more,
// counts after 90 days. Goes by the day keys that are there, not by the clock: a clock that jumped ends nothing.

import { errorText } from '../core/error-text.ts';
import { type DroppedRun, signDroppedRun } from '../core/log/sealed/dropped-days.ts';
import { COUNT_RETENTION_DAYS, dayAfter, isSealKeyOver } from '../core/log/sealed/key-ends.ts';
import type { Signer } from '../core/signature/signer.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import type { DayKeyBook } from './day-keys/day-key-book.ts';
import { startRounds } from './rounds.ts';
import type { SiteInService } from './sites/site-in-service.ts';
import type { Storage } from './storage/port.ts';
import { createTroubleBook } from './trust/trouble-book.ts';

export interface LogRounds {
  readonly storage: Pick<Storage, 'dropSightings' | 'listDays' | 'dropDay' | 'dropFacts'>;
  readonly dayKeys: Pick<DayKeyBook, 'pseudonymDays' | 'sealDays'>;
  /** Of the words on what is dropped. */
  readonly signer: Signer;
  sites(): readonly Pick<SiteInService, 'site' | 'retentionDays'>[];
  nowMs(): number;
  say(line: string): void;
}

const LOOK_MS = 60_000;

/** The stop waits for a look at hand. */
export async function keepLog(rounds: LogRounds): Promise<() => Promise<void>> {
  const troubles = createTroubleBook(rounds.say);
  const look = () =>
    endLog(rounds).then(
      () => troubles.note('log', null),
      (error: unknown) =>
        troubles.note('log', `what has ended of the log is not dropped: ${errorText(error)}`),
    );
  await look();
  return startRounds(LOOK_MS, look);
}

/** One look. Does nothing where no site is known: that is no reason to drop anything. */
export async function endLog({ storage, dayKeys, signer, sites, nowMs }: LogRounds): Promise<void> {
  const known = sites();
  if (known.length === 0) return;
  for (const { site, retentionDays } of known) {
    await storage.dropSightings(site.id, dayKeys.pseudonymDays(site.id));
    const today = todayOf(site, dayKeys, nowMs());
    await storage.dropFacts(site.id, {
      duplicates: dayAfter(today, -retentionDays),
      counts: dayAfter(today, -COUNT_RETENTION_DAYS),
    });
  }
  // A site that is out of service for now has its keys still, and its own retention.
  const opened = new Set(dayKeys.sealDays());
  const isOver = (day: string): boolean =>
    !opened.has(day) &&
    known.every(({ site, retentionDays }) =>
      isSealKeyOver(day, todayOf(site, dayKeys, nowMs()), retentionDays),
    );
  const sign = (run: DroppedRun) => signDroppedRun(run, signer);
  for (const day of await storage.listDays()) if (isOver(day)) await storage.dropDay(day, sign);
}

/** A clock that jumped ahead stands before the days for which keys were made: the earliest of them is believed. */
function todayOf(site: SiteInService['site'], dayKeys: LogRounds['dayKeys'], nowMs: number): string {
  const today = siteDayAt(nowMs, site);
  const [first = today] = [...dayKeys.pseudonymDays(site.id), today].sort();
  return first;
}
