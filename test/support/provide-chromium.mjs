// Finds a Chromium or installs one: Debian's package where this user may install packages, else Playwright's download.
// Says what it did, and why there is none.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findChromium } from './find-chromium.mjs';

const PLAYWRIGHT = fileURLToPath(new URL('../../node_modules/@playwright/test/cli.js', import.meta.url));

/** What Debian's /usr/bin/chromium, a shell script, starts. */
const PACKAGED_PROGRAM = '/usr/lib/chromium/chromium';

/** @typedef {{ kind: 'ready', path: string } | { kind: 'missing', why: string }} Provided */

/** @param {(line: string) => void} say @returns {Promise<Provided>} */
export async function provideChromium(say) {
  let found = findChromium();
  if (found === null && process.env.GATELIGHT_CHROMIUM) {
    return {
      kind: 'missing',
      why: `GATELIGHT_CHROMIUM names ${process.env.GATELIGHT_CHROMIUM}, which cannot be run`,
    };
  }
  if (found === null) {
    say('no Chromium here: installing one');
    const isInstalled = installPackage(say) || download(say);
    found = isInstalled ? findChromium() : null;
    if (found === null) return { kind: 'missing', why: 'no Chromium was found and none could be installed' };
  }
  let trouble = tryStart(found.path, found.args);
  if (trouble !== null) {
    say(`${found.path} does not start: ${trouble}`);
    if (installPackage(say)) trouble = tryStart(found.path, found.args);
  }
  if (trouble !== null) return { kind: 'missing', why: `${found.path} does not start: ${trouble}` };
  say(`using ${found.path}`);
  return { kind: 'ready', path: found.path };
}

/** @param {(line: string) => void} say */
function installPackage(say) {
  if (spawnSync('apt-get', ['--version']).status !== 0) return false;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true']).status !== 0) return false;
  const apt = (/** @type {string[]} */ ...args) => {
    const [command = '', ...rest] = isRoot ? ['apt-get', ...args] : ['sudo', '-n', 'apt-get', ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  };
  say('apt-get install chromium ...');
  return apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
}

/** @param {(line: string) => void} say */
function download(say) {
  say('playwright install chromium ...');
  return spawnSync(process.execPath, [PLAYWRIGHT, 'install', 'chromium'], { stdio: 'inherit' }).status === 0;
}

/** @param {string} path @param {string[]} args @returns {string | null} what is missing; null when it starts */
function tryStart(path, args) {
  const started = spawnSync(path, [...args, '--headless', '--dump-dom', 'about:blank'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (started.status === 0) return null;
  const said = [PACKAGED_PROGRAM, path].map(
    (program) => spawnSync('ldd', [program], { encoding: 'utf8' }).stdout ?? '',
  );
  const missing = new Set(
    said.flatMap((text) => [...text.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name)),
  );
  if (missing.size > 0) return `these system libraries are missing: ${[...missing].join(', ')}`;
  return (started.stderr || String(started.error ?? `exit ${started.status}`))
    .trim()
    .split('\n')
    .slice(-3)
    .join(' / ');
}
