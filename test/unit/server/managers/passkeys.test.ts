// Passkeys over the routes, by an authenticator that can lie: joining and signing in, and every lie refused.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWNER } from '../../../../src/server/managers/roles.ts';
import { createTestAuthenticator, type Lies } from '../../../support/test-authenticator.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import { cookieOf, ORIGIN, openTestPeople, type TestPeople, tokenOf } from '../../../support/test-people.ts';

let house: TestPeople;
let authenticator: ReturnType<typeof createTestAuthenticator>;
beforeAll(async () => {
  house = await openTestPeople();
});
afterAll(async () => {
  await house.close();
  await closeTestCluster();
});
beforeEach(() => {
  authenticator = createTestAuthenticator(ORIGIN.text, 'gate.example');
  house.nowMs += 120_000;
});

const post = (path: string, json: unknown, headers = {}) =>
  house.ask(path, { method: 'POST', json, headers });
const challengeOf = async (path: string, json: unknown): Promise<string> =>
  (await (await post(path, json)).json()).challenge;
const newToken = async () => tokenOf((await house.people.invite(OWNER)).link);
let names = 0;

async function joinWith(lies: Lies = {}) {
  const [token, name] = [await newToken(), `somebody ${++names}`];
  const challenge = await challengeOf('/join/passkey-options', { token, name });
  return post('/join', { token, name, passkey: authenticator.make(challenge, lies) });
}

const signInChallenge = () => challengeOf('/session/passkey-options', {});
const signIn = (response: unknown) => post('/session/passkey', { response });

it('joins, and signs in by it again and again, as the same one', async () => {
  const joined = await joinWith();
  expect(joined.status).toBe(200);
  const { manager } = await joined.json();
  for (let at = 0; at < 3; at++) {
    const answer = await signIn(authenticator.sign(await signInChallenge()));
    expect(await (await house.ask('/session', {}, cookieOf(answer))).json()).toMatchObject({
      manager,
      isOwner: true,
    });
  }
});

const LIES: readonly [string, Lies][] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['the same host by http', { origin: 'http://gate.example' }],
  ['another name', { rpId: 'evil.example' }],
  ['a challenge of its own', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ['nobody present', { flags: 4 }],
  ['a user that was not verified', { flags: 1 }],
];

describe('joining is refused', () => {
  it.each([...LIES, ['another purpose', { type: 'webauthn.get' }] as const])('with %s', async (_, lies) => {
    const answer = await joinWith(lies);
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'passkey-refused' }]);
  });

  it('with a challenge for another link, for signing in, or an old one', async () => {
    const [token, other] = [await newToken(), await newToken()];
    const wish = (challenge: string) => ({ token, name: 'ada', passkey: authenticator.make(challenge) });
    const elsewhere = await challengeOf('/join/passkey-options', { token: other, name: 'ada' });
    expect((await post('/join', wish(elsewhere))).status).toBe(400);
    expect((await post('/join', wish(await signInChallenge()))).status).toBe(400);
    const old = await challengeOf('/join/passkey-options', { token, name: 'ada' });
    house.nowMs += 300_000;
    expect((await post('/join', wish(old))).status).toBe(400);
  });
});

describe('signing in is refused', () => {
  it.each([
    ...LIES,
    ['another purpose', { type: 'webauthn.create' }] as const,
    ['a signature over something else', { isForged: true }] as const,
    ['a counter that went back, as that of a copy', { counter: 1 }] as const,
  ])('with %s', async (_, lies) => {
    await joinWith();
    await signIn(authenticator.sign(await signInChallenge()));
    const answer = await signIn(authenticator.sign(await signInChallenge(), lies));
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'sign-in-refused' }]);
    expect((await signIn(authenticator.sign(await signInChallenge()))).status).toBe(200);
  });

  it('when it is played again, when it is old, and for a passkey that nobody has', async () => {
    await joinWith();
    const response = authenticator.sign(await signInChallenge());
    expect((await signIn(response)).status).toBe(200);
    expect((await signIn(response)).status).toBe(401);
    const old = authenticator.sign(await signInChallenge());
    house.nowMs += 300_000;
    expect((await signIn(old)).status).toBe(401);
    const stranger = createTestAuthenticator(ORIGIN.text, 'gate.example');
    expect((await signIn(stranger.sign(await signInChallenge()))).status).toBe(401);
    for (const nothing of [null, {}, { id: 7 }, 'x', [], { id: 'x', response: null }])
      expect((await signIn(nothing)).status).toBe(401);
  });

  it('at an address of numbers, where there can be none', async () => {
    const answer = await house.routes.app.request('http://127.0.0.1:4173/session/passkey-options', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: 'http://127.0.0.1:4173' },
      body: '{}',
    });
    expect([answer.status, await answer.json()]).toEqual([409, { error: 'no-passkeys-here' }]);
  });
});

it('tries by passkeys are counted in all', async () => {
  const statuses = new Set<number>();
  for (let at = 0; at < 130; at++) statuses.add((await signIn({})).status);
  expect([...statuses]).toEqual([401, 429]);
});
