// What tablets fetch to judge passes: repository, settings, status lists, the time. Everything is handed out as it was
// signed; nothing here decides anything.

import type { Context } from 'hono';
import { parseHex } from '../../core/bytes/hex.ts';
import { isId } from '../../core/trust/ids.ts';
import { signTime, TIME_NONCE_BYTES } from '../../core/trust/signed-time.ts';
import { STATUS_MEDIA_TYPE } from '../../core/trust/status/status-token.ts';
import type { GuardedRoutes } from '../access/guarded-routes.ts';
import type { HandedOut } from './handed-out.ts';
import type { SiteTrust } from './site-trust.ts';

export interface TrustRouteTools {
  readonly trust: SiteTrust;
  nowMs(): number;
}

const BASE = '/trust/';
/** Its name is the same for every content; all other names have a version or a hash. */
const CHANGING = 'timestamp.json';
const FOREVER = 'public, max-age=31536000, immutable';

export function addTrustRoutes(
  routes: Pick<GuardedRoutes, 'anyone'>,
  { trust, nowMs }: TrustRouteTools,
): void {
  routes.anyone('GET', `${BASE}*`, async (c) => {
    const path = c.req.path.slice(c.req.path.indexOf(BASE) + BASE.length);
    const file = await trust.readPublished(path);
    if (file === null) return notFound(c);
    if (path === CHANGING) return answerHandedOut(c, file, 'application/json');
    return answerHandedOut(c, file, 'application/json', FOREVER);
  });

  routes.anyone('GET', '/settings', async (c) =>
    answerHandedOut(c, await trust.readSettings(), 'application/cose'),
  );

  routes.anyone('GET', '/status/:issuer/:list', async (c) => {
    const { issuer, list } = c.req.param();
    const isName = isId(issuer) && /^(0|[1-9]\d{0,4})$/.test(list);
    const token = isName ? await trust.readList(issuer, Number(list)) : null;
    return token === null ? notFound(c) : answerHandedOut(c, token, STATUS_MEDIA_TYPE);
  });

  routes.anyone('GET', '/time', async (c) => {
    c.header('Cache-Control', 'no-store');
    const nonce = parseHex(c.req.query('nonce') ?? '');
    if (!nonce.ok || nonce.value.length !== TIME_NONCE_BYTES) return c.json({ error: 'bad-nonce' }, 400);
    const bytes = await signTime(nonce.value, Math.floor(nowMs() / 1000), trust.signers.time);
    return c.body(bytes, 200, { 'Content-Type': 'application/cose' });
  });

  /** For display: nothing is judged by it. */
  routes.anyone('GET', '/site', (c) => {
    const { id, name } = trust.site;
    return c.json({ id, name, clippings: trust.inUse.clippings }, 200, { 'Cache-Control': 'no-store' });
  });
}

export function answerHandedOut(
  c: Context,
  { bytes, etag }: HandedOut,
  type: string,
  caching = 'no-cache',
): Response {
  c.header('ETag', etag);
  c.header('Cache-Control', caching);
  if (c.req.header('If-None-Match') === etag) return c.body(null, 304);
  return c.body(bytes, 200, { 'Content-Type': type });
}

const notFound = (c: Context): Response =>
  c.json({ error: 'not-found' }, 404, { 'Cache-Control': 'no-store' });
