// The doorway to sharp for writing: brightness as a PNG file.

import sharp from 'sharp';
import type { GreyPicture } from './draw-qr.ts';

export async function writePng({ data, sidePixels }: GreyPicture, path: string): Promise<void> {
  await sharp(data, { raw: { width: sidePixels, height: sidePixels, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toFile(path);
}
