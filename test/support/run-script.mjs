// Runs a TypeScript script of ours under plain Node: node test/support/run-script.mjs FILE [ARGS]. The script exports
// main(args), which gives the exit code.

import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node test/support/run-script.mjs FILE [ARGS]');
  process.exit(2);
}
const { module } = await runnerImport(resolve(file), { configFile: false, logLevel: 'error' });
process.exit(await module.main(args));
