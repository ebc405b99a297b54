// The routes of managers on a database of their own, a browser that keeps its cookie, and people who joined.

import { chooseEngine } from '../../src/core/signature/engine.ts';
import { createGuardedRoutes, type GuardedRoutes } from '../../src/server/access/guarded-routes.ts';
import { createPersonKeeper } from '../../src/server/access/person-keeper.ts';
import { addManagerRoutes } from '../../src/server/managers/manager-routes.ts';
import { createPasswords } from '../../src/server/managers/passwords.ts';
import { createPeople, inviteFirstOwner, type People } from '../../src/server/managers/people.ts';
import type { Roles } from '../../src/server/managers/roles.ts';
import { addSessionRoutes } from '../../src/server/managers/session-routes.ts';
import { openStores, type Stores } from '../../src/server/storage/stores.ts';
import { createTestDatabase } from './test-database.ts';

export const ORIGIN = { text: 'https://gate.example', authority: 'gate.example' };
export const PASSWORD = 'correct horse battery';
const SITES = ['north', 'south'];

export interface AskInit {
  readonly method?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of JSON. */
  readonly body?: string;
}

export interface TestPeople {
  readonly stores: Stores;
  readonly people: People;
  readonly routes: GuardedRoutes;
  /** How often argon2id was asked. */
  derivations(): number;
  nowMs: number;
  /** As a page of the public origin would, with these cookies. */
  ask(path: string, init?: AskInit, cookie?: string): Promise<Response>;
  /** Somebody new; gives its cookie. */
  join(name: string, roles: Roles): Promise<string>;
  firstLink(): Promise<string | null>;
  close(): Promise<void>;
}

export async function openTestPeople(): Promise<TestPeople> {
  await chooseEngine();
  const stores = openStores(await createTestDatabase());
  await stores.migrate();
  let derivations = 0;
  const clock = { nowMs: Date.UTC(2026, 2, 2, 12) };
  const nowMs = () => clock.nowMs;
  const tools = { stores, publicOrigin: ORIGIN, nowMs };
  const people: People = {
    ...createPeople(tools),
    // One that costs nothing: what it costs is measured elsewhere, how often it is asked is counted here.
    passwords: createPasswords(
      async (password, salt) => {
        derivations++;
        const text = new TextEncoder().encode(`${password}${salt}`);
        return new Uint8Array(await crypto.subtle.digest('SHA-256', text));
      },
      (count) => crypto.getRandomValues(new Uint8Array(count)),
    ),
  };
  const operator = { isOperator: () => false, open: async () => {}, close: async () => {} };
  const routes = createGuardedRoutes({
    tablet: async (c) => c.json({ error: 'unsigned' }, 401),
    person: createPersonKeeper({ ...tools, people, operator }),
  });
  addSessionRoutes(routes, { people, publicOrigin: ORIGIN });
  addManagerRoutes(routes, { people, stores }, (site) => SITES.includes(site));
  for (const least of ['viewer', 'manager', 'owner'] as const)
    for (const method of ['GET', 'POST'] as const)
      routes.person(least, method, `/sites/:site/${least}`, (c, person) => c.json(person));

  const ask: TestPeople['ask'] = async (path, { method = 'GET', json, headers = {}, body } = {}, cookie) =>
    routes.app.request(`https://gate.example${path}`, {
      method,
      headers: {
        Origin: ORIGIN.text,
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(cookie === undefined ? {} : { Cookie: cookie }),
        ...headers,
      },
      ...(json === undefined && body === undefined ? {} : { body: body ?? JSON.stringify(json) }),
    });

  return {
    stores,
    people,
    routes,
    derivations: () => derivations,
    get nowMs() {
      return clock.nowMs;
    },
    set nowMs(ms) {
      clock.nowMs = ms;
    },
    ask,
    async join(name, roles) {
      const { link } = await people.invite(roles);
      const json = { token: tokenOf(link), name, password: PASSWORD };
      return cookieOf(await ask('/join', { method: 'POST', json }));
    },
    firstLink: async () => (await inviteFirstOwner(tools))?.link ?? null,
    close: () => stores.close(),
  };
}

export const tokenOf = (link: string): string => link.split('#join=')[1] ?? '';

/** As a browser sends it back. */
export function cookieOf(answer: Response): string {
  const [cookie = ''] = (answer.headers.get('Set-Cookie') ?? '').split(';', 1);
  if (cookie === '') throw new Error(`no cookie: ${answer.status}`);
  return cookie;
}
