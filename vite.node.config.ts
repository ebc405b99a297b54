// The Node program: the command line and the server behind it. Dependencies stay outside.

import { defineConfig } from 'vite';

const at = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: at('dist/node'),
    emptyOutDir: true,
    rolldownOptions: { input: { gatelight: at('src/cli/gatelight.ts') } },
  },
});
