// One look at a plane of light: what every decoder here takes and gives.

/** Brightness, 0 black to 255 white, row after row without padding. */
export interface LumaPlane {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One QR code: its text, and its corners in pixels of the plane, clockwise from the top left of the code. */
export interface Reading {
  readonly text: string;
  readonly corners: readonly [Point, Point, Point, Point] | null;
}

/** How much time a look may take: a frame of a running camera, one picture, or a file that somebody waits for. */
export type Effort = 'video' | 'picture' | 'file';

export interface Decoder {
  readonly name: 'zxing-wasm' | 'zxing-browser';
  /** Every QR code seen in the plane; the empty list is the commonest answer and no error. Never throws on any picture. */
  decode(plane: LumaPlane, effort: Effort): readonly Reading[];
}
