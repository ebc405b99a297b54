// What a server hands out for others to believe, as an app of its own: nobody has to be let in for it.

import type { Hono } from 'hono';
import { type ApiEnv, createGuardedRoutes } from '../../src/server/access/guarded-routes.ts';
import { addTrustRoutes, type TrustRouteTools } from '../../src/server/trust/trust-routes.ts';

export function trustRoutesApp(tools: TrustRouteTools): Hono<ApiEnv> {
  const refuse = async () => new Response(null, { status: 403 });
  const routes = createGuardedRoutes({ tablet: refuse, person: refuse });
  addTrustRoutes(routes, tools);
  return routes.app;
}
