// The interface for sites: who may come to each route, what is answered, and never of another site than the path's.

import { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import type { JsonEntry } from '../../../../src/core/trust/publish/edit-document.ts';
import { verifySettings } from '../../../../src/core/trust/settings/signed-settings.ts';
import { createGuardedRoutes, type Role } from '../../../../src/server/access/guarded-routes.ts';
import { addSiteRoutes } from '../../../../src/server/sites/site-routes.ts';
import {
  createSiteHouse,
  kiosk,
  policyWith,
  type SiteHouse,
  type SiteServer,
} from '../../../support/site-house.ts';

const NOW = Date.UTC(2026, 2, 2, 12) / 1000;
const ROLES: readonly Role[] = ['viewer', 'manager', 'owner'];

let house: SiteHouse;
let server: SiteServer;
let api: Hono;
/** Who asks, at whatever site; null: nobody. */
let role: Role | null;

beforeEach(async () => {
  house = await createSiteHouse(NOW);
  server = await house.openServer();
  role = 'owner';
  const routes = createGuardedRoutes({
    tablet: async (c) => c.json({ error: 'unsigned' }, 401),
    person: async (c, least) => {
      if (role === null || ROLES.indexOf(role) < ROLES.indexOf(least)) return c.json({ error: 'no' }, 403);
      return { manager: 'somebody', role };
    },
  });
  addSiteRoutes(routes, server);
  api = new Hono().route('/api', routes.app);
});

const ask = (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) =>
  api.request(`/api${path}`, {
    method,
    headers: { ...(json === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  });
const jsonOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

describe('who may come', () => {
  it.each<[string, string, Role | 'anyone']>([
    ['GET', '/sites', 'anyone'],
    ['GET', '/sites/lindenhof/settings', 'anyone'],
    ['GET', '/sites/lindenhof', 'viewer'],
    ['PUT', '/sites/lindenhof/settings', 'manager'],
    ['POST', '/sites/lindenhof/gates', 'manager'],
    ['PUT', '/sites/lindenhof/gates/gate-1', 'manager'],
    ['DELETE', '/sites/lindenhof/gates/gate-1', 'manager'],
    ['POST', '/sites', 'owner'],
    ['GET', '/site-classes', 'owner'],
  ])('%s %s: %s', async (method, path, least) => {
    const people: readonly (Role | null)[] = [null, ...ROLES];
    const allowed = least === 'anyone' ? people : ROLES.slice(ROLES.indexOf(least));
    for (const one of people) {
      role = one;
      expect((await ask(method, path)).status === 403, String(one)).toBe(!allowed.includes(one));
    }
  });
});

describe('everybody', () => {
  it('knows the sites by id and name, and nothing more', async () => {
    await server.sites.create(kiosk());
    expect(await jsonOf(await ask('GET', '/sites'))).toEqual({
      sites: [
        { id: 'lindenhof', name: 'Lindenhof station' },
        { id: 'kiosk', name: 'Kiosk' },
      ],
    });
  });

  it.each(['lindenhof', 'kiosk'])('gets the signed settings of %s, and of no other', async (id) => {
    await server.sites.create(kiosk());
    const answer = await ask('GET', `/sites/${id}/settings`);
    expect(answer.headers.get('Content-Type')).toBe('application/cose');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const verified = await verifySettings(bytes, server.trust.documents.servers, await chooseEngine());
    expect(verified).toMatchObject({ ok: true, value: { settings: { site: { id } } } });
    const etag = answer.headers.get('ETag') ?? '';
    expect((await ask('GET', `/sites/${id}/settings`, undefined, { 'If-None-Match': etag })).status).toBe(
      304,
    );
  });

  it.each(['palace', '*', 'any', '..', 'LINDENHOF'])('gets nothing of %s', async (id) => {
    const answer = await ask('GET', `/sites/${encodeURIComponent(id)}/settings`);
    expect([answer.status, await answer.text()]).toEqual([
      404,
      expect.stringMatching(/unknown-site|Not Found/),
    ]);
  });
});

describe('an owner', () => {
  it('sees the classes with their bounds', async () => {
    const { classes } = await jsonOf(await ask('GET', '/site-classes'));
    expect(classes).toMatchObject([{ class: 'standard' }, { class: 'building', maxRetentionDays: 3 }]);
  });

  it('founds a site, which is in service at once', async () => {
    const answer = await ask('POST', '/sites', kiosk({ class: 'building' }));
    expect(answer.status).toBe(201);
    expect(await jsonOf(answer)).toMatchObject({
      id: 'kiosk',
      class: 'building',
      timeZone: 'Asia/Kolkata',
      policy: { retentionDays: 3 },
      clippings: [],
    });
    expect((await ask('GET', '/sites/kiosk/settings')).status).toBe(200);
  });

  it.each<[string, unknown, number, JsonEntry]>([
    [
      'is told the place',
      kiosk({ gates: [{ id: 'A', name: 'A' }] }),
      400,
      { error: 'bad-settings', place: 'site.gates.0.id' },
    ],
    [
      'is told the bound',
      kiosk({ class: 'building' }, policyWith({ retentionDays: 4 })),
      422,
      { error: 'beyond-bounds', place: expect.stringMatching(/^policy\./) },
    ],
    [
      'is told the class',
      kiosk({ class: 'office' }),
      422,
      { error: 'class-not-founded', place: 'site.class' },
    ],
    ['is told that it is taken', kiosk({ id: 'lindenhof' }), 409, { error: 'site-taken' }],
    ['is told that it is no JSON', '{', 400, { error: 'not-json' }],
    ['is told that it is too large', 'x'.repeat(600_000), 413, { error: 'body-too-large' }],
  ])('%s', async (_name, content, status, answered) => {
    const answer = await ask('POST', '/sites', content);
    expect([answer.status, await jsonOf(answer)]).toEqual([status, expect.objectContaining(answered)]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'sends nothing as %j, as a form of another page would',
    async (type) => {
      const answer = await ask('POST', '/sites', JSON.stringify(kiosk()), { 'Content-Type': type });
      expect(answer.status).toBe(415);
      expect(server.sites.all()).toHaveLength(1);
    },
  );
});

describe('a manager', () => {
  it('changes what was looked at, and not what somebody else changed since', async () => {
    const looked = await ask('GET', '/sites/lindenhof');
    const etag = looked.headers.get('ETag') ?? '';
    const { settings, version } = (await jsonOf(looked)) as {
      settings: { site: JsonEntry; policy: JsonEntry };
      version: number;
    };
    const put = (name: string) =>
      ask(
        'PUT',
        '/sites/lindenhof/settings',
        { ...settings, site: { ...settings.site, name } },
        { 'If-Match': etag },
      );
    const first = await put('Lindenhof East');
    expect([first.status, await jsonOf(first)]).toEqual([
      200,
      expect.objectContaining({ name: 'Lindenhof East', version: version + 1 }),
    ]);
    expect(first.headers.get('ETag')).not.toBe(etag);
    const second = await put('Lindenhof West');
    expect([second.status, (await jsonOf(second)).error]).toEqual([412, 'changed-meanwhile']);
  });

  it('cannot send the settings of one site to another', async () => {
    await server.sites.create(kiosk());
    const { settings } = await jsonOf(await ask('GET', '/sites/kiosk'));
    const answer = await ask('PUT', '/sites/lindenhof/settings', settings);
    expect([answer.status, (await jsonOf(answer)).place]).toEqual([422, 'site.id']);
  });

  it('adds, renames and removes gates, of that site alone', async () => {
    await server.sites.create(kiosk());
    const gates = async (answer: Response | Promise<Response>) => (await jsonOf(await answer)).gates;
    expect(await gates(ask('POST', '/sites/kiosk/gates', { name: 'Back' }))).toEqual([
      { id: 'door', name: 'Door' },
      { id: 'gate-1', name: 'Back' },
    ]);
    expect(await gates(ask('POST', '/sites/kiosk/gates', { id: 'roof', name: 'Roof' }))).toHaveLength(3);
    expect(await gates(ask('PUT', '/sites/kiosk/gates/gate-1', { name: 'Yard' }))).toContainEqual({
      id: 'gate-1',
      name: 'Yard',
    });
    expect(await gates(ask('DELETE', '/sites/kiosk/gates/door'))).toEqual([
      { id: 'gate-1', name: 'Yard' },
      { id: 'roof', name: 'Roof' },
    ]);
    expect(server.sites.find('lindenhof')?.site.gates.map(({ id }) => id)).toEqual(['gate-1', 'gate-2']);
  });

  it.each<[string, string, unknown, number, string]>([
    ['POST', '/sites/lindenhof/gates', { id: 'gate-1', name: 'Again' }, 409, 'gate-taken'],
    ['POST', '/sites/lindenhof/gates', { name: '' }, 400, 'bad-settings'],
    ['POST', '/sites/lindenhof/gates', {}, 400, 'bad-settings'],
    ['POST', '/sites/lindenhof/gates', { id: 7, name: 'Seven' }, 400, 'bad-settings'],
    ['POST', '/sites/lindenhof/gates', null, 400, 'bad-settings'],
    ['POST', '/sites/palace/gates', { name: 'A' }, 404, 'unknown-site'],
    ['PUT', '/sites/lindenhof/gates/gate-9', { name: 'A' }, 404, 'unknown-gate'],
    ['PUT', '/sites/lindenhof/gates/gate-1', { name: 7 }, 400, 'bad-settings'],
    ['DELETE', '/sites/lindenhof/gates/gate-9', undefined, 404, 'unknown-gate'],
    ['DELETE', '/sites/palace/gates/gate-1', undefined, 404, 'unknown-site'],
    ['PUT', '/sites/palace/settings', {}, 404, 'unknown-site'],
  ])('%s %s %j: %i %s', async (method, path, content, status, error) => {
    const answer = await ask(method, path, content);
    expect([answer.status, (await jsonOf(answer)).error]).toEqual([status, error]);
  });

  it('cannot remove the last gate', async () => {
    await server.sites.create(kiosk());
    const answer = await ask('DELETE', '/sites/kiosk/gates/door');
    expect([answer.status, (await jsonOf(answer)).place]).toEqual([400, 'site.gates']);
  });
});
