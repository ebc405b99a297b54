// What the line and the panel in the camera's place say, state by state.

import type { ScannerState } from '../../camera/scanner.ts';
import type { Catalogue, Notice } from '../parts/texts/catalogue.ts';
import type { Hint } from './camera-model.ts';

/** What keeps the scanner from looking and can be mended; null while nothing does. The camera comes first: it is seen first. */
export function cameraNotice(
  { camera, decoder }: ScannerState,
  texts: Catalogue,
): (Notice & { readonly key: string }) | null {
  const words = texts.camera;
  switch (camera.kind) {
    case 'refused':
    case 'missing':
    case 'busy':
    case 'lost':
    case 'insecure':
      return { ...words[camera.kind], key: words.retry };
    case 'off':
    case 'asking':
    case 'on':
      return decoder.kind === 'decoder-failed'
        ? { ...words.decoderFailed(decoder.detail), key: words.startAgain }
        : null;
  }
}

export function hintLine(hint: Hint, texts: Catalogue): string {
  const words = texts.camera;
  const lines: Readonly<Record<Hint, string>> = {
    show: words.show,
    'picture-under-way': words.lookingAtPicture,
    'no-code': words.noCode,
    'not-a-picture': words.notAPicture,
    help: words.help,
  };
  return lines[hint];
}

/** Which camera, and whether it looks; small, beside the hint. */
export function cameraLine({ camera, decoder, isLooking }: ScannerState, texts: Catalogue): string {
  const words = texts.camera;
  if (camera.kind === 'asking' || camera.kind === 'off') return words.starting;
  if (camera.kind !== 'on') return '';
  if (decoder.kind === 'starting' || decoder.kind === 'off') return words.decoderStarting;
  if (!isLooking) return words.paused;
  return camera.facing === 'front' ? words.frontLooking : words.rearLooking;
}
