// Passes that are really signed, each held before the camera in its own way, and the trust that judges them.

import { createSigner } from '../../../src/core/signature/signer.ts';
import { signTrustDocument } from '../../../src/core/trust/trust-document.ts';
import type { LumaPlane } from '../../../src/decode/decoder.ts';
import { createRandom, drawFrame, type FrameOptions } from '../../support/frames/draw-frame.ts';
import { createTestIssuer } from '../../support/test-issuer.ts';
import { testTrust } from '../../support/test-trust.ts';

export interface HeldUp {
  readonly text: string;
  readonly plane: LumaPlane;
}

export interface Passes {
  readonly trustText: string;
  readonly receiptSigner: Awaited<ReturnType<typeof createSigner>>;
  /** Drawn one after another, without end. */
  draw(): AsyncGenerator<HeldUp>;
}

const DAY = 86_400;

export async function createPasses(nowSeconds: number): Promise<Passes> {
  const { issuer, issue } = await createTestIssuer();
  const [root, receiptSigner] = await Promise.all([
    createSigner(new Uint8Array(32).fill(1)),
    createSigner(new Uint8Array(32).fill(2)),
  ]);
  const issuedAt = nowSeconds - 60;
  const trust = testTrust([withKeysValidAt(issuer, nowSeconds)], {
    issuedAt,
    expiresAt: nowSeconds + DAY,
    receiptKey: receiptSigner.publicKey,
    // Every contender is shown every pass, and a verdict leaves when the bench says so.
    policy: {
      seenBeforeWindowSeconds: 0,
      displayMs: { admit: 60_000, check: 60_000, refuse: 60_000, unverifiable: 60_000 },
    },
  });
  return {
    trustText: await signTrustDocument(trust, root),
    receiptSigner,
    async *draw() {
      for (let index = 1; ; index++) {
        const text = await issue({ issuedAt, expiresAt: issuedAt + DAY / 2, id: { list: 0, index } });
        yield { text, plane: drawFrame(text, poseOf(index)) };
      }
    },
  };
}

const withKeysValidAt = <T extends { readonly keys: readonly { readonly validUntil: number }[] }>(
  issuer: T,
  nowSeconds: number,
): T => ({
  ...issuer,
  keys: issuer.keys.map((key) => ({ ...key, validUntil: Math.max(key.validUntil, nowSeconds + DAY) })),
});

/** A hand at a gate in fair light: turned, tilted, off the middle, a little out of focus. */
function poseOf(seed: number): FrameOptions {
  const random = createRandom(seed * 31);
  const between = (low: number, high: number) => low + random() * (high - low);
  return {
    modulePixels: between(4.5, 8),
    turn: between(-25, 25),
    tiltX: between(-15, 15),
    tiltY: between(-15, 15),
    shiftX: between(-200, 200),
    shiftY: between(-60, 60),
    blur: between(0.5, 1.3),
    light: between(0.6, 1),
    noise: 3,
    seed,
  };
}
