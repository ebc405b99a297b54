// What the gates of a site tell each other: each tablet asks what was seen since it last asked, of current days only.

import { dayAfter, PSEUDONYM_KEY_DAYS_AHEAD } from '../core/log/sealed/key-ends.ts';
import { encodeSightings, MAX_SIGHTINGS } from '../core/log/sealed/sightings-message.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import type { Site } from '../core/trust/trust.ts';
import type { GuardedRoutes } from './access/guarded-routes.ts';
import { isCurrent, type LogRules } from './ingest/current-days.ts';
import type { SightingPlace, Storage } from './storage/port.ts';

export interface SightingsRouteTools {
  readonly storage: Pick<Storage, 'readSightings'>;
  readonly sealed: { rulesOf(site: string): LogRules };
  findSite(id: string): Site | null;
  nowMs(): number;
}

/** A batch is stamped before it commits, by so much at most: what came meanwhile is told again. */
const COMMIT_SECONDS = 30;
/** No seen-before window reaches back further. */
const MOST_DAYS_BACK = 31;
const DAY_SECONDS = 86_400;

export function addSightingsRoutes(
  routes: Pick<GuardedRoutes, 'tablet'>,
  { storage, sealed, findSite, nowMs }: SightingsRouteTools,
): void {
  routes.tablet('GET', '/sites/:site/sightings', async (c, tablet) => {
    const site = findSite(tablet.site);
    if (site === null) return c.json({ error: 'unknown-site' }, 404);
    const after = parsePlace(c.req.query('after') ?? '');
    if (after === null) return c.json({ error: 'bad-cursor' }, 400);
    const latest: SightingPlace = {
      ...BEFORE_ALL,
      receivedAt: Math.floor(nowMs() / 1000) - COMMIT_SECONDS,
    };
    const seen = await storage.readSightings({
      site: site.id,
      days: currentDays(site, sealed.rulesOf(site.id), nowMs()),
      // A clock that was set back must not hide what comes now.
      after: after.receivedAt > latest.receivedAt ? latest : after,
      limit: MAX_SIGHTINGS,
    });
    const last = seen.at(-1);
    const isAll = last === undefined || seen.length < MAX_SIGHTINGS;
    const body = encodeSightings({ cursor: placeText(isAll ? latest : last.place), sightings: seen });
    return c.body(body, 200, { 'Content-Type': 'application/cbor', 'Cache-Control': 'no-store' });
  });
}

/** Days whose pseudonyms are kept: the others are dropped. */
export function currentDays(site: Site, rules: LogRules, nowMs: number): readonly string[] {
  const today = siteDayAt(nowMs, site);
  const back = Math.min(MOST_DAYS_BACK, Math.ceil(rules.seenBeforeWindowSeconds / DAY_SECONDS) + 1);
  return Array.from({ length: back + PSEUDONYM_KEY_DAYS_AHEAD + 1 }, (_, at) =>
    dayAfter(today, at - back),
  ).filter((day) => isCurrent(day, { site, rules, nowMs }));
}

const BEFORE_ALL: SightingPlace = { receivedAt: 0, device: '', epoch: 0, seq: 0 };

const placeText = ({ receivedAt, device, epoch, seq }: SightingPlace): string =>
  device === '' ? `${receivedAt}` : `${receivedAt}.${device}.${epoch}.${seq}`;

/** No cursor: from the beginning. Null for what we never gave. */
function parsePlace(text: string): SightingPlace | null {
  if (text === '') return BEFORE_ALL;
  const match = /^(\d{1,12})(?:\.([0-9a-f]{32})\.(\d{1,10})\.(\d{1,10}))?$/.exec(text);
  if (match === null) return null;
  const [, receivedAt, device = '', epoch = '0', seq = '0'] = match;
  const place = { receivedAt: Number(receivedAt), device, epoch: Number(epoch), seq: Number(seq) };
  return place.epoch < 2 ** 31 && place.seq < 2 ** 31 ? place : null;
}
