// All that the server answers, put together: what holds for every answer, the interface, the pages, and the rest.

import type { ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { matchedRoutes } from 'hono/route';
import { type ApiTools, createApiRoutes } from './api-routes.ts';
import { createDemoConsole } from './demo/demo-console.ts';
import { isOwnHost } from './own-hosts.ts';
import { createPageRoutes } from './page-routes.ts';
import { knownMethod, type ServerLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';
import { StorageAway } from './storage/port.ts';

export interface AppTools extends ApiTools {
  /** The built pages. */
  readonly pagesFolder: string;
  /** Null: this is no demo, and has none of its pages for trying things out. */
  readonly demoRoutes: Hono | null;
  readonly log: ServerLog;
}

const AWAY_RETRY_SECONDS = 1;

/** Bindings are there behind Node's server. */
type App = Hono<{ Bindings: Partial<HttpBindings> }>;

export function createApp(tools: AppTools): App {
  const app: App = new Hono();
  const headers = securityHeaders(tools.publicOrigin);

  app.use(async (c, next) => {
    const startedAt = performance.now();
    const line = () => ({
      kind: 'request' as const,
      method: knownMethod(c.req.method),
      route: routeOf(c),
      ms: Math.round(performance.now() - startedAt),
    });
    // Node's own answer knows best what was sent, and when; there is none when a test asks the routes directly.
    const sent = c.env?.outgoing;
    sent?.once('close', () => tools.log({ ...line(), status: sent.statusCode, bytes: lengthOf(sent) }));
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    if (sent === undefined) tools.log({ ...line(), status: c.res.status, bytes: null });
  });

  app.use(async (c, next) => {
    if (!isOwnHost(new URL(c.req.url).host, tools.publicOrigin))
      return c.json({ error: 'unknown-host' }, 421);
    return next();
  });

  app.route('/api', createApiRoutes(tools).app);
  if (tools.demoRoutes !== null) app.route('/', tools.demoRoutes).route('/', createDemoConsole(tools.people));
  app.all('/api/*', (c) => c.json({ error: 'not-found' }, 404));
  app.route('/', createPageRoutes(tools.pagesFolder, { isDemo: tools.demoRoutes !== null }));

  app.notFound((c) => {
    if (c.req.header('Accept')?.includes('text/html') === true) return c.html(NOT_FOUND_PAGE, 404);
    return c.json({ error: 'not-found' }, 404);
  });

  app.onError((error, c) => {
    if (error instanceof StorageAway) {
      return c.json({ error: 'database-away' }, 503, { 'Retry-After': String(AWAY_RETRY_SECONDS) });
    }
    tools.log({ kind: 'error', route: routeOf(c), ...describeError(error) });
    return c.json({ error: 'internal' }, 500);
  });

  return app;
}

/** The pattern of the route that answers, never the path itself. */
const routeOf = (c: Context): string =>
  matchedRoutes(c).find(({ path }) => !path.endsWith('*'))?.path ??
  (c.req.path.startsWith('/api/') ? '/api/*' : '/*');

function lengthOf(sent: Pick<ServerResponse, 'getHeader'>): number | null {
  const length = sent.getHeader('Content-Length');
  return length === undefined ? null : Number(length);
}

/** An error with a code is told by its code alone: the database's messages quote values. */
function describeError(error: Error): { readonly error: string; readonly code: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const where =
    error.stack
      ?.split('\n')
      .find((line) => line.trimStart().startsWith('at '))
      ?.trim() ?? '';
  return { error: `${code === '' ? `${error.name}: ${error.message}` : error.name} ${where}`, code };
}

const NOT_FOUND_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not here · Gatelight</title><h1>There is no page here</h1><p><a href="/">Scanner</a> · <a href="/console/">Console</a>`;
