// The program's only door to sharp: a picture file to pixels, and brightness to a PNG file.

import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { errorText } from '../core/error-text.ts';
import { ok, type Result, refused } from '../core/result.ts';
import type { GreyPicture } from './draw-qr.ts';

export type PictureRefusal =
  | { readonly kind: 'no-such-file'; readonly detail: string }
  | { readonly kind: 'not-a-picture'; readonly detail: string };

/** A file that claims more is refused before it is unpacked. */
const MOST_PIXELS = 150_000_000;

export interface Pixels {
  /** Red, green, blue, alpha; a byte each. */
  readonly rgba: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Turned as its EXIF says; the first page of several. */
export async function readPixels(path: string, longestSide: number): Promise<Result<Pixels, PictureRefusal>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return refused<PictureRefusal>({ kind: 'no-such-file', detail: errorText(error) });
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
    return refused<PictureRefusal>({ kind: 'not-a-picture', detail: errorText(error) });
  }
}

export async function writePng({ data, sidePixels }: GreyPicture, path: string): Promise<void> {
  await sharp(data, { raw: { width: sidePixels, height: sidePixels, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toFile(path);
}
