// The doorway to sharp: a picture file to a plane of brightness, and the decoder that reads it in Node.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { ok, type Result, refused } from '../core/result.ts';
import type { Decoder, LumaPlane } from '../decode/decoder.ts';
import { rgbaToLuma } from '../decode/luma.ts';
import { openZxingWasm } from '../decode/zxing-wasm-decoder.ts';

export type PictureRefusal =
  | { readonly kind: 'no-such-file'; readonly detail: string }
  | { readonly kind: 'not-a-picture'; readonly detail: string };

/** Larger pictures are made smaller, longer side to this. */
const LONGEST_SIDE = 4096;
/** A file that claims more is refused before it is unpacked. */
const MOST_PIXELS = 150_000_000;

export interface Pixels {
  /** Red, green, blue, alpha; a byte each. */
  readonly rgba: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export async function readPicture(path: string): Promise<Result<LumaPlane, PictureRefusal>> {
  const read = await readPixels(path, LONGEST_SIDE);
  return read.ok ? ok(rgbaToLuma(read.value.rgba, read.value.width, read.value.height)) : read;
}

/** Turned as its EXIF says; the first page of several. */
export async function readPixels(path: string, longestSide: number): Promise<Result<Pixels, PictureRefusal>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return refused<PictureRefusal>({ kind: 'no-such-file', detail: describeError(error) });
  }
  try {
    const { data, info } = await sharp(bytes, { failOn: 'none', limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return ok({ rgba: data, width: info.width, height: info.height });
  } catch (error) {
    return refused<PictureRefusal>({ kind: 'not-a-picture', detail: describeError(error) });
  }
}

export async function openPictureDecoder(): Promise<Decoder> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  return openZxingWasm({ wasmBinary: new Uint8Array(await readFile(path)) });
}

const describeError = (error: unknown) => (error instanceof Error ? error.message : String(error));
