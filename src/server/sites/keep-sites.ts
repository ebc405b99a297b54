// Looks at all sites from time to time: what other servers on the same database changed, what was published, and tables
// for the coming days of every time zone.

import { siteDayAt } from '../../core/trust/site-day.ts';
import { startRounds } from '../rounds.ts';
import type { Storage } from '../storage/port.ts';
import type { SiteRegister } from './site-register.ts';

export interface SiteRounds {
  readonly sites: Pick<SiteRegister, 'all' | 'look'>;
  readonly storage: Pick<Storage, 'prepareDays'>;
  nowMs(): number;
  say(line: string): void;
}

const LOOK_MS = 60_000;
const DAYS_PREPARED = 3;
const DAY_MS = 86_400_000;

/** Looks once at once; without tables for today the start is stopped. The stop waits for a look at hand. */
export async function keepSites({ sites, storage, nowMs, say }: SiteRounds): Promise<() => Promise<void>> {
  let prepared = '';
  const prepareDays = async () => {
    const days = daysAhead(sites, nowMs());
    if (days.join() === prepared) return;
    await storage.prepareDays(days);
    prepared = days.join();
  };
  const look = async () => {
    await sites.look();
    // Without them records go to the default table: nothing is lost when this fails.
    await prepareDays().catch((error: unknown) =>
      say(`the coming days' tables were not made: ${String(error)}`),
    );
  };

  await sites.look();
  await prepareDays();
  return startRounds(LOOK_MS, look);
}

/** Yesterday, today and tomorrow, wherever a site is. */
function daysAhead(sites: Pick<SiteRegister, 'all'>, nowMs: number): readonly string[] {
  const days = sites
    .all()
    .flatMap(({ site }) =>
      Array.from({ length: DAYS_PREPARED }, (_, at) => siteDayAt(nowMs + (at - 1) * DAY_MS, site)),
    );
  return [...new Set(days)].sort();
}
