// Who may come to what: each role at its site, at another site and at one that is not there; and what is written down.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayGive, OWNER, parseRoles, type Role, type Roles } from '../../../../src/server/managers/roles.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import {
  cookieOf,
  openTestPeople,
  PASSWORD,
  type TestPeople,
  tokenOf,
} from '../../../support/test-people.ts';

const at = (site: string, role: 'viewer' | 'manager'): Roles => ({ isOwner: false, sites: [{ site, role }] });
const GIVEN: Readonly<Record<string, Roles>> = {
  owner: OWNER,
  manager: at('north', 'manager'),
  viewer: at('north', 'viewer'),
  'manager elsewhere': at('south', 'manager'),
};

let house: TestPeople;
const cookies: Record<string, string> = {};
beforeAll(async () => {
  house = await openTestPeople();
  for (const [name, roles] of Object.entries(GIVEN)) cookies[name] = await house.join(name, roles);
});
afterAll(async () => {
  await house.close();
  await closeTestCluster();
});

const ask = (who: string, method: string, path: string, json?: unknown) =>
  house.ask(path, { method, ...(json === undefined ? {} : { json }) }, cookies[who]);

describe.each<[string, Readonly<Record<Role, number>>]>([
  ['owner', { viewer: 200, manager: 200, owner: 200 }],
  ['manager', { viewer: 200, manager: 200, owner: 403 }],
  ['viewer', { viewer: 200, manager: 403, owner: 403 }],
  ['manager elsewhere', { viewer: 404, manager: 404, owner: 404 }],
  ['nobody', { viewer: 401, manager: 401, owner: 401 }],
])('%s', (who, statuses) => {
  it.each(['viewer', 'manager', 'owner'] as const)('at a route for a %s', async (least) => {
    for (const method of ['GET', 'POST']) {
      const answer = await ask(who, method, `/sites/north/${least}`);
      expect([method, answer.status]).toEqual([method, statuses[least]]);
    }
  });
});

it('a site that one has no role for answers exactly like one that is not there', async () => {
  const [other, missing] = await Promise.all(
    ['north', 'nowhere'].map(async (site) => {
      const answer = await ask('manager elsewhere', 'GET', `/sites/${site}/viewer`);
      return [answer.status, [...answer.headers], await answer.text()];
    }),
  );
  expect(other).toEqual(missing);
});

