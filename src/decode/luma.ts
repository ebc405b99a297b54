// Planes of brightness: made from colours, cut and halved. Never larger, never with padding.

import type { LumaPlane } from './decoder.ts';

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Whole numbers above nothing, and as many pixels as they say. */
export const isWholePlane = ({ data, width, height }: LumaPlane): boolean =>
  Number.isInteger(width) &&
  Number.isInteger(height) &&
  width > 0 &&
  height > 0 &&
  data.length >= width * height;

/** Y = (77 R + 150 G + 29 B + 128) >> 8; transparent pixels lie on white paper. Four bytes a pixel. */
export function rgbaToLuma(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): LumaPlane {
  const data = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < data.length; pixel++, at += 4) {
    const y = (77 * (rgba[at] ?? 0) + 150 * (rgba[at + 1] ?? 0) + 29 * (rgba[at + 2] ?? 0) + 128) >> 8;
    const alpha = rgba[at + 3] ?? 255;
    data[pixel] = alpha === 255 ? y : 255 + Math.round(((y - 255) * alpha) / 255);
  }
  return { data, width, height };
}

/** The part of the rectangle that lies on the plane; null when none does. */
export function cropLuma(plane: LumaPlane, rect: Rect): LumaPlane | null {
  const left = Math.max(0, Math.floor(rect.left));
  const top = Math.max(0, Math.floor(rect.top));
  const width = Math.min(plane.width, Math.ceil(rect.left + rect.width)) - left;
  const height = Math.min(plane.height, Math.ceil(rect.top + rect.height)) - top;
  if (width <= 0 || height <= 0) return null;
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * plane.width + left;
    data.set(plane.data.subarray(from, from + width), row * width);
  }
  return { data, width, height };
}

/** Means of 2 x 2 pixels; an odd last row or column is left out. */
export function halveLuma(plane: LumaPlane): LumaPlane {
  const width = plane.width >> 1;
  const height = plane.height >> 1;
  const from = plane.data;
  const data = new Uint8Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    let above = 2 * row * plane.width;
    let below = above + plane.width;
    for (let column = 0; column < width; column++, above += 2, below += 2) {
      const sum = (from[above] ?? 0) + (from[above + 1] ?? 0) + (from[below] ?? 0) + (from[below + 1] ?? 0);
      data[to++] = (sum + 2) >> 2;
    }
  }
  return { data, width, height };
}

/** Twice as wide and high, linear between pixels: for codes too small for a reader's grid. */
export function doubleLuma(plane: LumaPlane): LumaPlane {
  const { width, height, data: from } = plane;
  const data = new Uint8Array(4 * width * height);
  const at = (x: number, y: number) => from[Math.min(y, height - 1) * width + Math.min(x, width - 1)] ?? 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const a = at(x, y);
      const right = at(x + 1, y);
      const below = at(x, y + 1);
      const to = 4 * y * width + 2 * x;
      data[to] = a;
      data[to + 1] = (a + right + 1) >> 1;
      data[to + 2 * width] = (a + below + 1) >> 1;
      data[to + 2 * width + 1] = (a + right + below + at(x + 1, y + 1) + 2) >> 2;
    }
  }
  return { data, width: 2 * width, height: 2 * height };
}
