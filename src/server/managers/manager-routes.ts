// Who else may come: owners see to all managers, the manager of a site to viewers and managers of that site.

import type { ApiContext, GuardedRoutes, PersonAtHand } from '../access/guarded-routes.ts';
import { readJsonObject } from '../access/json-object.ts';
import type { AccessStore } from '../storage/access-store.ts';
import type { ChangeRefusal, StoredManager } from '../storage/manager-store.ts';
import type { People } from './people.ts';
import { mayGive, OWNER, parseRoles, type Roles } from './roles.ts';

export interface ManagerRouteTools {
  readonly people: People;
  readonly stores: { readonly accessLog: AccessStore };
}

const NOT_KEPT = { 'Cache-Control': 'no-store' };
const MAX_ACCESS_LINES = 500;

export function addManagerRoutes(
  routes: GuardedRoutes,
  tools: ManagerRouteTools,
  isSite: (site: string) => boolean,
): void {
  routes.person('manager', 'GET', '/managers', async (c, person) => {
    const own = await rolesOf(tools.people, person);
    const managers = (await tools.people.store.list()).flatMap((manager) => shownTo(own, manager));
    return c.json({ managers }, 200, NOT_KEPT);
  });

  routes.person('manager', 'POST', '/managers', async (c, person) => {
    const given = await readRoles(c, isSite);
    if (given instanceof Response) return given;
    if (!mayGive(await rolesOf(tools.people, person), given))
      return c.json({ error: 'not-yours-to-give' }, 403);
    return c.json(await tools.people.invite(given), 201, NOT_KEPT);
  });

  routes.person('owner', 'PUT', '/managers/:manager/roles', async (c) => {
    const given = await readRoles(c, isSite);
    if (given instanceof Response) return given;
    return answerChange(c, await tools.people.store.setRoles(c.req.param('manager'), given));
  });

  routes.person('owner', 'DELETE', '/managers/:manager', async (c) =>
    answerChange(c, await tools.people.store.remove(c.req.param('manager'))),
  );

  routes.person('owner', 'POST', '/managers/:manager/reset', async (c) => {
    const link = await tools.people.reset(c.req.param('manager'));
    return typeof link === 'string' ? answerChange(c, link) : c.json(link, 201, NOT_KEPT);
  });

  routes.person('owner', 'GET', '/access-log', async (c) => {
    const beforeMinute = Number(c.req.query('before') ?? Math.floor(tools.people.nowSeconds() / 60) + 1);
    if (!Number.isSafeInteger(beforeMinute) || beforeMinute < 0 || beforeMinute > 2 ** 31)
      return c.json({ error: 'bad-before' }, 400);
    const site = c.req.query('site') ?? null;
    const lines = await tools.stores.accessLog.read({ site, beforeMinute, most: MAX_ACCESS_LINES });
    return c.json({ lines }, 200, NOT_KEPT);
  });
}

/** Whoever comes by the operator's door is nobody of the managers. */
const rolesOf = async ({ store }: People, { manager, role }: PersonAtHand): Promise<Roles> =>
  role === 'owner' ? OWNER : ((await store.find(manager))?.roles ?? { isOwner: false, sites: [] });

/** To those who own nothing: who has a role at a site that they manage, and that role only. */
function shownTo(own: Roles, manager: StoredManager): readonly StoredManager[] {
  if (own.isOwner) return [manager];
  const sites = manager.roles.sites.filter((grant) => mayGive(own, { isOwner: false, sites: [grant] }));
  return sites.length === 0 ? [] : [{ ...manager, roles: { isOwner: false, sites } }];
}

async function readRoles(c: ApiContext, isSite: (site: string) => boolean): Promise<Roles | Response> {
  const json = await readJsonObject(c);
  if (json instanceof Response) return json;
  const roles = parseRoles(json);
  if (roles === null) return c.json({ error: 'bad-roles' }, 400);
  return roles.sites.every(({ site }) => isSite(site)) ? roles : c.json({ error: 'unknown-site' }, 404);
}

function answerChange(c: ApiContext, outcome: 'changed' | ChangeRefusal): Response {
  if (outcome === 'changed') return c.body(null, 204, NOT_KEPT);
  return c.json({ error: outcome }, outcome === 'unknown-manager' ? 404 : 409, NOT_KEPT);
}
