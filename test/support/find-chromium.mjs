// Finds a Chromium: the one the environment names, the usual places, then Playwright's own.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @param {string | undefined} path */
function isRunnable(path) {
  try {
    if (!path) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Switches for every start: nothing asks the world for updates, and a root user (a container) has no sandbox. */
export const CHROMIUM_ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** @returns {{ path: string, args: string[] } | null} */
export function findChromium() {
  const named = process.env.GATELIGHT_CHROMIUM;
  if (named) return isRunnable(named) ? { path: named, args: CHROMIUM_ARGS } : null;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  const places = [
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...MAC,
    chromium.executablePath(),
  ];
  const path = places.find(isRunnable);
  return path === undefined ? null : { path, args: CHROMIUM_ARGS };
}
