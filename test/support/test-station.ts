// One site with its keys and its signed trust document, for tests that need a server or a tablet to agree on one.

import { createSigner, type Signer } from '../../src/core/signature/signer.ts';
import type { Trust } from '../../src/core/trust/trust.ts';
import { signTrustDocument } from '../../src/core/trust/trust-document.ts';
import { demoTrust } from '../../src/server/demo/demo-trust.ts';

export interface TestStation {
  readonly trust: Trust;
  readonly trustText: string;
  readonly receiptSigner: Signer;
}

const seedOf = (number: number) => new Uint8Array(32).fill(number);

export async function createTestStation(nowSeconds: number): Promise<TestStation> {
  const [root, issuer, receiptSigner] = await Promise.all([
    createSigner(seedOf(1)),
    createSigner(seedOf(2)),
    createSigner(seedOf(3)),
  ]);
  const trust = demoTrust({ issuer: issuer.publicKey, receipt: receiptSigner.publicKey }, 1, nowSeconds);
  return { trust, trustText: await signTrustDocument(trust, root), receiptSigner };
}
