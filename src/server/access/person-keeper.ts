// Says who a person is that asks, and what it may at the site that the path names: the operator by its token, everybody
// else by a session. Whoever has no role at a site gets the answer of a site that is not there. Each use of a route is
// written down before it is answered.

import { matchedRoutes } from 'hono/route';
import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import { highestRole, isAtLeast, type Role, roleAt } from '../managers/roles.ts';
import type { Sessions } from '../managers/sessions.ts';
import type { OperatorDoor } from '../operator-door.ts';
import type { AccessLine, AccessStore } from '../storage/access-store.ts';
import type { ApiContext, Gatekeepers, PersonAtHand } from './guarded-routes.ts';
import { refuseForeignPage } from './own-page.ts';

export interface PersonKeeperTools {
  readonly people: { readonly sessions: Sessions };
  readonly stores: { readonly accessLog: AccessStore };
  readonly operator: OperatorDoor;
  readonly publicOrigin: PublicOrigin;
  nowMs(): number;
}

/** In the access log, and as what it is at hand; no manager can be called so. */
export const OPERATOR = 'operator';

const NOT_KEPT = { 'Cache-Control': 'no-store' };

export function createPersonKeeper(tools: PersonKeeperTools): Gatekeepers['person'] {
  const note = createNoting(tools);
  return async (c, least) => {
    const person = await identify(c, tools);
    if (person instanceof Response) return person;
    const site = c.req.param('site') ?? null;
    const { manager, role } = person;
    if (role === null) return refuse(c, site);
    if (!isAtLeast(role, least)) return c.json({ error: 'not-allowed' }, 403, NOT_KEPT);
    await note({ site, manager, method: c.req.method, route: patternOf(c) });
    return { manager, role };
  };
}

type Identified = Omit<PersonAtHand, 'role'> & { readonly role: Role | null };

async function identify(c: ApiContext, tools: PersonKeeperTools): Promise<Identified | Response> {
  const authorization = c.req.header('Authorization');
  if (authorization !== undefined) {
    const { host } = new URL(c.req.url);
    const remoteAddress = c.env?.incoming?.socket.remoteAddress;
    const isOperator = tools.operator.isOperator({ authorization, host, remoteAddress });
    return isOperator ? { manager: OPERATOR, role: 'owner' } : c.json({ error: 'signed-out' }, 401, NOT_KEPT);
  }
  const foreign = refuseForeignPage(c, tools.publicOrigin);
  if (foreign !== null) return foreign;
  const session = await tools.people.sessions.find(c.req.header('Cookie'));
  if (session === null) return c.json({ error: 'signed-out' }, 401, NOT_KEPT);
  const site = c.req.param('site');
  const { manager, roles } = session;
  return { manager, role: site === undefined ? highestRole(roles) : roleAt(roles, site) };
}

const refuse = (c: ApiContext, site: string | null): Response =>
  site === null
    ? c.json({ error: 'not-allowed' }, 403, NOT_KEPT)
    : c.json({ error: 'unknown-site' }, 404, NOT_KEPT);

const patternOf = (c: ApiContext): string =>
  matchedRoutes(c)
    .find(({ path }) => !path.endsWith('*'))
    ?.path.replace(/^\/api/, '') ?? '/*';

/** What was written in this minute is not written again. */
function createNoting({ stores, nowMs }: PersonKeeperTools) {
  const written = new Set<string>();
  let writtenMinute = 0;
  return async (line: Omit<AccessLine, 'minute'>): Promise<void> => {
    const minute = Math.floor(nowMs() / 60_000);
    if (minute !== writtenMinute) written.clear();
    writtenMinute = minute;
    const key = JSON.stringify(line);
    if (written.has(key)) return;
    await stores.accessLog.note({ ...line, minute });
    written.add(key);
  };
}
