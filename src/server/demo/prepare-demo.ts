// A whole station to try Gatelight with: keys kept in the data folder, a trust document that stays fresh, sample passes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { chooseEngine } from '../../core/signature/engine.ts';
import type { Signer } from '../../core/signature/signer.ts';
import { signTrustDocument, verifyTrustDocument } from '../../core/trust/trust-document.ts';
import { writePrivateFile } from '../key-file.ts';
import { openDemoKeys } from './demo-keys.ts';
import { demoTrust } from './demo-trust.ts';
import { createSamplePasses, type SamplePass } from './sample-passes.ts';

export interface DemoClock {
  nowSeconds(): number;
}

export interface Demo {
  /** The signed trust document, at most about an hour old. */
  trustText(): string;
  readonly receiptSigner: Signer;
  /** Signed anew at every call. */
  samplePasses(): Promise<readonly SamplePass[]>;
  /** GET /api/demo/passes: SamplePass[] as JSON. */
  readonly sampleRoutes: Hono;
  /** Where the trust document also lies, for `gatelight read`. */
  readonly trustPath: string;
  /** Ends the hourly signing. */
  stop(): void;
}

const RENEW_AFTER_SECONDS = 3600;
/** Looked at more often than it is renewed, because a timer stands still while the machine sleeps. */
const LOOK_EVERY_MS = 60_000;

export async function prepareDemo(dataDir: string, clock: DemoClock): Promise<Demo> {
  const keys = await openDemoKeys(dataDir);
  const trustPath = join(dataDir, 'trust.json');
  let signed = await signTrust(trustPath, keys, clock.nowSeconds());

  const timer = setInterval(() => {
    const now = clock.nowSeconds();
    if (Math.abs(now - signed.issuedAt) < RENEW_AFTER_SECONDS) return;
    signTrust(trustPath, keys, now).then(
      (renewed) => {
        signed = renewed;
      },
      (error: unknown) => {
        // The document in use only ages, visibly on every tablet; the next minute tries again.
        process.stderr.write(`The trust document could not be renewed: ${String(error)}\n`);
      },
    );
  }, LOOK_EVERY_MS);
  timer.unref();

  const samplePasses = () => createSamplePasses(keys, clock.nowSeconds());
  const sampleRoutes = new Hono();
  sampleRoutes.get('/api/demo/passes', async (context) => {
    context.header('Cache-Control', 'no-store');
    return context.json(await samplePasses());
  });

  return {
    trustText: () => signed.text,
    receiptSigner: keys.receipt,
    samplePasses,
    sampleRoutes,
    trustPath,
    stop: () => clearInterval(timer),
  };
}

interface SignedTrust {
  readonly text: string;
  readonly issuedAt: number;
}

type TrustKeys = Awaited<ReturnType<typeof openDemoKeys>>;

async function signTrust(
  path: string,
  { root, issuer, receipt }: TrustKeys,
  nowSeconds: number,
): Promise<SignedTrust> {
  const version = Math.max((await lastVersion(path, root)) + 1, nowSeconds);
  const trust = demoTrust({ issuer: issuer.publicKey, receipt: receipt.publicKey }, version, nowSeconds);
  const text = await signTrustDocument(trust, root);
  await writePrivateFile(path, text, { isReplacing: true });
  return { text, issuedAt: nowSeconds };
}

/** Of the document that tablets may hold already; 0 where there is none. */
async function lastVersion(path: string, root: Signer): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const held = await verifyTrustDocument(text, root.publicKey, await chooseEngine());
  return held.ok ? held.value.trust.version : 0;
}
