// Serves the sources as they are, so that a test can import any part of them into a bare page.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  publicDir: false,
  cacheDir: 'node_modules/.cache/vite-harness',
  server: { host: 'localhost', watch: null, hmr: false },
  optimizeDeps: {
    entries: ['src/**/*.ts', 'src/app/**/*.tsx'],
    include: ['idb', 'tweetnacl', 'valibot', 'zxing-wasm/reader', '@zxing/browser', '@zxing/library'],
  },
  logLevel: 'warn',
});
