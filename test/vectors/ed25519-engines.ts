// npm run vectors:ed25519 -- FILE: a JSON array of { pub, msg, sig, strict } through both engines, in Node and in
// Chromium; one line each. Exit 0 all agree, 1 an engine disagrees, 2 the file or Chromium is missing or unusable.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { openTweetnaclEngine, openWebCryptoEngine } from '../../src/core/signature/engine.ts';
import { findChromium } from '../support/find-chromium.mjs';
import { type Ed25519Case, parseCases, type Score, scoreEngine } from './ed25519-case.ts';

const PAGE_ENTRY = fileURLToPath(new URL('./ed25519-page.ts', import.meta.url));
const SHOWN_WRONG = 10;

export async function main(args: string[]): Promise<number> {
  const [file, ...rest] = args;
  if (file === undefined || rest.length > 0) return usage('give one file of cases');
  let cases: readonly Ed25519Case[];
  try {
    cases = parseCases(readFileSync(file, 'utf8'));
  } catch (error) {
    return usage(`cannot use ${file}: ${error instanceof Error ? error.message : error}`);
  }

  const node = [
    await scoreEngine(openWebCryptoEngine(), cases),
    await scoreEngine(await openTweetnaclEngine(), cases),
  ];
  for (const score of node) print(score, 'node');
  const found = findChromium();
  if (found === null) return usage('found no Chromium: set GATELIGHT_CHROMIUM to its path');
  const inChromium = await scoreInChromium(found, cases);
  for (const score of inChromium) print(score, 'chromium');
  return [...node, ...inChromium].every(({ wrong }) => wrong.length === 0) ? 0 : 1;
}

function usage(problem: string): number {
  console.error(problem);
  console.error(
    'usage: npm run vectors:ed25519 -- FILE    (a JSON array of { pub, msg, sig, strict }, bytes in hexadecimal)',
  );
  return 2;
}

function print({ engine, cases, wrong }: Score, where: string): void {
  console.log(`${engine} ${where}: ${cases - wrong.length} of ${cases}`);
  if (wrong.length === 0) return;
  const more = wrong.length > SHOWN_WRONG ? ` and ${wrong.length - SHOWN_WRONG} more` : '';
  console.log(`  disagrees on cases ${wrong.slice(0, SHOWN_WRONG).join(', ')}${more}`);
}

async function scoreInChromium(
  found: { readonly path: string; readonly args: readonly string[] },
  cases: readonly Ed25519Case[],
): Promise<readonly Score[]> {
  const server = await serve(await bundlePage());
  const browser = await chromium.launch({ executablePath: found.path, args: [...found.args] });
  try {
    const page = await browser.newPage();
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://localhost:${port}/`);
    await page.waitForFunction(() => typeof globalThis.scoreInPage === 'function');
    return await page.evaluate((all) => globalThis.scoreInPage(all), cases);
  } finally {
    await browser.close();
    server.close();
  }
}

/** Scripts by file name; the first is the entry. */
async function bundlePage(): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'es2023', rolldownOptions: { input: PAGE_ENTRY } },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const chunks = outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .filter((part) => part.type === 'chunk');
  chunks.sort((a, b) => Number(b.isEntry) - Number(a.isEntry));
  return new Map(chunks.map((chunk) => [chunk.fileName, chunk.code]));
}

function serve(scripts: ReadonlyMap<string, string>): Promise<Server> {
  const [entry] = scripts.keys();
  const server = createServer((request, response) => {
    const script = scripts.get((request.url ?? '').slice(1));
    response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(script ?? `<!doctype html><script type="module" src="/${entry}"></script>`);
  });
  return new Promise((resolve) => server.listen(0, 'localhost', () => resolve(server)));
}
