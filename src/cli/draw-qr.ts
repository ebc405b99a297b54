// QR codes at level M as pixels, SVG and terminal blocks: black on white with the 4 light modules around that
// ISO/IEC 18004 asks for. The only door to lean-qr here.

import { correction, generate, mode } from 'lean-qr';
import { ok, type Result, refused } from '../core/result.ts';

export interface QrCode {
  /** Modules on a side, without the quiet zone. */
  readonly size: number;
  /** 1 to 40. */
  readonly version: number;
  isDark(x: number, y: number): boolean;
}

export const QUIET_MODULES = 4;

/** A pass goes into one alphanumeric segment, the smallest that holds it. */
export function createQrCode(text: string): Result<QrCode, 'empty-text' | 'text-too-long'> {
  if (text === '') return refused('empty-text');
  try {
    const code = generate(mode.alphaNumeric.test(text) ? mode.alphaNumeric(text) : text, {
      minCorrectionLevel: correction.M,
      maxCorrectionLevel: correction.M,
    });
    return ok({ size: code.size, version: (code.size - 17) / 4, isDark: (x, y) => code.get(x, y) });
  } catch {
    // Everything else about a text can be written; lean-qr throws only when no version holds it.
    return refused('text-too-long');
  }
}

export interface GreyPicture {
  /** One byte a pixel, 0 black, 255 white. */
  readonly data: Uint8Array;
  readonly sidePixels: number;
}

export function qrToPixels(code: QrCode, pixelsPerModule: number): GreyPicture {
  const sidePixels = (code.size + 2 * QUIET_MODULES) * pixelsPerModule;
  const data = new Uint8Array(sidePixels * sidePixels).fill(255);
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.isDark(x, y)) continue;
      for (let row = 0; row < pixelsPerModule; row++) {
        const from =
          ((y + QUIET_MODULES) * pixelsPerModule + row) * sidePixels + (x + QUIET_MODULES) * pixelsPerModule;
        data.fill(0, from, from + pixelsPerModule);
      }
    }
  }
  return { data, sidePixels };
}

/** Runs of dark modules as one path; crisp at any size. */
export function qrToSvg(code: QrCode): string {
  const side = code.size + 2 * QUIET_MODULES;
  let path = '';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.isDark(x, y)) continue;
      let run = 1;
      while (code.isDark(x + run, y)) run++;
      path += `M${x + QUIET_MODULES} ${y + QUIET_MODULES}h${run}v1h-${run}z`;
      x += run;
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>\n`
  );
}

const HALF_BLOCKS = [' ', '▄', '▀', '█'] as const;

/**
 * Two rows of modules a line of half blocks. With colours the code is black on white; without, light modules are
 * the blocks, which is right where the terminal itself is dark.
 */
export function qrToBlocks(code: QrCode, { isColoured }: { readonly isColoured: boolean }): string {
  const from = -QUIET_MODULES;
  const to = code.size + QUIET_MODULES;
  const isInk = (x: number, y: number) => (y < to && code.isDark(x, y)) === isColoured && y < to;
  const lines: string[] = [];
  for (let y = from; y < to; y += 2) {
    let line = '';
    for (let x = from; x < to; x++) line += HALF_BLOCKS[(isInk(x, y) ? 2 : 0) + (isInk(x, y + 1) ? 1 : 0)];
    lines.push(isColoured ? `\x1b[30;107m${line}\x1b[0m` : line);
  }
  return lines.join('\n');
}
