// Serves and emits manifest.webmanifest under its own name: a hashed manifest would be a new app at every build.

import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

export function rootManifest(path: string): Plugin {
  return {
    name: 'gatelight-root-manifest',
    configureServer(server) {
      server.middlewares.use('/manifest.webmanifest', (_request, response) => {
        response.setHeader('Content-Type', 'application/manifest+json');
        response.end(readFileSync(path));
      });
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'manifest.webmanifest', source: readFileSync(path) });
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        { tag: 'link', attrs: { rel: 'manifest', href: '/manifest.webmanifest' }, injectTo: 'head' },
      ],
    },
  };
}
