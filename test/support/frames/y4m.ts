// Frames as a YUV4MPEG2 file, which Chromium plays as a fake camera (--use-file-for-fake-video-capture), over and over.

import { closeSync, openSync, writeSync } from 'node:fs';
import type { LumaPlane } from '../../../src/decode/decoder.ts';

/** All frames of one size, both sides even. Frames are taken one at a time: a generator keeps memory small. */
export function writeY4m(path: string, frames: Iterable<LumaPlane>, fps: number): void {
  const file = openSync(path, 'w');
  try {
    let chroma: Uint8Array | null = null;
    let size = '';
    for (const { data, width, height } of frames) {
      if (chroma === null) {
        if (width % 2 !== 0 || height % 2 !== 0) throw new RangeError(`${width} x ${height} is not even`);
        size = `${width} ${height}`;
        chroma = new Uint8Array((width * height) / 2).fill(128);
        writeSync(file, `YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
      }
      if (size !== `${width} ${height}`) throw new RangeError('frames of two sizes in one film');
      writeSync(file, 'FRAME\n');
      writeSync(file, data);
      writeSync(file, chroma);
    }
    if (chroma === null) throw new RangeError('a film without frames');
  } finally {
    closeSync(file);
  }
}
