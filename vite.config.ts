// The pages, the decoder's worker, the service worker and the manifest: everything a browser is given.

import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { bundledServiceWorker } from './src/build/bundled-service-worker.ts';
import { rootManifest } from './src/build/root-manifest.ts';

const at = (path: string) => new URL(path, import.meta.url).pathname;

/** Its files only define things; without this hint all barcode formats would come along. */
const SHARED_BY_PAGES =
  /node_modules\/(@preact|preact)\/|src\/app\/parts\/(signs|mark)|core\/(result|error-text|trust\/(ids|settings\/clip-policy)|verdict\/(moments|texts\/en-times))\.ts/;

const ZXING_IS_PURE = { moduleSideEffects: [{ test: /node_modules\/@zxing\//, sideEffects: false }] };

const WIND_CLOCK = 'wind-clock';

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
        'demo-clock': at('src/app/demo/clock/index.html'),
        [WIND_CLOCK]: at('src/app/demo/clock/wind-clock.ts'),
      },
      output: {
        // A page of the demo's server asks for it by this name.
        entryFileNames: ({ name }) =>
          name === WIND_CLOCK ? 'demo/wind-clock.js' : 'assets/[name]-[hash].js',
        // What several pages need is one file: small ones compress badly, and the first screen waits for each.
        codeSplitting: { groups: [{ name: 'pages', test: SHARED_BY_PAGES }] },
      },
      treeshake: ZXING_IS_PURE,
    },
  },
});
