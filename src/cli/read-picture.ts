// A picture file to a plane of brightness, and the decoder that reads it in Node.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ok, type Result } from '../core/result.ts';
import type { Decoder, LumaPlane } from '../decode/decoder.ts';
import { rgbaToLuma } from '../decode/luma.ts';
import { openZxingWasm } from '../decode/zxing-wasm-decoder.ts';
import { type PictureRefusal, readPixels } from './picture-file.ts';

/** Larger pictures are made smaller, longer side to this. */
const LONGEST_SIDE = 4096;

export async function readPicture(path: string): Promise<Result<LumaPlane, PictureRefusal>> {
  const read = await readPixels(path, LONGEST_SIDE);
  return read.ok ? ok(rgbaToLuma(read.value.rgba, read.value.width, read.value.height)) : read;
}

export async function openPictureDecoder(): Promise<Decoder> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  return openZxingWasm({ wasmBinary: new Uint8Array(await readFile(path)) });
}
