// The bench's page, bundled as the product's is, and what the tablet asks of its server: trust, and receipts for batches.

import { readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import preact from '@preact/preset-vite';
import { Hono } from 'hono';
import { build } from 'vite';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { openSiteTrust } from '../../../src/server/trust/site-trust.ts';
import { ModelServer } from '../../support/model-server.ts';
import { trustRoutesApp } from '../../support/trust-routes-app.ts';
import type { Passes } from './passes.ts';

export interface ServedBench {
  readonly origin: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** `frames` by the names that the page asks for, brightness only. */
export async function serveBench(
  folder: string,
  passes: Passes,
  frames: ReadonlyMap<string, Uint8Array>,
): Promise<ServedBench> {
  await bundle(folder);
  const { receiptSigner, parts } = passes.station;
  const model = new ModelServer(receiptSigner, receiptSigner);
  const trust = await openSiteTrust(parts, {
    engine: await chooseEngine(),
    nowSeconds: () => Math.floor(Date.now() / 1000),
    say: () => {},
  });
  const api = new Hono().route('/api', trustRoutesApp({ trust, nowMs: Date.now }));
  const answer = async (request: IncomingMessage): Promise<{ type: string; body: Uint8Array | string }> => {
    const path = request.url ?? '/';
    const handed = await api.request(path);
    if (handed.ok)
      return {
        type: handed.headers.get('Content-Type') ?? '',
        body: new Uint8Array(await handed.arrayBuffer()),
      };
    if (path.endsWith('/batches')) {
      const sent = await model.sendBatch('', await readBody(request));
      return { type: 'application/cbor', body: sent.kind === 'answer' ? sent.body : '' };
    }
    const frame = frames.get(path.replace('/frames/', ''));
    if (frame !== undefined) return { type: 'application/octet-stream', body: frame };
    const file = join(folder, path === '/' ? 'index.html' : path);
    return { type: TYPES[extname(file)] ?? 'application/octet-stream', body: await readFile(file) };
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ({ type, body }) => response.setHeader('Content-Type', type).end(body),
      (error: unknown) => response.writeHead(404).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', () => resolve()));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      await closeServer(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function bundle(outDir: string): Promise<void> {
  // What runs this script may have set another one, and a page built for development is no measure.
  process.env.NODE_ENV = 'production';
  await build({
    configFile: false,
    root: import.meta.dirname,
    publicDir: false,
    logLevel: 'error',
    plugins: [preact()],
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0 },
  });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function readBody(request: IncomingMessage): Promise<Bytes> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}
