// The scanner's own page a second time, at /demo/scanner/?ahead=SECONDS, with one script before all others that winds its
// clock. Same origin, so the same trust and the same log; nothing else differs.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';

const WIND_CLOCK = '<script src="/demo/wind-clock.js"></script>';

export function createWoundScanner(pagesFolder: string): Hono {
  const routes = new Hono();
  routes.get('/demo/scanner', (c) => c.redirect(`/demo/scanner/${new URL(c.req.url).search}`, 308));
  routes.get('/demo/scanner/', async (c) => {
    const page = await readFile(join(pagesFolder, 'index.html'), 'utf8');
    const head = page.indexOf('<head>');
    if (head < 0) throw new Error('the scanner’s page has no head to put a script into');
    const at = head + '<head>'.length;
    return c.html(`${page.slice(0, at)}${WIND_CLOCK}${page.slice(at)}`, 200, { 'Cache-Control': 'no-cache' });
  });
  return routes;
}
