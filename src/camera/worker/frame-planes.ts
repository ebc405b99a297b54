// Frames and picture files to planes of brightness. A frame whose first plane is Y gives it as it is; any other is
// drawn on a canvas and its colours are weighed.

import type { LumaPlane } from '../../decode/decoder.ts';
import { rgbaToLuma } from '../../decode/luma.ts';

/** Formats (WebCodecs, section 9.2) whose plane 0 is the brightness, one byte a pixel. */
const Y_FIRST: readonly (string | null)[] = ['NV12', 'NV21', 'I420', 'I420A', 'I422', 'I444'];
/** Larger pictures are drawn smaller: a code that needs more than this is a poster. */
const LONGEST_SIDE = 4096;

export interface FrameReader {
  readFrame(frame: VideoFrame | ImageBitmap): Promise<LumaPlane>;
  /** Throws what the engine says when the file is no picture. */
  readFile(file: Blob): Promise<LumaPlane>;
}

export function createFrameReader(): FrameReader {
  let canvas: OffscreenCanvas | null = null;
  let pixels = new Uint8Array(0);

  /** Null where the engine will not hand the pixels over as they are (a texture on the graphics card). */
  async function copyY(frame: VideoFrame): Promise<LumaPlane | null> {
    if (!Y_FIRST.includes(frame.format) || frame.visibleRect === null) return null;
    const { width, height } = frame.visibleRect;
    try {
      const size = frame.allocationSize();
      if (pixels.length < size) pixels = new Uint8Array(size);
      const [y] = await frame.copyTo(pixels);
      if (y === undefined) return null;
      return withoutPadding(pixels.subarray(y.offset), y.stride, width, height);
    } catch {
      return null;
    }
  }

  function draw(picture: VideoFrame | ImageBitmap, width: number, height: number): LumaPlane {
    canvas ??= new OffscreenCanvas(width, height);
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('this engine cannot draw in a worker');
    context.drawImage(picture, 0, 0, width, height);
    return rgbaToLuma(context.getImageData(0, 0, width, height).data, width, height);
  }

  return {
    async readFrame(frame) {
      if ('format' in frame) {
        return (await copyY(frame)) ?? draw(frame, frame.displayWidth, frame.displayHeight);
      }
      return draw(frame, frame.width, frame.height);
    },
    async readFile(file) {
      const picture = await createImageBitmap(file);
      try {
        const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
        return draw(
          picture,
          Math.max(1, Math.round(picture.width * scale)),
          Math.max(1, Math.round(picture.height * scale)),
        );
      } finally {
        picture.close();
      }
    },
  };
}

function withoutPadding(from: Uint8Array, stride: number, width: number, height: number): LumaPlane {
  if (stride === width) return { data: from.subarray(0, width * height), width, height };
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    data.set(from.subarray(row * stride, row * stride + width), row * width);
  }
  return { data, width, height };
}
