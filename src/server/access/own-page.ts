// Whether a request that a browser sends along with its cookies comes from a page of ours. SameSite=Strict says so already,
// but counts all ports of one machine as one site; Origin and Sec-Fetch-Site cannot be set by a page.

import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import { originAt } from '../own-hosts.ts';
import type { ApiContext } from './guarded-routes.ts';

const READING = new Set(['GET', 'HEAD']);
/** What a form cannot send. */
const TYPES = new Set(['application/json', 'application/cbor', 'application/octet-stream']);

/** Null: it does. Otherwise the refusal to answer with. */
export function refuseForeignPage(c: ApiContext, publicOrigin: PublicOrigin): Response | null {
  const isReading = READING.has(c.req.method);
  const site = c.req.header('Sec-Fetch-Site') ?? 'same-origin';
  if (site !== 'same-origin' && !(isReading && site === 'none')) return refuse(c);
  if (isReading) return null;
  const { host } = new URL(c.req.url);
  if (c.req.header('Origin') !== originAt(host, publicOrigin)) return refuse(c);
  return isPlainlyTyped(c) ? null : c.json({ error: 'bad-content-type' }, 415);
}

const refuse = (c: ApiContext): Response => c.json({ error: 'foreign-page' }, 403);

function isPlainlyTyped(c: ApiContext): boolean {
  const type = c.req.header('Content-Type');
  if (type !== undefined) return TYPES.has(type.split(';')[0]?.trim().toLowerCase() ?? '');
  const isEmpty = (c.req.header('Content-Length') ?? '0') === '0';
  return isEmpty && c.req.header('Transfer-Encoding') === undefined;
}
