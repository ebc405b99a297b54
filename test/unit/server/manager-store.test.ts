// What PostgreSQL keeps of managers: links that work once, the last owner, sessions that end with what they rest on.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWNER, type Roles } from '../../../src/server/managers/roles.ts';
import { openStores, type Stores } from '../../../src/server/storage/stores.ts';
import { closeTestCluster, createTestDatabase } from '../../support/test-database.ts';

const NOW = 1_772_452_800;
const hash = (fill: number) => new Uint8Array(32).fill(fill);
const EVER = { begunAfterSeconds: 0, usedAfterSeconds: 0 };
const VIEWER: Roles = { isOwner: false, sites: [{ site: 'lindenhof', role: 'viewer' }] };

let stores: Stores;
beforeAll(async () => {
  await createTestDatabase();
});
afterAll(closeTestCluster);
beforeEach(async () => {
  stores = openStores(await createTestDatabase());
  await stores.migrate();
  return () => stores.close();
});

async function joined(name: string, roles: Roles, token = hash(name.length)): Promise<string> {
  await stores.managers.invite({ tokenHash: token, roles, manager: null, expiresSeconds: NOW + 60 });
  const joining = { manager: `id-${name}`, name, password: `$${name}`, passkey: null };
  const answer = await stores.managers.join(token, joining, NOW);
  if (typeof answer === 'string') throw new Error(answer);
  return answer.manager;
}

describe('a link', () => {
  const joining = { manager: 'id', name: 'ada', password: null, passkey: null };
  const invite = (fill: number) =>
    stores.managers.invite({
      tokenHash: hash(fill),
      roles: OWNER,
      manager: null,
      expiresSeconds: NOW + 60,
    });

  it('works once', async () => {
    await invite(1);
    expect(await stores.managers.join(hash(1), joining, NOW)).toEqual({ manager: 'id' });
    expect(await stores.managers.join(hash(1), { ...joining, manager: 'b', name: 'bo' }, NOW)).toBe(
      'invitation-over',
    );
    expect((await stores.managers.list()).map(({ name }) => name)).toEqual(['ada']);
  });

  it('works until its end', async () => {
    await invite(1);
    expect(await stores.managers.join(hash(1), joining, NOW + 60)).toBe('invitation-over');
    expect(await stores.managers.join(hash(1), joining, NOW + 59)).toEqual({ manager: 'id' });
  });

  it('of two who use it at once lets in one', async () => {
    await invite(1);
    const answers = await Promise.all(
      ['a', 'b'].map((name) => stores.managers.join(hash(1), { ...joining, manager: name, name }, NOW)),
    );
    expect(answers.filter((answer) => answer === 'invitation-over')).toHaveLength(1);
    expect(await stores.managers.list()).toHaveLength(1);
  });

  it('stays good when the name is taken', async () => {
    await joined('ada', VIEWER, hash(9));
    await invite(1);
    expect(await stores.managers.join(hash(1), joining, NOW)).toBe('name-taken');
    expect(await stores.managers.join(hash(1), { ...joining, name: 'bo' }, NOW)).toEqual({ manager: 'id' });
  });

  it('for a first owner can be taken back, and no other is', async () => {
    await invite(1);
    await stores.managers.invite({
      tokenHash: hash(2),
      roles: VIEWER,
      manager: null,
      expiresSeconds: NOW + 60,
    });
    await stores.managers.dropFirstInvitations();
    expect(await stores.managers.findInvitation(hash(1), NOW)).toBeNull();
    expect(await stores.managers.findInvitation(hash(2), NOW)).toMatchObject({ roles: VIEWER });
  });
});

describe('the last owner', () => {
  it('stays one', async () => {
    const ada = await joined('ada', OWNER);
    expect(await stores.managers.setRoles(ada, VIEWER)).toBe('last-owner');
    expect(await stores.managers.remove(ada)).toBe('last-owner');
    expect(await stores.managers.hasOwner()).toBe(true);
  });

  it('of two who go at once one stays', async () => {
    const owners = [await joined('ada', OWNER), await joined('brunhild', OWNER)];
    const answers = await Promise.all(owners.map((owner) => stores.managers.remove(owner)));
    expect([...answers].sort()).toEqual(['changed', 'last-owner']);
  });

  it('may be reset, and owns what it owned', async () => {
    const ada = await joined('ada', OWNER);
    await stores.managers.reset(ada, { tokenHash: hash(7), expiresSeconds: NOW + 60 });
    expect(await stores.managers.findByName('ada')).toEqual({ manager: ada, password: null });
    const again = { manager: 'other', name: 'other', password: '$new', passkey: null };
    expect(await stores.managers.join(hash(7), again, NOW)).toEqual({ manager: ada });
    expect(await stores.managers.find(ada)).toMatchObject({ name: 'ada', roles: OWNER, hasPassword: true });
  });
});

describe('a session ends', () => {
  it.each([
    ['when its manager is removed', (ada: string) => stores.managers.remove(ada)],
    ['when its roles change', (ada: string) => stores.managers.setRoles(ada, OWNER)],
    [
      'when its manager is reset',
      (ada: string) => stores.managers.reset(ada, { tokenHash: hash(7), expiresSeconds: NOW + 60 }),
    ],
    ['when it is ended', () => stores.sessions.end(hash(1))],
  ])('%s', async (_, happens) => {
    const ada = await joined('ada', VIEWER, hash(9));
    await stores.sessions.begin(hash(1), ada, NOW);
    expect(await stores.sessions.find(hash(1), EVER)).toMatchObject({ manager: ada, roles: VIEWER });
    await happens(ada);
    expect(await stores.sessions.find(hash(1), EVER)).toBeNull();
  });

  it('by its limits', async () => {
    await stores.sessions.begin(hash(1), await joined('ada', VIEWER, hash(9)), NOW);
    await stores.sessions.noteUse(hash(1), NOW + 50);
    const find = (begunAfterSeconds: number, usedAfterSeconds: number) =>
      stores.sessions.find(hash(1), { begunAfterSeconds, usedAfterSeconds });
    expect(await find(NOW - 1, NOW + 49)).toMatchObject({ usedAtSeconds: NOW + 50 });
    expect(await find(NOW, NOW + 49)).toBeNull();
    expect(await find(NOW - 1, NOW + 50)).toBeNull();
  });
});

it('a challenge is taken once, for its purpose, until its end', async () => {
  const { sessions } = stores;
  for (const name of ['a', 'b']) await sessions.addChallenge(name, 'sign-in', NOW + 60);
  expect(await sessions.takeChallenge('a', 'join 00', NOW)).toBe(false);
  expect(await sessions.takeChallenge('a', 'sign-in', NOW)).toBe(true);
  expect(await sessions.takeChallenge('a', 'sign-in', NOW)).toBe(false);
  expect(await sessions.takeChallenge('b', 'sign-in', NOW + 60)).toBe(false);
});

it('the access log keeps one line a minute, person, route and site, and forgets', async () => {
  const { accessLog } = stores;
  const line = { minute: 100, site: 'lindenhof', manager: 'ada', method: 'GET', route: '/sites/:site' };
  for (const one of [line, line, { ...line, minute: 101 }, { ...line, site: null }])
    await accessLog.note(one);
  const all = { site: null, beforeMinute: 200, most: 10 };
  expect(await accessLog.read(all)).toHaveLength(3);
  expect(await accessLog.read({ ...all, site: 'lindenhof', beforeMinute: 101 })).toEqual([line]);
  await accessLog.sweep(101);
  expect((await accessLog.read(all)).map(({ minute }) => minute)).toEqual([101]);
});
