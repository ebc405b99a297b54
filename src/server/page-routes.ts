// The built pages, and nothing else of the disk: the list of files is made once, at the start.

import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
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

interface PageFile {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly etag: string;
  readonly caching: string;
}

export function createPageRoutes(folder: string): Hono {
  const filesByUrl = listFiles(folder);
  const pages = new Hono();
  pages.on(['GET', 'HEAD'], '*', async (c, next) => {
    const url = c.req.path;
    const file = filesByUrl.get(url.endsWith('/') ? `${url}index.html` : url);
    if (file === undefined) {
      if (filesByUrl.has(`${url}/index.html`)) return c.redirect(`${url}/`, 308);
      return next();
    }
    c.header('Cache-Control', file.caching);
    c.header('ETag', file.etag);
    if (c.req.header('If-None-Match') === file.etag) return c.body(null, 304);
    const body = c.req.method === 'HEAD' ? null : (Readable.toWeb(createReadStream(file.path)) as ReadableStream);
    return c.body(body, 200, { 'Content-Type': file.type, 'Content-Length': String(file.size) });
  });
  return pages;
}

function listFiles(folder: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return new Map(files.filter(isServed).map((path) => [urlOf(folder, path), describe(folder, path)]));

  function isServed(path: string): boolean {
    return !relative(folder, path).split(sep).some((part) => part.startsWith('.'));
  }
}

const urlOf = (folder: string, path: string): string => `/${relative(folder, path).split(sep).join('/')}`;

function describe(folder: string, path: string): PageFile {
  const { size, mtimeMs } = statSync(path);
  return {
    path,
    size,
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    etag: `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`,
    caching: urlOf(folder, path).startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}
