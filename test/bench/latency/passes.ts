// Passes that are really signed, each held before the camera in its own way, and the trust that judges them.

import type { LumaPlane } from '../../../src/decode/decoder.ts';
import { createRandom, drawFrame, type FrameOptions } from '../../support/frames/draw-frame.ts';
import { createTestStation, type TestStation } from '../../support/test-station.ts';
import { TEST_LIST } from '../../support/test-trust.ts';

export interface HeldUp {
  readonly text: string;
  readonly plane: LumaPlane;
}

export interface Passes {
  readonly station: TestStation;
  /** Drawn one after another, without end. */
  draw(): AsyncGenerator<HeldUp>;
}

const DAY = 86_400;

export async function createPasses(nowSeconds: number): Promise<Passes> {
  const issuedAt = nowSeconds - 60;
  // Every contender is shown every pass, and a verdict leaves when the bench says so.
  const station = await createTestStation(nowSeconds, {
    seenBeforeWindowSeconds: 0,
    retentionDays: 7,
    displayMs: { admit: 60_000, check: 60_000, refuse: 60_000, unverifiable: 60_000 },
  });
  return {
    station,
    async *draw() {
      for (let index = 1; ; index++) {
        const id = { list: TEST_LIST, index };
        const text = await station.issuer.issue({ issuedAt, expiresAt: issuedAt + DAY / 2, id });
        yield { text, plane: drawFrame(text, poseOf(index)) };
      }
    },
  };
}

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
