// The built pages, and nothing else of the disk.

import { readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { Hono } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
};

/** Files under here have their content's hash in their names. */
const HASHED = '/assets/';

/** They change what a scanner shows: a server in service has none of them. */
const DEMO_ONLY = /^demo\/(clock(\/|$)|wind-clock\.js)/;

export function createPageRoutes(folder: string, { isDemo }: { readonly isDemo: boolean }): Hono {
  const pages = new Hono();
  pages.get('*', async (c, next) => {
    const url = decodePath(c.req.path);
    if (url === null) return next();
    const path = join(folder, url.endsWith('/') ? `${url}index.html` : url);
    if (!isDemo && DEMO_ONLY.test(relative(folder, path).replaceAll(sep, '/'))) return next();
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() === true) return c.redirect(`${c.req.path}/`, 308);
    if (found?.isFile() !== true) return next();
    const etag = `"${found.size.toString(36)}-${Math.floor(found.mtimeMs).toString(36)}"`;
    c.header('ETag', etag);
    c.header('Cache-Control', url.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (c.req.header('If-None-Match') === etag) return c.body(null, 304);
    const bytes = new Uint8Array(await readFile(path));
    c.header('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
    c.header('Content-Length', String(bytes.length));
    return c.body(bytes);
  });
  return pages;
}

/** Null for what could lead out of the folder, to a hidden file, or nowhere. */
function decodePath(path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  const isPlain = !/[\0\\]/.test(decoded) && !decoded.split('/').some((part) => part.startsWith('.'));
  return isPlain ? decoded : null;
}