describe('the routes of managers', () => {
  const invitation = { sites: [{ site: 'north', role: 'viewer' }] };
  it.each<[string, string, string, unknown, readonly (number | string)[]]>([
    // owner, manager of north, viewer of north, manager of south, nobody
    ['GET', '/session', '', undefined, [200, 200, 200, 200, 401]],
    ['GET', '/managers', '', undefined, [200, 200, 403, 200, 401]],
    ['POST', '/managers', 'a viewer of north', invitation, [201, 201, 403, 403, 401]],
    ['POST', '/managers', 'an owner', { isOwner: true }, [201, 403, 403, 403, 401]],
    [
      'POST',
      '/managers',
      'of nowhere',
      { sites: [{ site: 'nowhere', role: 'viewer' }] },
      [404, 404, 403, 404, 401],
    ],
    ['POST', '/managers', 'nothing', { sites: [] }, [400, 400, 403, 400, 401]],
    ['PUT', '/managers/nobody/roles', '', invitation, [404, 403, 403, 403, 401]],
    ['DELETE', '/managers/nobody', '', undefined, [404, 403, 403, 403, 401]],
    ['POST', '/managers/nobody/reset', '', {}, [404, 403, 403, 403, 401]],
    ['GET', '/access-log', '', undefined, [200, 403, 403, 403, 401]],
    ['GET', '/access-log?before=x', '', undefined, [400, 403, 403, 403, 401]],
  ])('%s %s %s', async (method, path, _, json, statuses) => {
    const found = [];
    for (const who of [...Object.keys(GIVEN), 'nobody'])
      found.push((await ask(who, method, path, json)).status);
    expect(found).toEqual(statuses);
  });

  it('show the manager of a site those of that site, and nothing of other sites', async () => {
    const shown = async (who: string) => {
      const { managers } = await (await ask(who, 'GET', '/managers')).json();
      return managers.map(({ name, roles }: { name: string; roles: Roles }) => [
        name,
        roles.isOwner,
        roles.sites,
      ]);
    };
    expect(await shown('manager')).toEqual([
      ['manager', false, [{ site: 'north', role: 'manager' }]],
      ['viewer', false, [{ site: 'north', role: 'viewer' }]],
    ]);
    expect(await shown('owner')).toHaveLength(4);
    expect(await shown('manager elsewhere')).toEqual([
      ['manager elsewhere', false, [{ site: 'south', role: 'manager' }]],
    ]);
  });

  it('sign somebody out everywhere when its roles change, and keep the last owner', async () => {
    const cookie = await house.join('changing', at('north', 'manager'));
    const { managers } = await (await ask('owner', 'GET', '/managers')).json();
    const idOf = (wanted: string) =>
      managers.find(({ name }: { name: string }) => name === wanted)?.manager as string;
    const changed = await ask('owner', 'PUT', `/managers/${idOf('changing')}/roles`, {
      sites: [{ site: 'south', role: 'viewer' }],
    });
    expect([changed.status, (await house.ask('/session', {}, cookie)).status]).toEqual([204, 401]);
    const last = await ask('owner', 'DELETE', `/managers/${idOf('owner')}`);
    expect([last.status, await last.json()]).toEqual([409, { error: 'last-owner' }]);
    const reset = await ask('owner', 'POST', `/managers/${idOf('changing')}/reset`, {});
    const token = tokenOf((await reset.json()).link);
    const again = await house.ask('/join', { method: 'POST', json: { token, password: PASSWORD } });
    expect(await (await house.ask('/session', {}, cookieOf(again))).json()).toMatchObject({
      name: 'changing',
      sites: [{ site: 'south', role: 'viewer' }],
    });
    expect((await ask('owner', 'DELETE', `/managers/${idOf('changing')}`)).status).toBe(204);
    expect((await house.ask('/session', {}, cookieOf(again))).status).toBe(401);
  });
});

it('who looked at what is written down by route, and what was refused is not', async () => {
  house.nowMs += 60_000;
  for (const who of ['viewer', 'viewer', 'manager elsewhere', 'nobody'])
    await ask(who, 'GET', '/sites/north/viewer?of=somebody');
  house.nowMs += 60_000;
  await ask('viewer', 'GET', '/sites/north/viewer');
  const { lines } = await (await ask('owner', 'GET', '/access-log?site=north')).json();
  const { managers } = await (await ask('owner', 'GET', '/managers')).json();
  const { manager } = managers.find(({ name }: { name: string }) => name === 'viewer');
  const line = { site: 'north', manager, method: 'GET', route: '/sites/:site/viewer' };
  const minute = house.nowMs / 60_000;
  expect(lines.slice(0, 2)).toEqual([
    { ...line, minute },
    { ...line, minute: minute - 1 },
  ]);
  expect(lines.filter((one: { minute: number }) => one.minute >= minute - 1)).toHaveLength(2);
});

describe('roles', () => {
  it.each([
    [{ isOwner: true }, OWNER],
    [at('north', 'viewer'), at('north', 'viewer')],
    [{ isOwner: true, sites: [{ site: 'north', role: 'viewer' }] }, null],
    [{ sites: [] }, null],
    [{ sites: [{ site: '*', role: 'owner' }] }, null],
    [{ sites: [{ site: '*', role: 'viewer' }] }, null],
    [{ sites: [{ site: 'north', role: 'owner' }] }, null],
    [{ sites: [at('north', 'viewer').sites[0], at('north', 'manager').sites[0]] }, null],
    [{ isOwner: 'yes' }, null],
    [null, null],
    [[], null],
  ])('%j is read as %j', (json, roles) => {
    expect(parseRoles(json)).toEqual(roles);
  });

  it.each([
    ['owner', 'owner', true],
    ['manager', 'owner', false],
    ['manager', 'viewer', true],
    ['manager', 'manager', true],
    ['viewer', 'viewer', false],
    ['manager', 'manager elsewhere', false],
  ])('%s may make a %s: %s', (giver, given, may) => {
    expect(mayGive(GIVEN[giver] ?? OWNER, GIVEN[given] ?? OWNER)).toBe(may);
  });
});
