import { afterEach, describe, expect, it, vi } from 'vitest';
import { openPictureDecoder } from '../../../src/cli/read-picture.ts';
import type { LumaPlane } from '../../../src/decode/decoder.ts';
import { openZxingWasm } from '../../../src/decode/zxing-wasm-decoder.ts';
import { PASS_TEXT, testDecoder } from '../../contract/decoder.contract.ts';
import { drawFrame } from '../../support/frames/draw-frame.ts';

testDecoder('zxing-wasm', openPictureDecoder, { canInvert: true, canMirror: true, readsHardFrames: true });

describe('zxing-wasm beyond the contract', () => {
  afterEach(() => vi.restoreAllMocks());
  /** The module also tells its failures to the console. */
  const hush = () => vi.spyOn(console, 'error').mockImplementation(() => undefined);

  it('says so when the file is not its module', async () => {
    hush();
    await expect(openZxingWasm({ wasmBinary: new Uint8Array(64) })).rejects.toThrow(/wasm|magic/i);
  });

  it('opens again after a failed opening', async () => {
    hush();
    await openZxingWasm({ wasmBinary: new Uint8Array(64) }).catch(() => undefined);
    const decoder = await openPictureDecoder();
    expect(decoder.decode(drawFrame(PASS_TEXT), 'picture')[0]?.text).toBe(PASS_TEXT);
  });

  it('reads every code of a frame, so that a poster hides no pass', async () => {
    const decoder = await openPictureDecoder();
    const plane = joinPlanes(
      drawFrame('POSTER', { width: 400, height: 400 }),
      drawFrame(PASS_TEXT, { width: 400, height: 400 }),
    );
    const texts = new Set<string>();
    for (let frame = 0; frame < 8; frame++) {
      for (const { text } of decoder.decode(plane, 'video')) texts.add(text);
    }
    expect(texts).toEqual(new Set(['POSTER', PASS_TEXT]));
  });

  it('reads a picture larger than its limit by halving it, corners in the pixels of the picture', async () => {
    const decoder = await openPictureDecoder();
    const plane = drawFrame(PASS_TEXT, { width: 5000, height: 3400, modulePixels: 20 });
    const [reading] = decoder.decode(plane, 'file');
    expect(reading?.text).toBe(PASS_TEXT);
    expect(Math.abs((reading?.corners?.[0].x ?? 0) - (2500 - 450))).toBeLessThan(20);
  });

  it('keeps its place in memory over planes of many sizes', async () => {
    const decoder = await openPictureDecoder();
    for (const size of [100, 900, 300, 1600, 250, 1000]) {
      const plane = drawFrame('SIZE', { width: size, height: size, modulePixels: size / 60 });
      expect(decoder.decode(plane, 'picture')[0]?.text, `${size}`).toBe('SIZE');
    }
  });
});

function joinPlanes(left: LumaPlane, right: LumaPlane): LumaPlane {
  const width = left.width + right.width;
  const data = new Uint8Array(width * left.height);
  for (let row = 0; row < left.height; row++) {
    data.set(left.data.subarray(row * left.width, (row + 1) * left.width), row * width);
    data.set(right.data.subarray(row * right.width, (row + 1) * right.width), row * width + left.width);
  }
  return { data, width, height: left.height };
}
