// npm test: everything, in order, and its counts. Types, lint and format; tests that need no browser; the build; tests
// that need one. A Chromium is found or installed, and what was done is said.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideChromium } from './support/provide-chromium.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = join(ROOT, 'test-results');
const tool = (/** @type {string} */ path) => join(ROOT, 'node_modules', path);

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @param {string} title
 * @param {string} script
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {boolean} whether it ended well
 */
function run(title, script, args, env = process.env) {
  console.log(`\n== ${title}`);
  return spawnSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: 'inherit', env }).status === 0;
}

/** @param {string} name @returns {any} */
function readResults(name) {
  try {
    return JSON.parse(readFileSync(join(RESULTS, name), 'utf8'));
  } catch {
    return null;
  }
}

/** @returns {Counts} */
function unitCounts() {
  const results = readResults('unit.json');
  if (results === null) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = results;
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

/** @returns {Counts} */
function browserCounts() {
  const stats = readResults('browser.json')?.stats;
  if (stats === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });

const isSound = [
  run('types', tool('typescript/bin/tsc'), ['-b']),
  run('lint and format', tool('@biomejs/biome/bin/biome'), ['check', '.']),
].every(Boolean);
const isBuilt = run('build', join(ROOT, 'src/build/build-if-needed.mjs'), []);

const json = join(RESULTS, 'unit.json');
const unitArgs = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${json}`];
const isUnitGood = run('tests without a browser', tool('vitest/vitest.mjs'), unitArgs);
const unit = unitCounts();

console.log('\n== Chromium');
const chromium = await provideChromium((line) => console.log(line));
/** @type {Counts} */
let browser = { passed: 0, failed: 0, skipped: 0 };
let isBrowserGood = true;
let isKillGood = true;
if (chromium.kind === 'ready') {
  const env = { ...process.env, GATELIGHT_CHROMIUM: chromium.path };
  isBrowserGood = run('tests in Chromium', tool('@playwright/test/cli.js'), ['test'], env);
  browser = browserCounts();
  // Two hard kills of each; how fast a restart is, is for a quiet machine to say.
  const kills = ['test/kill/kill.ts', '--browser', '2', '--server', '2', '--limit', '20000'];
  isKillGood = run('hard kills', join(ROOT, 'test/support/run-script.mjs'), kills, env);
} else {
  console.log(`SKIPPED all browser tests (test/browser, test/e2e): ${chromium.why}`);
}

const passed = unit.passed + browser.passed;
const failed = Math.max(
  unit.failed + browser.failed,
  isSound && isBuilt && isUnitGood && isBrowserGood && isKillGood ? 0 : 1,
);
console.log(`\nwithout a browser: ${unit.passed} passed, ${unit.failed} failed, ${unit.skipped} skipped`);
console.log(`in Chromium: ${browser.passed} passed, ${browser.failed} failed, ${browser.skipped} skipped`);
if (!isKillGood) console.log('the hard kills lost or doubled something: see above');
if (!isSound || !isBuilt) console.log('types, lint, format or the build failed: see above');
console.log(`\n${passed} passed, ${failed} failed, ${unit.skipped + browser.skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
