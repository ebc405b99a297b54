// Runs a TypeScript script of ours under plain Node: node test/support/run-script.mjs FILE [ARGS]. The script exports
// main(args), which gives the exit code.

import { resolve } from 'node:path';
import { createServer, createServerModuleRunner } from 'vite';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node test/support/run-script.mjs FILE [ARGS]');
  process.exit(2);
}
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
const { main } = await runner.import(resolve(file));
process.exit(await main(args));
