// QR codes at level M for the screen: an SVG path, and a picture to save. The only door to lean-qr here.

import { type Bitmap2D, correction, generate, mode } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';

/** The light modules around a code that ISO/IEC 18004 asks for. */
export const QUIET_MODULES = 4;
const PIXELS_PER_MODULE = 10;

export interface QrDrawing {
  /** Modules on a side, with the quiet zone. */
  readonly side: number;
  /** For a path in a view box of `side`, moved by QUIET_MODULES. */
  readonly path: string;
}

export function drawQr(text: string): QrDrawing {
  const code = createCode(text);
  return { side: code.size + 2 * QUIET_MODULES, path: toSvgPath(code) };
}

/** The code as a PNG, 10 pixels a module. */
export async function qrToPng(text: string): Promise<Blob> {
  const code = createCode(text);
  const canvas = document.createElement('canvas');
  const sidePixels = (code.size + 2 * QUIET_MODULES) * PIXELS_PER_MODULE;
  canvas.width = sidePixels;
  canvas.height = sidePixels;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gives no canvas to draw on');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, sidePixels, sidePixels);
  context.fillStyle = '#000';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.get(x, y)) continue;
      const at = (module: number) => (module + QUIET_MODULES) * PIXELS_PER_MODULE;
      context.fillRect(at(x), at(y), PIXELS_PER_MODULE, PIXELS_PER_MODULE);
    }
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('this browser wrote no picture'));
      else resolve(blob);
    }, 'image/png');
  });
}

/** A pass goes into one alphanumeric segment, the smallest that holds it. */
function createCode(text: string): Bitmap2D {
  return generate(mode.alphaNumeric.test(text) ? mode.alphaNumeric(text) : text, {
    minCorrectionLevel: correction.M,
    maxCorrectionLevel: correction.M,
  });
}
