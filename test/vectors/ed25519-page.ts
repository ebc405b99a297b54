// The same scores in a page: bundled for Chromium by ed25519-engines.ts, which calls scoreInPage there.

import { openTweetnaclEngine, openWebCryptoEngine } from '../../src/core/signature/engine.ts';
import { type Ed25519Case, type Score, scoreEngine } from './ed25519-case.ts';

declare global {
  var scoreInPage: (cases: readonly Ed25519Case[]) => Promise<readonly Score[]>;
}

globalThis.scoreInPage = async (cases) => [
  await scoreEngine(openWebCryptoEngine(), cases),
  await scoreEngine(await openTweetnaclEngine(), cases),
];
