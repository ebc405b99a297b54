// Signing in and joining over the routes: every refusal, what a session survives, and what it costs to guess.

import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OWNER, type Roles } from '../../../../src/server/managers/roles.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import {
  type AskInit,
  cookieOf,
  openTestPeople,
  PASSWORD,
  type TestPeople,
  tokenOf,
} from '../../../support/test-people.ts';

const HOUR_MS = 3_600_000;
const VIEWER: Roles = { isOwner: false, sites: [{ site: 'north', role: 'viewer' }] };

let house: TestPeople;
afterAll(closeTestCluster);
beforeEach(async () => {
  house = await openTestPeople();
  return () => house.close();
});

const post = (path: string, json: unknown, cookie?: string) =>
  house.ask(path, { method: 'POST', json }, cookie);
const signIn = (name: unknown, password: unknown, cookie?: string) =>
  post('/session', { name, password }, cookie);
const told = async (answer: Response) => [answer.status, await answer.json()];

describe('a password', () => {
  it('signs in, in any case and form of the name', async () => {
    await house.join('Zo\u00eb  K', VIEWER);
    const answer = await signIn(' ZOE\u0308  k ', PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Set-Cookie')).toMatch(
      /^__Host-gatelight=[0-9a-f]{64}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800$/,
    );
    expect(await (await house.ask('/session', {}, cookieOf(answer))).json()).toMatchObject({
      name: 'zo\u00eb  k',
      isOwner: false,
      sites: [{ site: 'north', role: 'viewer' }],
    });
  });

  it('that is wrong, of nobody, or of one without any, is refused alike and costs the same', async () => {
    await house.join('ada', VIEWER);
    await house.stores.managers.ensure('bo', 'bo', OWNER, house.nowMs / 1000);
    for (const [name, password] of [
      ['ada', 'wrong horse battery'],
      ['nobody', PASSWORD],
      ['bo', PASSWORD],
      ['ada', ''],
      ['ada', 'x'.repeat(2000)],
    ]) {
      const before = house.derivations();
      const answer = await signIn(name, password);
      expect([...(await told(answer)), answer.headers.get('Set-Cookie')]).toEqual([
        401,
        { error: 'sign-in-refused' },
        null,
      ]);
      expect(house.derivations() - before).toBe(1);
      house.nowMs += HOUR_MS;
    }
  });

  it.each([[null], [7], ['x'], ['\u0000\u0000'], ['a'.repeat(65)]])('of %j is refused', async (name) => {
    expect(await told(await signIn(name, PASSWORD))).toEqual([401, { error: 'sign-in-refused' }]);
  });

  it('is kept as a hash with its parameters', async () => {
    await house.join('ada', VIEWER);
    expect((await house.stores.managers.findByName('ada'))?.password).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  it('may be guessed three times, then ever more slowly, and not at all while waiting', async () => {
    await house.join('ada', VIEWER);
    const statuses = async (times: number) => {
      const found = [];
      for (let at = 0; at < times; at++) found.push((await signIn('ada', 'wrong horse battery')).status);
      return found;
    };
    expect(await statuses(4)).toEqual([401, 401, 401, 429]);
    const before = house.derivations();
    const answer = await signIn('ada', PASSWORD);
    expect(await told(answer)).toEqual([429, { error: 'too-many-tries', waitSeconds: 2 }]);
    expect(answer.headers.get('Retry-After')).toBe('2');
    expect(house.derivations()).toBe(before);
    house.nowMs += 2000;
    expect(await statuses(2)).toEqual([401, 429]);
    house.nowMs += 4000;
    expect((await signIn('ada', PASSWORD)).status).toBe(200);
    expect(await statuses(4)).toEqual([401, 401, 401, 429]);
  });
});

describe('a session', () => {
  const isOpen = async (cookie: string) => (await house.ask('/session', {}, cookie)).status === 200;

  it('ends after 12 hours without use, and after 7 days with it', async () => {
    const [idle, used] = [await house.join('ada', VIEWER), await house.join('bo', VIEWER)];
    for (let hour = 0; hour < 7 * 24; hour += 11) {
      expect([hour, await isOpen(used)]).toEqual([hour, true]);
      expect([hour, await isOpen(idle)]).toEqual([hour, hour === 0]);
      house.nowMs += (hour === 0 ? 12 : 11) * HOUR_MS - (hour === 0 ? 1000 : 0);
      if (hour === 0) {
        expect(await isOpen(used)).toBe(true);
        house.nowMs += 2000;
      }
    }
    expect(await isOpen(used)).toBe(false);
  });

  it('ends when it is signed out, also for a copy of its cookie', async () => {
    const cookie = await house.join('ada', VIEWER);
    const answer = await house.ask('/session', { method: 'DELETE' }, cookie);
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([
      204,
      '__Host-gatelight=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0',
    ]);
    expect(await isOpen(cookie)).toBe(false);
  });

  it('is signed out by whoever has it, also without any role, and by no page of another origin', async () => {
    const cookie = await house.join('ada', { isOwner: false, sites: [] });
    const foreign = { method: 'DELETE', headers: { Origin: 'https://elsewhere.example' } };
    expect((await house.ask('/session', foreign, cookie)).status).toBe(403);
    expect((await house.ask('/session', {}, cookie)).status).toBe(403);
    expect((await house.ask('/session', { method: 'DELETE' }, cookie)).status).toBe(204);
    expect((await house.ask('/session', {}, cookie)).status).toBe(401);
  });

  it('is never one that was known before signing in', async () => {
    await house.join('ada', VIEWER);
    const planted = `__Host-gatelight=${'a'.repeat(64)}`;
    const cookie = cookieOf(await signIn('ada', PASSWORD, planted));
    expect(cookie).not.toBe(planted);
    expect(await isOpen(planted)).toBe(false);
    const again = cookieOf(await signIn('ada', PASSWORD, cookie));
    expect([await isOpen(cookie), await isOpen(again)]).toEqual([false, true]);
  });

  it.each([
    ['none', ''],
    ['another name', `gatelight=${'0'.repeat(64)}`],
    ['no token', '__Host-gatelight=x'],
    ['an unknown token', `__Host-gatelight=${'0'.repeat(64)}`],
  ])('of %s is none', async (_, cookie) => {
    expect(await told(await house.ask('/session', {}, cookie))).toEqual([401, { error: 'signed-out' }]);
  });

  it('is none where two were sent', async () => {
    const [ada, bo] = [await house.join('ada', VIEWER), await house.join('bo', VIEWER)];
    expect(await isOpen(`${ada}; ${bo}`)).toBe(false);
    expect(await isOpen(`theme=dark; ${bo}`)).toBe(true);
  });

  it('is kept by its hash alone', async () => {
    const token = (await house.join('ada', VIEWER)).split('=')[1] ?? '';
    const kept = await house.stores.sessions.find(new TextEncoder().encode(token), {
      begunAfterSeconds: 0,
      usedAfterSeconds: 0,
    });
    expect(kept).toBeNull();
  });
});

describe('what a page of another origin makes a browser send is refused', () => {
  const json = { sites: [{ site: 'north', role: 'viewer' }] };
  const body = JSON.stringify(json);
  it.each<[string, AskInit, number, string]>([
    ['no origin', { json, headers: { Origin: '' } }, 403, 'foreign-page'],
    ['another origin', { json, headers: { Origin: 'https://evil.example' } }, 403, 'foreign-page'],
    ['a sandbox', { json, headers: { Origin: 'null' } }, 403, 'foreign-page'],
    ['the same host by http', { json, headers: { Origin: 'http://gate.example' } }, 403, 'foreign-page'],
    ['another port', { json, headers: { Origin: 'https://gate.example:444' } }, 403, 'foreign-page'],
    ['a sister host', { json, headers: { 'Sec-Fetch-Site': 'same-site' } }, 403, 'foreign-page'],
    ['another site', { json, headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403, 'foreign-page'],
    ['a link', { json, headers: { 'Sec-Fetch-Site': 'none' } }, 403, 'foreign-page'],
    [
      'a form',
      { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      415,
      'bad-content-type',
    ],
    [
      'a form with files',
      { body, headers: { 'Content-Type': 'multipart/form-data; boundary=x' } },
      415,
      'bad-content-type',
    ],
    ['a form of text', { body, headers: { 'Content-Type': 'text/plain' } }, 415, 'bad-content-type'],
    ['bytes that are no JSON', { body, headers: { 'Content-Type': 'application/cbor' } }, 415, 'not-json'],
    ['ours', { json, headers: { 'Sec-Fetch-Site': 'same-origin' } }, 201, ''],
  ])('%s', async (_, init, status, error) => {
    const cookie = await house.join('ada', OWNER);
    const answer = await house.ask('/managers', { method: 'POST', ...init }, cookie);
    expect([answer.status, (await answer.json()).error ?? '']).toEqual([status, error]);
  });

  it('reading too, and signing in', async () => {
    const cookie = await house.join('ada', OWNER);
    for (const site of ['cross-site', 'same-site'])
      expect((await house.ask('/managers', { headers: { 'Sec-Fetch-Site': site } }, cookie)).status).toBe(
        403,
      );
    expect((await house.ask('/managers', { headers: { 'Sec-Fetch-Site': 'none' } }, cookie)).status).toBe(
      200,
    );
    const headers = { Origin: 'https://evil.example' };
    const json = { name: 'ada', password: PASSWORD };
    for (const path of ['/session', '/session/passkey', '/session/passkey-options', '/join', '/join/look'])
      expect((await house.ask(path, { method: 'POST', json, headers })).status, path).toBe(403);
  });
});

describe('a link', () => {
  const join = (token: unknown, more: Readonly<Record<string, unknown>>) => post('/join', { token, ...more });

  it.each([
    [{ name: 'a', password: PASSWORD }, 400, 'bad-name'],
    [{ name: 'ada', password: 'elevenchars' }, 400, 'password-too-short'],
    [{ name: 'ada', password: 'é'.repeat(600) }, 400, 'password-too-long'],
    [{ name: 'ada' }, 400, 'no-password-or-passkey'],
    [{ name: 'ada', passkey: {} }, 400, 'passkey-refused'],
    [{ name: 'ada', passkey: 'x' }, 400, 'passkey-refused'],
    [{ name: 'taken', password: PASSWORD }, 409, 'name-taken'],
    [{ name: 'Taken', password: PASSWORD }, 409, 'name-taken'],
  ])('refuses %j, and stays good', async (wish, status, error) => {
    await house.join('taken', VIEWER);
    const token = tokenOf((await house.people.invite(VIEWER)).link);
    expect(await told(await join(token, wish))).toEqual([status, { error }]);
    expect((await join(token, { name: 'ada', password: PASSWORD })).status).toBe(200);
  });

  it('that is used, over, or never was one, is one and the same', async () => {
    const used = tokenOf((await house.people.invite(VIEWER)).link);
    await join(used, { name: 'ada', password: PASSWORD });
    const over = tokenOf((await house.people.invite(VIEWER)).link);
    house.nowMs += 24 * HOUR_MS;
    const before = house.derivations();
    for (const token of [used, over, '0'.repeat(32), '', null, 7])
      for (const path of ['/join', '/join/look', '/join/passkey-options'])
        expect(await told(await post(path, { token, name: 'bo', password: PASSWORD }))).toEqual([
          403,
          { error: 'invitation-over' },
        ]);
    expect(house.derivations()).toBe(before);
  });

  it('for the first owner is replaced by the next, and there is none once there is an owner', async () => {
    const [first, second] = [await house.firstLink(), await house.firstLink()];
    const wish = { name: 'ada', password: PASSWORD };
    expect((await join(tokenOf(first ?? ''), wish)).status).toBe(403);
    expect((await join(tokenOf(second ?? ''), wish)).status).toBe(200);
    expect(await house.firstLink()).toBeNull();
  });
});

it.each(['not-json', '[]', '"x"', '{', 'x'.repeat(70_000)])('a body of %j is refused', async (body) => {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await house.ask('/session', { method: 'POST', body, headers });
  expect([400, 413]).toContain(answer.status);
});
