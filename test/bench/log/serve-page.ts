// The bench's page, bundled as the product's is, at as many origins as are asked for; whatever is asked of /api goes to the
// server behind it.

import { readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'vite';

export interface ServedPage {
  readonly origins: readonly string[];
  close(): Promise<void>;
}

/** Of a request, those that the server needs. */
const HANDED_ON = /^(content-|signature|x-)/;

export async function servePage(folder: string, server: string, origins: number): Promise<ServedPage> {
  process.env.NODE_ENV = 'production';
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      target: 'es2023',
      rolldownOptions: {
        input: join(import.meta.dirname, 'tablet-page.ts'),
        output: { entryFileNames: 'bench.js' },
      },
    },
  });
  const answer = async (request: IncomingMessage) => {
    const path = request.url ?? '/';
    if (path.startsWith('/api/')) return askServer(server + path, request);
    if (path === '/')
      return answerOf('text/html', '<!doctype html><script type="module" src="/bench.js"></script>');
    return answerOf('text/javascript', await readFile(join(folder, path)));
  };
  const servers = await Promise.all(
    Array.from({ length: origins }, async () => {
      const one = createServer((request, response) => {
        answer(request).then(
          ({ status, headers, body }) => response.writeHead(status, headers).end(body),
          (error: unknown) => response.writeHead(404).end(String(error)),
        );
      });
      await new Promise<void>((resolve) => one.listen(0, 'localhost', () => resolve()));
      return one;
    }),
  );
  return {
    origins: servers.map((one) => `http://localhost:${(one.address() as AddressInfo).port}`),
    async close() {
      await Promise.all(servers.map(closeServer));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const answerOf = (type: string, body: string | Uint8Array) => ({
  status: 200,
  headers: { 'content-type': type } as Record<string, string>,
  body,
});

async function askServer(url: string, request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).filter(([name]) => HANDED_ON.test(name));
  const answer = await fetch(url, {
    method: request.method ?? 'GET',
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  return {
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? '' },
    body: new Uint8Array(await answer.arrayBuffer()),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
