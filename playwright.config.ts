// Tests that need a Chromium: test/browser drives single parts on a bare page, test/e2e the built product.

import { defineConfig } from '@playwright/test';
import { findChromium } from './test/support/find-chromium.mjs';

const chromium = findChromium();
if (chromium === null)
  throw new Error('no Chromium was found: set GATELIGHT_CHROMIUM, or run npm test, which finds one');

const HARNESS_PORT = Number(process.env.HARNESS_PORT ?? 5199);

export default defineConfig({
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 120_000,
  reporter: [['list'], ['json', { outputFile: 'test-results/browser.json' }]],
  use: {
    launchOptions: { executablePath: chromium.path, args: chromium.args },
    trace: 'off',
  },
  projects: [
    {
      name: 'browser',
      testDir: 'test/browser',
      use: { baseURL: `http://localhost:${HARNESS_PORT}` },
    },
    { name: 'e2e', testDir: 'test/e2e' },
  ],
  webServer: {
    command: `node node_modules/vite/bin/vite.js --config test/browser/vite.config.ts --port ${HARNESS_PORT} --strictPort`,
    port: HARNESS_PORT,
    reuseExistingServer: false,
    stdout: 'ignore',
  },
});
