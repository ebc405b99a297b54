// The decoders that ours is measured beside, each as its own readme uses it.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { Pixels } from '../../src/cli/picture-file.ts';
import type { Contestant } from './decode.ts';

type ZxingBrowser = typeof import('@zxing/browser');
type ZxingLibrary = typeof import('@zxing/library');

const require = createRequire(import.meta.url);

export const openPeers = async (): Promise<Contestant[]> => [
  await openZxingWasmDefault(),
  openZxingBrowser(),
];

/** Its public readBarcodes with its default options; only the format is named. */
async function openZxingWasmDefault(): Promise<Contestant> {
  const path = require.resolve('zxing-wasm/reader/zxing_reader.wasm');
  const { buffer } = new Uint8Array(await readFile(path));
  prepareZXingModule({ overrides: { wasmBinary: buffer } });
  return {
    name: 'zxing-wasm default',
    async read(pixels) {
      const results = await readBarcodes(toImageData(pixels), { formats: ['QRCode'] });
      return results.map((result) => result.text);
    },
  };
}

/** One turn of its loop: its own luminance source over a canvas that holds the picture, its reader without hints. */
function openZxingBrowser(): Contestant {
  // Required, not imported: under plain Node these are CommonJS, whose names an import does not see.
  const { BrowserQRCodeReader, HTMLCanvasElementLuminanceSource } = require('@zxing/browser') as ZxingBrowser;
  const { BinaryBitmap, HybridBinarizer } = require('@zxing/library') as ZxingLibrary;
  const reader = new BrowserQRCodeReader();
  return {
    name: '@zxing/browser',
    read(pixels) {
      const source = new HTMLCanvasElementLuminanceSource(toCanvas(pixels));
      try {
        return [reader.decodeBitmap(new BinaryBitmap(new HybridBinarizer(source))).getText()];
      } catch {
        return [];
      }
    },
  };
}

const toImageData = ({ rgba, width, height }: Pixels): ImageData => ({
  data: new Uint8ClampedArray(rgba.buffer as ArrayBuffer, rgba.byteOffset, rgba.byteLength),
  width,
  height,
  colorSpace: 'srgb',
});

/** The three things it asks of a canvas, which Node has not. */
const toCanvas = (pixels: Pixels) =>
  ({
    width: pixels.width,
    height: pixels.height,
    getContext: () => ({ getImageData: () => toImageData(pixels) }),
  }) as unknown as HTMLCanvasElement;
