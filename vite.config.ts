// The pages, the decoder's worker, the service worker and the manifest: everything a browser is given.

import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { bundledServiceWorker } from './src/build/bundled-service-worker.ts';
import { rootManifest } from './src/build/root-manifest.ts';

const at = (path: string) => new URL(path, import.meta.url).pathname;

/** Its files only define things; without this hint all barcode formats would come along. */
const ZXING_IS_PURE = { moduleSideEffects: [{ test: /node_modules\/@zxing\//, sideEffects: false }] };

export default defineConfig({
  root: at('src/app'),
  publicDir: at('public'),
  plugins: [
    preact(),
    rootManifest(at('manifest.webmanifest')),
    bundledServiceWorker(at('src/service-worker/service-worker.ts')),
  ],
  worker: { format: 'es', rolldownOptions: { treeshake: ZXING_IS_PURE } },
  build: {
    outDir: at('dist/pages'),
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        guard: at('src/app/index.html'),
        console: at('src/app/console/index.html'),
        demo: at('src/app/demo/index.html'),
      },
      treeshake: ZXING_IS_PURE,
    },
  },
});
