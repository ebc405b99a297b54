// The doorway to @zxing/browser, for engines without WebAssembly: its QR reader over our plane, without its loop and
// the half second that the loop waits. One code a look. It throws for "no code here", the commonest answer: not outside.

import { BrowserQRCodeReader } from '@zxing/browser';
import {
  BinaryBitmap,
  DecodeHintType,
  GlobalHistogramBinarizer,
  HybridBinarizer,
  InvertedLuminanceSource,
  type Result,
  RGBLuminanceSource,
} from '@zxing/library';
import type { Decoder, LumaPlane, Point, Reading } from './decoder.ts';
import { halveLuma, isWholePlane } from './luma.ts';

export async function openZxingBrowser(): Promise<Decoder> {
  const plain = new BrowserQRCodeReader();
  const harder = new BrowserQRCodeReader(new Map([[DecodeHintType.TRY_HARDER, true]]));
  const pure = new BrowserQRCodeReader(new Map([[DecodeHintType.PURE_BARCODE, true]]));
  let frame = 0;

  const plainLook = (plane: LumaPlane) => look(plain, plane, 'local', false);
  /** In the order of what each brought on photographs for its time. */
  const harderLooks = [
    (plane: LumaPlane) => look(harder, plane, 'local', false),
    (plane: LumaPlane) => look(harder, plane, 'global', false),
    (plane: LumaPlane) => look(harder, plane, 'local', true),
    (plane: LumaPlane) => (plane.width > 80 ? look(harder, halveLuma(plane), 'local', false, 2) : null),
  ];
  /** A drawing of nothing but the code: read without a search, which in large codes can take data for a finder. */
  const pureLook = (plane: LumaPlane) => look(pure, plane, 'global', false);

  return {
    name: 'zxing-browser',
    decode(plane, effort) {
      if (!isWholePlane(plane)) return [];
      if (effort === 'video') {
        const turn = frame++ % 8;
        const found = turn % 2 === 0 ? plainLook(plane) : (harderLooks[turn >> 1]?.(plane) ?? null);
        return found === null ? [] : [found];
      }
      for (const next of [...harderLooks, pureLook]) {
        const found = next(plane);
        if (found !== null) return [found];
      }
      return [];
    },
  };
}

function look(
  reader: BrowserQRCodeReader,
  plane: LumaPlane,
  binarizer: 'local' | 'global',
  isInverted: boolean,
  scale = 1,
): Reading | null {
  const pixels = new Uint8ClampedArray(plane.data.buffer, plane.data.byteOffset, plane.width * plane.height);
  const upright = new RGBLuminanceSource(pixels, plane.width, plane.height);
  const source = isInverted ? new InvertedLuminanceSource(upright) : upright;
  const bits = binarizer === 'local' ? new HybridBinarizer(source) : new GlobalHistogramBinarizer(source);
  try {
    return toReading(reader.decodeBitmap(new BinaryBitmap(bits)), scale);
  } catch {
    // NotFound, Checksum and Format exceptions, and plain range errors on planes of a few pixels: all say "nothing read".
    return null;
  }
}

function toReading(result: Result, scale: number): Reading | null {
  const text = result.getText();
  if (text === '') return null;
  const points = (result.getResultPoints() ?? []).map((point) => ({
    x: scale * point.getX(),
    y: scale * point.getY(),
  }));
  return { text, corners: toCorners(points) };
}

/** The reader tells the centres of the finders: bottom left, top left, top right. The fourth completes the parallelogram. */
function toCorners([bottomLeft, topLeft, topRight]: readonly Point[]): Reading['corners'] {
  if (bottomLeft === undefined || topLeft === undefined || topRight === undefined) return null;
  const bottomRight = {
    x: bottomLeft.x + topRight.x - topLeft.x,
    y: bottomLeft.y + topRight.y - topLeft.y,
  };
  return [topLeft, topRight, bottomRight, bottomLeft];
}
