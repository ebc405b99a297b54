// Pictures for a page: a drawn frame as a PNG in base64, which is how bytes cross into page.evaluate.

import sharp from 'sharp';
import { drawFrame, type FrameOptions } from '../../support/frames/draw-frame.ts';

export async function drawPng(text: string | null, options: FrameOptions = {}): Promise<Buffer> {
  const { data, width, height } = drawFrame(text, { width: 640, height: 480, ...options });
  return sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}
