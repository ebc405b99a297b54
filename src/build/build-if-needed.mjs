// Builds pages and programs unless what stands in dist/ is newer than everything it is made of.

import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = [
  'src',
  'public',
  'manifest.webmanifest',
  'package-lock.json',
  'vite.config.ts',
  'vite.node.config.ts',
];
const RESULTS = ['dist/pages/sw.js', 'dist/pages/index.html', 'dist/node/gatelight.js'];

/** @param {string} path @returns {number} newest change below path, ms since 1970 */
function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

/** @returns {number} oldest of the results, ms since 1970; 0 when one is missing */
function builtAtMs() {
  const times = RESULTS.map((path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.min(...times);
}

const changedAtMs = Math.max(...SOURCES.map((path) => newestMs(join(root, path))));
if (changedAtMs >= builtAtMs()) {
  console.log('Building the pages and the server (once, some seconds) ...');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  for (const config of ['vite.config.ts', 'vite.node.config.ts']) {
    const { status } = spawnSync(
      process.execPath,
      [vite, 'build', '--logLevel', 'warn', '--config', config],
      {
        cwd: root,
        stdio: 'inherit',
        // Whatever the shell or a test runner has set: these are the pages that are served.
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    if (status !== 0) process.exit(status ?? 1);
  }
}
