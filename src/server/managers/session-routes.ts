// Signing in and out, and joining by a link.

import type { Context } from 'hono';
import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import type { ApiContext, ApiEnv, GuardedRoutes } from '../access/guarded-routes.ts';
import { readJsonObject } from '../access/json-object.ts';
import { refuseForeignPage } from '../access/own-page.ts';
import { beginPasskeyJoin, joinByLink, lookAtInvitation } from './joining.ts';
import { type PasskeyPlace, passkeyPlaceAt } from './passkeys.ts';
import type { People } from './people.ts';
import { NO_SESSION } from './sessions.ts';
import { beginPasskeySignIn, type SignInRefusal, signInByPasskey, signInByPassword } from './sign-in.ts';

export interface SessionRouteTools {
  readonly people: People;
  readonly publicOrigin: PublicOrigin;
}

const NOT_KEPT = { 'Cache-Control': 'no-store' };

export function addSessionRoutes(routes: GuardedRoutes, tools: SessionRouteTools): void {
  const placeOf = (c: ApiContext): PasskeyPlace | null =>
    passkeyPlaceAt(new URL(c.req.url).host, tools.publicOrigin);

  /** What a page of ours posted as JSON, for whoever is not signed in. */
  const post = (
    path: string,
    handle: (c: ApiContext, json: Readonly<Record<string, unknown>>) => Promise<Response>,
  ) =>
    routes.anyone('POST', path, async (c: Context<ApiEnv>) => {
      const refusal = refuseForeignPage(c, tools.publicOrigin);
      if (refusal !== null) return refusal;
      const json = await readJsonObject(c);
      return json instanceof Response ? json : handle(c, json);
    });

  /** A session that was there before ends: the one who signs in may be somebody else. */
  async function beginSession(c: ApiContext, manager: string): Promise<Response> {
    await tools.people.sessions.end(c.req.header('Cookie'));
    const cookie = await tools.people.sessions.begin(manager);
    return c.json({ manager }, 200, { ...NOT_KEPT, 'Set-Cookie': cookie });
  }

  post('/session', async (c, { name, password }) => {
    const signedIn = await signInByPassword(tools.people, name, password);
    return signedIn.ok ? beginSession(c, signedIn.value.manager) : refuseSignIn(c, signedIn.error);
  });

  post('/session/passkey-options', async (c) => {
    const place = placeOf(c);
    if (place === null) return c.json({ error: 'no-passkeys-here' }, 409);
    const options = await beginPasskeySignIn(tools.people, place);
    return options.ok ? c.json(options.value, 200, NOT_KEPT) : refuseSignIn(c, options.error);
  });

  post('/session/passkey', async (c, { response }) => {
    const place = placeOf(c);
    if (place === null) return c.json({ error: 'no-passkeys-here' }, 409);
    const signedIn = await signInByPasskey(tools.people, place, response);
    return signedIn.ok ? beginSession(c, signedIn.value.manager) : refuseSignIn(c, signedIn.error);
  });

  post('/join/look', async (c, { token }) => {
    const invited = await lookAtInvitation(tools.people, token);
    return invited.ok ? c.json(invited.value, 200, NOT_KEPT) : refuseJoin(c, invited.error);
  });

  post('/join/passkey-options', async (c, { token, name }) => {
    const place = placeOf(c);
    if (place === null) return refuseJoin(c, 'no-passkeys-here');
    const options = await beginPasskeyJoin(tools.people, place, token, name);
    return options.ok ? c.json(options.value, 200, NOT_KEPT) : refuseJoin(c, options.error);
  });

  post('/join', async (c, { token, name, password, passkey }) => {
    const joined = await joinByLink(tools.people, placeOf(c), { token, name, password, passkey });
    return joined.ok ? beginSession(c, joined.value.manager) : refuseJoin(c, joined.error);
  });

  routes.person('viewer', 'GET', '/session', async (c, person) => {
    const session = await tools.people.sessions.find(c.req.header('Cookie'));
    if (session === null) return c.json({ ...person, name: person.manager, isOwner: true, sites: [] });
    const { manager, name, roles } = session;
    return c.json({ manager, name, ...roles }, 200, NOT_KEPT);
  });

  /** Also for a manager whose last role was taken away. */
  routes.anyone('DELETE', '/session', async (c: Context<ApiEnv>) => {
    const refusal = refuseForeignPage(c, tools.publicOrigin);
    if (refusal !== null) return refusal;
    await tools.people.sessions.end(c.req.header('Cookie'));
    return c.body(null, 204, { ...NOT_KEPT, 'Set-Cookie': NO_SESSION });
  });
}

function refuseSignIn(c: ApiContext, refusal: SignInRefusal): Response {
  if (refusal.code === 'sign-in-refused') return c.json({ error: refusal.code }, 401, NOT_KEPT);
  const seconds = Math.ceil(refusal.waitMs / 1000);
  return c.json({ error: refusal.code, waitSeconds: seconds }, 429, {
    ...NOT_KEPT,
    'Retry-After': String(seconds),
  });
}

/** A link that is over, used or wrong is one and the same. */
const refuseJoin = (c: ApiContext, error: string): Response => {
  const status = error === 'invitation-over' ? 403 : error === 'name-taken' ? 409 : 400;
  return c.json({ error }, status, NOT_KEPT);
};
