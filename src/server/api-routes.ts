// The interface for tablets and the console. HTTP status codes exist only in routes.

import { streamSSE } from 'hono/streaming';
import type { PublicOrigin } from '../core/identity/public-origin.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import type { Site } from '../core/trust/trust.ts';
import { createGuardedRoutes, type GuardedRoutes } from './access/guarded-routes.ts';
import { createPersonKeeper } from './access/person-keeper.ts';
import { createTabletKeeper, createTabletKnock, type TabletKeeperTools } from './access/tablet-keeper.ts';
import { addBatchRoutes, type BatchRouteTools } from './batch-routes.ts';
import type { Changes } from './changes.ts';
import type { DayKeyBook } from './day-keys/day-key-book.ts';
import { addDayKeyRoutes } from './day-keys/day-key-routes.ts';
import { makeDayReport } from './day-report.ts';
import { addDeviceRoutes, type DeviceRouteTools } from './devices/device-routes.ts';
import { addEnrolmentRoutes, type EnrolmentRouteTools } from './devices/enrolment-routes.ts';
import { addLogRoutes } from './log-routes.ts';
import { addManagerRoutes } from './managers/manager-routes.ts';
import type { People } from './managers/people.ts';
import { addSessionRoutes } from './managers/session-routes.ts';
import type { OperatorDoor } from './operator-door.ts';
import { addSightingsRoutes } from './sightings-routes.ts';
import type { SiteRegister } from './sites/site-register.ts';
import { addSiteRoutes } from './sites/site-routes.ts';
import { type Storage, StorageAway } from './storage/port.ts';
import type { Stores } from './storage/stores.ts';
import type { SiteTrust } from './trust/site-trust.ts';
import { addTrustRoutes } from './trust/trust-routes.ts';

export interface ApiTools
  extends BatchRouteTools,
    TabletKeeperTools,
    Omit<DeviceRouteTools, 'findSite' | 'replaceDayKeys'>,
    Omit<EnrolmentRouteTools, 'findSite' | 'firstSite'> {
  readonly stores: Stores;
  readonly storage: Storage;
  readonly trust: SiteTrust;
  readonly sites: SiteRegister;
  readonly dayKeys: DayKeyBook;
  /** Where browsers and tablets reach this server. */
  readonly publicOrigin: PublicOrigin;
  readonly operator: OperatorDoor;
  readonly people: People;
  readonly changes: Changes;
  readonly version: string;
  /** Seconds since the start. */
  uptime(): number;
  /** Aborts when the server stops: streams end then. */
  readonly stopping: AbortSignal;
}

const MAX_EVENT_STREAMS = 64;
const BUSY_RETRY_SECONDS = 2;
const KEEP_ALIVE_MS = 20_000;
const HEALTH_LIMIT_MS = 1_000;

export function createApiRoutes(tools: ApiTools): GuardedRoutes {
  const routes = createGuardedRoutes({
    knock: createTabletKnock(tools),
    tablet: createTabletKeeper(tools),
    person: createPersonKeeper(tools),
  });

  const firstSite = (): Site => tools.sites.all()[0]?.site ?? tools.trust.site;
  const findSite = (id: string): Site | null => tools.sites.find(id)?.site ?? null;

  /** From today on: of ended days a revoked tablet holds nothing. */
  const replaceDayKeys = async (id: string): Promise<void> => {
    const site = findSite(id);
    if (site !== null) await tools.dayKeys.replacePseudonymKeys(id, siteDayAt(tools.nowMs(), site));
  };

  addTrustRoutes(routes, tools);
  addSiteRoutes(routes, tools);
  addSessionRoutes(routes, tools);
  addManagerRoutes(routes, tools, (id) => findSite(id) !== null);
  addDayKeyRoutes(routes, { ...tools, findSite });
  addSightingsRoutes(routes, { ...tools, findSite });
  addLogRoutes(routes, tools);
  addDeviceRoutes(routes, { ...tools, findSite, replaceDayKeys });
  addBatchRoutes(routes, tools);
  addEnrolmentRoutes(routes, { ...tools, findSite, firstSite });

  routes.person('viewer', 'GET', '/sites/:site/days/today', async (c) => {
    const site = findSite(c.req.param('site'));
    if (site === null) return c.json({ error: 'unknown-site' }, 404);
    return c.json(await makeDayReport(site, tools, tools.nowMs()), 200, {
      'Cache-Control': 'no-store',
    });
  });

  routes.person('viewer', 'GET', '/sites/:site/days/today/events', async (c) => {
    const site = findSite(c.req.param('site'));
    if (site === null) return c.json({ error: 'unknown-site' }, 404);
    if (tools.changes.watcherCount >= MAX_EVENT_STREAMS) {
      return c.json({ error: 'busy' }, 503, { 'Retry-After': String(BUSY_RETRY_SECONDS) });
    }
    c.header('Cache-Control', 'no-store');
    return streamSSE(c, async (stream) => {
      const ended = new Promise<void>((resolve) => {
        stream.onAbort(resolve);
        if (tools.stopping.aborted) resolve();
        else tools.stopping.addEventListener('abort', () => resolve(), { once: true });
      });
      const stop = tools.changes.watch(site.id, () => void stream.writeSSE({ event: 'changed', data: '' }));
      const keepAlive = setInterval(() => void stream.write(':\n\n'), KEEP_ALIVE_MS);
      await stream.writeSSE({ event: 'hello', data: '' });
      await ended;
      clearInterval(keepAlive);
      stop();
    });
  });

  routes.anyone('GET', '/health', async (c) => {
    const isUp = await isAnswering(tools);
    const health = {
      ok: isUp,
      database: isUp ? 'up' : 'away',
      version: tools.version,
      uptime: tools.uptime(),
    };
    return c.json(health, isUp ? 200 : 503, {
      'Cache-Control': 'no-store',
      ...(isUp ? {} : { 'Retry-After': '1' }),
    });
  });

  return routes;
}

async function isAnswering({ storage }: ApiTools): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, HEALTH_LIMIT_MS, false);
  });
  const answer = storage.ping().then(
    () => true,
    (error: unknown) => {
      if (error instanceof StorageAway) return false;
      throw error;
    },
  );
  answer.catch(() => {});
  return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}
