// Which looks at a plane are worth their time. A frame of a running camera gets one or two cheap looks and the next
// frame other ones; a picture gets a harder look only after an easier one found nothing.

import type { Effort, LumaPlane, Reading } from './decoder.ts';
import { cropLuma, doubleLuma, halveLuma, type Rect } from './luma.ts';
import type { ZxingSearch } from './zxing-search.ts';

type Read = (plane: LumaPlane, search: ZxingSearch) => Reading[];
type Look = (plane: LumaPlane) => readonly Reading[];

const FAST: ZxingSearch = {
  hasModel1: false,
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: true,
  tryDenoise: false,
  binarizer: 'local',
};
const HARDER: ZxingSearch = { ...FAST, tryHarder: true };
const FULL: ZxingSearch = { ...HARDER, tryRotate: true, tryInvert: true };
const DENOISED: ZxingSearch = { ...FULL, tryDenoise: true };
const OLD_TOO = { hasModel1: true };

/** A place where a code was read is worth a look of its own for this many frames. */
const PLACE_FRAMES = 90;
/** Over this many pixels a plane is halved first: zxing-cpp takes tens of nanoseconds a pixel, and a memory has an end. */
const MOST_PIXELS = 16_000_000;
/** Twice as large is only tried below this. */
const MOST_PIXELS_DOUBLED = 4_000_000;

export function createTries(read: Read): Record<Effort, Look> {
  let frame = 0;
  let place: Rect | null = null;
  let placeFrame = 0;

  function lookAtFrame(plane: LumaPlane): readonly Reading[] {
    frame++;
    const found = firstFound(videoLooks(plane));
    const rect = found[0] && toRect(found[0], plane);
    if (rect) {
      place = rect;
      placeFrame = frame;
    }
    return found;
  }

  /**
   * Every second frame is looked at whole and first, so that a code that stays in view (a poster beside the gate) does
   * not hide the one that is held up.
   */
  function* videoLooks(plane: LumaPlane): Generator<readonly Reading[]> {
    const phase = frame % 4;
    const isPlaceKnown = place !== null && frame - placeFrame < PLACE_FRAMES;
    if (phase === 0 || phase === 2) return yield read(plane, FAST);
    if (isPlaceKnown && place !== null) {
      const near = cropLuma(plane, place);
      if (near !== null) yield readDoubled(near, HARDER);
    }
    yield read(plane, phase === 1 ? HARDER : (frame >> 2) % 2 === 0 ? FULL : DENOISED);
  }

  const readDoubled = (plane: LumaPlane, search: ZxingSearch) =>
    plane.width * plane.height > MOST_PIXELS_DOUBLED ? [] : read(doubleLuma(plane), search).map(halveCorners);

  function* pictureLooks(plane: LumaPlane): Generator<readonly Reading[]> {
    yield read(plane, { ...FULL, ...OLD_TOO });
    yield read(plane, { ...DENOISED, tryInvert: false, tryRotate: false });
  }

  function* fileLooks(plane: LumaPlane): Generator<readonly Reading[]> {
    yield read(plane, { ...FULL, ...OLD_TOO });
    yield read(plane, DENOISED);
    yield read(plane, { ...DENOISED, binarizer: 'global' });
    yield readDoubled(plane, DENOISED);
    const half = halveLuma(plane);
    if (half.width > 40 && half.height > 40) yield read(half, DENOISED).map(doubleCorners);
  }

  return {
    video: lookAtFrame,
    picture: (plane) => atMost(MOST_PIXELS, plane, (small) => firstFound(pictureLooks(small))),
    file: (plane) => atMost(MOST_PIXELS, plane, (small) => firstFound(fileLooks(small))),
  };
}

function firstFound(looks: Iterable<readonly Reading[]>): readonly Reading[] {
  for (const found of looks) if (found.length > 0) return found;
  return [];
}

function atMost(pixels: number, plane: LumaPlane, look: Look): readonly Reading[] {
  if (plane.width * plane.height <= pixels) return look(plane);
  return atMost(pixels, halveLuma(plane), look).map(doubleCorners);
}

/** Around the code, with as much again on each side: hands move between frames. */
function toRect({ corners }: Reading, plane: LumaPlane): Rect | null {
  if (corners === null) return null;
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const rect = { left: left - width / 2, top: top - height / 2, width: 2 * width, height: 2 * height };
  const isWorthIt = 4 * rect.width * rect.height < plane.width * plane.height;
  return isWorthIt ? rect : null;
}

const scaleCorners =
  (factor: number) =>
  (reading: Reading): Reading => {
    if (reading.corners === null) return reading;
    const [a, b, c, d] = reading.corners;
    const scale = ({ x, y }: { x: number; y: number }) => ({ x: factor * x, y: factor * y });
    return { text: reading.text, corners: [scale(a), scale(b), scale(c), scale(d)] };
  };
const doubleCorners = scaleCorners(2);
const halveCorners = scaleCorners(0.5);
