// Draws what a camera sees: a QR on a white card before a room, turned, tilted, small, blurred, dim, noisy. The same
// options and seed give the same bytes. Brightness only; y4m.ts adds the colourless chroma.

import { type Bitmap2D, correction, generate } from 'lean-qr';
import type { LumaPlane } from '../../../src/decode/decoder.ts';

export interface FrameOptions {
  readonly width?: number;
  readonly height?: number;
  /** Pixels to one module where the card faces the camera. */
  readonly modulePixels?: number;
  /** Degrees clockwise in the picture. */
  readonly turn?: number;
  /** Degrees out of the picture: about the upright axis and about the level one. */
  readonly tiltX?: number;
  readonly tiltY?: number;
  /** Of the card's middle, from the picture's, in pixels. */
  readonly shiftX?: number;
  readonly shiftY?: number;
  /** Standard deviation of the lens's blur, pixels. */
  readonly blur?: number;
  /** 1 is a lit room, 0.1 a dark one. */
  readonly light?: number;
  /** Standard deviation of the sensor's noise, grey levels. */
  readonly noise?: number;
  readonly isInverted?: boolean;
  readonly isMirrored?: boolean;
  readonly seed?: number;
}

/** A frame with a code of this text on a card; null is a frame of the empty room. */
export function drawFrame(text: string | null, options: FrameOptions = {}): LumaPlane {
  const { width = 1280, height = 720, blur = 0, light = 1, noise = 0, seed = 1 } = options;
  const plane = drawRoom(width, height, seed);
  if (text !== null) drawCard(plane, drawSymbol(text), width, height, options);
  if (blur > 0) blurPlane(plane, width, height, blur);
  const random = createRandom(seed);
  const data = new Uint8Array(width * height);
  for (let at = 0; at < data.length; at++) {
    const grey = (plane[at] ?? 0) * light + (noise > 0 ? noise * createNormal(random) : 0);
    data[at] = Math.max(0, Math.min(255, Math.round(grey)));
  }
  return { data, width, height };
}

/** Level M, never raised; alphanumeric where the text allows it, which is how a pass is drawn. */
export const drawSymbol = (text: string): Bitmap2D =>
  generate(text, {
    minCorrectionLevel: correction.M,
    maxCorrectionLevel: correction.M,
  });

/** Plain drawing: quiet zone of 4 modules, nothing else. */
export function drawPlain(symbol: Bitmap2D, modulePixels: number): LumaPlane {
  const size = (symbol.size + 8) * modulePixels;
  const data = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const isDark = symbol.get(Math.floor(x / modulePixels) - 4, Math.floor(y / modulePixels) - 4);
      data[y * size + x] = isDark ? 0 : 255;
    }
  }
  return { data, width: size, height: size };
}

function drawRoom(width: number, height: number, seed: number): Float32Array {
  const plane = new Float32Array(width * height);
  const random = createRandom(seed * 7919);
  const [slantX, slantY, level] = [random() * 60 - 30, random() * 60 - 30, 110 + random() * 40];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) plane[at++] = level + (slantX * x) / width + (slantY * y) / height;
  }
  for (let box = 0; box < 24; box++) {
    const [left, top] = [Math.floor(random() * width), Math.floor(random() * height)];
    const right = Math.min(width, left + 10 + Math.floor((random() * width) / 5));
    const bottom = Math.min(height, top + 10 + Math.floor((random() * height) / 5));
    const step = random() * 120 - 60;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = y * width + x;
        plane[at] = Math.max(0, Math.min(255, (plane[at] ?? 0) + step));
      }
    }
  }
  return plane;
}

const INK = 35;
const PAPER = 225;
/** Samples along each side of a pixel. */
const FINE = 3;

