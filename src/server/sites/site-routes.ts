// Sites and their gates for managers, and what everybody may know of them. Who may come is said with each route; what
// is answered is of the site in the path alone.

import type { Context } from 'hono';
import { ok, type Result } from '../../core/result.ts';
import { MAX_SETTINGS_BYTES } from '../../core/trust/settings/signed-settings.ts';
import type { ApiContext, GuardedRoutes } from '../access/guarded-routes.ts';
import { readJson } from '../access/read-json.ts';
import { answerHandedOut } from '../trust/trust-routes.ts';
import { addGate, type EditGates, removeGate, renameGate } from './edit-settings.ts';
import type { SiteInService } from './site-in-service.ts';
import type { SiteRefusal } from './site-refusal.ts';
import type { SiteRegister } from './site-register.ts';

export interface SiteRouteTools {
  readonly sites: SiteRegister;
}

const MAX_GATE_BYTES = 4096;
const NOT_KEPT = { 'Cache-Control': 'no-store' };

export function addSiteRoutes(routes: GuardedRoutes, tools: SiteRouteTools): void {
  routes.anyone('GET', '/sites', (c) => {
    const sites = tools.sites.all().map(({ site: { id, name } }) => ({ id, name }));
    return c.json({ sites }, 200, NOT_KEPT);
  });

  routes.anyone('GET', '/sites/:site/settings', async (c) => {
    const settings = await tools.sites.readSettings(c.req.param('site'));
    return settings === null ? unknownSite(c) : answerHandedOut(c, settings, 'application/cose');
  });

  /** Of which classes a site may be founded here, each with its bounds. */
  routes.person('owner', 'GET', '/site-classes', (c) =>
    c.json({ classes: tools.sites.classes() }, 200, NOT_KEPT),
  );

  routes.person('owner', 'POST', '/sites', async (c) => {
    const content = await readJson(c, MAX_SETTINGS_BYTES);
    if (!content.ok) return content.error;
    return answerSite(c, await tools.sites.create(content.value), 201);
  });

  routes.person('viewer', 'GET', '/sites/:site', (c) => {
    const held = tools.sites.find(c.req.param('site'));
    return held === null ? unknownSite(c) : answerSite(c, ok(held));
  });

  routes.person('manager', 'PUT', '/sites/:site/settings', async (c) => {
    const content = await readJson(c, MAX_SETTINGS_BYTES);
    if (!content.ok) return content.error;
    return answerSite(c, await changeSite(c, tools.sites, () => content));
  });

  routes.person('manager', 'POST', '/sites/:site/gates', async (c) => {
    const gate = await readJson(c, MAX_GATE_BYTES);
    if (!gate.ok) return gate.error;
    const edit = addGate(fieldOf(gate.value, 'name'), fieldOf(gate.value, 'id'));
    return answerSite(c, await changeGates(c, tools.sites, edit), 201);
  });

  routes.person('manager', 'PUT', '/sites/:site/gates/:gate', async (c) => {
    const gate = await readJson(c, MAX_GATE_BYTES);
    if (!gate.ok) return gate.error;
    const edit = renameGate(c.req.param('gate'), fieldOf(gate.value, 'name'));
    return answerSite(c, await changeGates(c, tools.sites, edit));
  });

  routes.person('manager', 'DELETE', '/sites/:site/gates/:gate', async (c) =>
    answerSite(c, await changeGates(c, tools.sites, removeGate(c.req.param('gate')))),
  );
}

/** With If-Match, only where the site is still as it was when it was looked at. */
function changeSite(
  c: ApiContext,
  sites: SiteRegister,
  edit: (held: SiteInService) => Result<unknown, SiteRefusal>,
): Promise<Result<SiteInService, SiteRefusal>> {
  const seen = c.req.header('If-Match') ?? '*';
  const isAsSeen = ({ handedOut }: SiteInService) => seen === '*' || seen === handedOut.etag;
  return sites.changeSettings(c.req.param('site') ?? '', edit, isAsSeen);
}

const changeGates = (c: ApiContext, sites: SiteRegister, edit: EditGates) =>
  changeSite(c, sites, ({ settings: { site, policy } }) => {
    const gates = edit(site.gates);
    return gates.ok ? ok({ site: { ...site, gates: gates.value }, policy }) : gates;
  });

function answerSite(c: Context, held: Result<SiteInService, SiteRefusal>, status: 200 | 201 = 200): Response {
  if (!held.ok) return answerRefusal(c, held.error);
  const { site, settings, policy, bounds, clippings, handedOut } = held.value;
  const { id, name, timeZone, dayStartMinutes, gates } = site;
  return c.json(
    {
      ...{ id, name, class: held.value.class, timeZone, dayStartMinutes, gates },
      version: settings.version,
      issuedAt: settings.issuedAt,
      /** To be changed and sent back. */
      settings: { site, policy: settings.policy },
      /** As used. */
      policy,
      bounds,
      clippings,
    },
    status,
    { ...NOT_KEPT, ETag: handedOut.etag },
  );
}

const STATUS_BY_CODE: Readonly<Record<SiteRefusal['code'], 400 | 403 | 404 | 409 | 412 | 422>> = {
  'unknown-site': 404,
  'site-taken': 409,
  'bad-settings': 400,
  'beyond-bounds': 422,
  'class-not-founded': 422,
  'other-site': 422,
  'changed-meanwhile': 412,
  'settings-in-file': 403,
  'too-many-sites': 409,
  'unknown-gate': 404,
  'gate-taken': 409,
};

const answerRefusal = (c: Context, { code, place, reason, beyond }: SiteRefusal): Response =>
  c.json({ error: code, place, reason, beyond }, STATUS_BY_CODE[code], NOT_KEPT);

const unknownSite = (c: Context): Response => c.json({ error: 'unknown-site' }, 404, NOT_KEPT);

const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;
