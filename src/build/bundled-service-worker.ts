// After the pages are written: bundles the service worker as one classic script and writes the list of files to precache into it.

import { join } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';
import { injectManifest } from 'workbox-build';

/** Everything the guard's page needs with no network; the console and the demo sheet are useless without one. */
const PRECACHED = ['index.html', 'manifest.webmanifest', 'icons/*', 'assets/*.{js,css,wasm,woff2}'];
const NOT_PRECACHED = ['assets/console-*', 'assets/demo-*', 'assets/housing-*'];

export function bundledServiceWorker(entry: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'gatelight-bundled-service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const outDir = config.build.outDir;
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: { 'process.env.NODE_ENV': '"production"' },
        build: {
          outDir,
          emptyOutDir: false,
          target: 'es2023',
          copyPublicDir: false,
          lib: { entry, formats: ['iife'], name: 'gatelightServiceWorker', fileName: () => 'sw.js' },
        },
      });
      const { count, size, warnings } = await injectManifest({
        swSrc: join(outDir, 'sw.js'),
        swDest: join(outDir, 'sw.js'),
        globDirectory: outDir,
        globPatterns: PRECACHED,
        globIgnores: NOT_PRECACHED,
        dontCacheBustURLsMatching: /^assets\//,
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
      });
      for (const warning of warnings) this.warn(warning);
      config.logger.info(`service worker: ${count} files to precache, ${Math.round(size / 1024)} kB`);
    },
  };
}
