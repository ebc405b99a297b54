// The way into a demo's console: whoever opens /demo/console/ is signed in as the demo's owner, who has neither password nor
// passkey. Only a demo's server has this route.

import { Hono } from 'hono';
import type { People } from '../managers/people.ts';
import { OWNER } from '../managers/roles.ts';
import type { ManagerStore } from '../storage/manager-store.ts';

const DEMO_OWNER = 'demo';

export const ensureDemoOwner = (store: ManagerStore, nowSeconds: number): Promise<void> =>
  store.ensure(DEMO_OWNER, DEMO_OWNER, OWNER, nowSeconds);

export function createDemoConsole(people: People): Hono {
  const routes = new Hono();
  routes.get('/demo/console', (c) => c.redirect('/demo/console/', 308));
  routes.get('/demo/console/', async (c) => {
    c.header('Cache-Control', 'no-store');
    const session = await people.sessions.find(c.req.header('Cookie'));
    if (session === null) c.header('Set-Cookie', await people.sessions.begin(DEMO_OWNER));
    return c.redirect('/console/', 302);
  });
  return routes;
}