function drawCard(
  plane: Float32Array,
  symbol: Bitmap2D,
  width: number,
  height: number,
  options: FrameOptions,
): void {
  const { modulePixels = 6, shiftX = 0, shiftY = 0, isInverted = false, isMirrored = false } = options;
  const toCard = createProjection(options, modulePixels);
  const half = symbol.size / 2;
  const edge = half + 4;
  const reach = Math.ceil(edge * modulePixels * 2);
  const [middleX, middleY] = [width / 2 + shiftX, height / 2 + shiftY];
  const [top, bottom] = [
    Math.max(0, Math.floor(middleY - reach)),
    Math.min(height, Math.ceil(middleY + reach)),
  ];
  const [left, right] = [
    Math.max(0, Math.floor(middleX - reach)),
    Math.min(width, Math.ceil(middleX + reach)),
  ];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let sum = 0;
      let hits = 0;
      for (let sample = 0; sample < FINE * FINE; sample++) {
        const inX = x + ((sample % FINE) + 0.5) / FINE - middleX;
        const inY = y + (Math.floor(sample / FINE) + 0.5) / FINE - middleY;
        const [u, v] = toCard(inX, inY);
        if (Math.abs(u) > edge || Math.abs(v) > edge) continue;
        const isOn = symbol.get(Math.floor((isMirrored ? -u : u) + half), Math.floor(v + half));
        sum += isOn !== isInverted ? INK : PAPER;
        hits++;
      }
      if (hits === 0) continue;
      const at = y * width + x;
      plane[at] = (sum + (FINE * FINE - hits) * (plane[at] ?? 0)) / (FINE * FINE);
    }
  }
}

/** From a pixel (from the card's middle) to modules on the card: a pinhole camera, the inverse of turn, then tilts. */
function createProjection({ turn = 0, tiltX = 0, tiltY = 0 }: FrameOptions, modulePixels: number) {
  const radians = Math.PI / 180;
  const [sinT, cosT] = [Math.sin(turn * radians), Math.cos(turn * radians)];
  const [sinX, cosX] = [Math.sin(tiltX * radians), Math.cos(tiltX * radians)];
  const [sinY, cosY] = [Math.sin(tiltY * radians), Math.cos(tiltY * radians)];
  // Columns: where the card's own x and y axes point in the room (x right, y down, z away from the camera).
  const axisU = [cosT * cosX, sinT * cosX, sinX] as const;
  const axisV = [-sinT * cosY + cosT * sinX * -sinY, cosT * cosY + sinT * sinX * -sinY, cosX * sinY] as const;
  /** In modules: the camera stands this far away, so that one module there is modulePixels wide. */
  const away = 1100 / modulePixels;
  return (x: number, y: number): [number, number] => {
    const [px, py] = [x / modulePixels, y / modulePixels];
    // Solve u*axisU + v*axisV + (0, 0, away) = s*(px, py, away) for u and v.
    const a = axisU[0] - (px * axisU[2]) / away;
    const b = axisV[0] - (px * axisV[2]) / away;
    const c = axisU[1] - (py * axisU[2]) / away;
    const d = axisV[1] - (py * axisV[2]) / away;
    const determinant = a * d - b * c;
    return [(px * d - b * py) / determinant, (a * py - px * c) / determinant];
  };
}

/** Gaussian by a separable kernel of three deviations. */
function blurPlane(plane: Float32Array, width: number, height: number, deviation: number): void {
  const reach = Math.ceil(3 * deviation);
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * deviation * deviation)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const line = new Float32Array(Math.max(width, height));
  const pass = (lines: number, length: number, lineStep: number, step: number) => {
    for (let at = 0; at < lines; at++) {
      for (let i = 0; i < length; i++) line[i] = plane[at * lineStep + i * step] ?? 0;
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          sum += (kernel[k + reach] ?? 0) * (line[Math.max(0, Math.min(length - 1, i + k))] ?? 0);
        }
        plane[at * lineStep + i * step] = sum / total;
      }
    }
  };
  pass(height, width, width, 1);
  pass(width, height, 1, width);
}

/** Uniform in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Near enough to normal for a sensor: the sum of four uniforms. */
const createNormal = (random: () => number) => (random() + random() + random() + random() - 2) * Math.sqrt(3);
