// The bench's page, bundled as the product's is, on the real server, which enrols whoever opens it.

import { rm } from 'node:fs/promises';
import preact from '@preact/preset-vite';
import { Hono } from 'hono';
import { build } from 'vite';
import { closeTestCluster } from '../../support/test-database.ts';
import { startTestServer } from '../../support/test-server.ts';
import type { Passes } from './passes.ts';

export interface ServedBench {
  readonly origin: string;
  close(): Promise<void>;
}

/** `frames` by the names that the page asks for, brightness only. */
export async function serveBench(
  folder: string,
  passes: Passes,
  frames: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<ServedBench> {
  await bundle(folder);
  const demoRoutes = new Hono().get('/frames/:name', (c) => {
    const frame = frames.get(c.req.param('name'));
    return frame === undefined ? c.notFound() : c.body(frame);
  });
  const server = await startTestServer({
    station: passes.station,
    pagesFolder: folder,
    demoRoutes,
    isEnrolmentOpen: true,
  });
  return {
    origin: server.origin,
    async close() {
      await server.close();
      await closeTestCluster();
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
