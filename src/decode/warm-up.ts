// A plane that looks like a code and is none: three finders, timing, and modules that spell nothing. Decoding it a few
// times lets the engine compile the paths that a real code takes, before the first person stands at the gate.

import type { LumaPlane } from './decoder.ts';

export function drawWarmUpPlane(width: number, height: number, seed: number): LumaPlane {
  const data = new Uint8Array(width * height).fill(215);
  const modules = 45;
  const size = Math.max(2, Math.floor(Math.min(width, height) / 90));
  const left = (width - modules * size) >> 1;
  const top = (height - modules * size) >> 1;
  let state = seed | 1;
  for (let row = 0; row < modules; row++) {
    for (let column = 0; column < modules; column++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const isDark = finderModule(row, column, modules) ?? timingModule(row, column) ?? (state & 1) === 1;
      if (!isDark) continue;
      for (let y = 0; y < size; y++) {
        const from = (top + row * size + y) * width + left + column * size;
        data.fill(40, from, from + size);
      }
    }
  }
  return { data, width, height };
}

function finderModule(row: number, column: number, modules: number): boolean | null {
  const fold = (at: number) => (at < 8 ? at : at >= modules - 8 ? modules - 1 - at : null);
  const y = fold(row);
  const x = fold(column);
  if (y === null || x === null || (row >= 8 && column >= 8)) return null;
  const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3));
  return ring !== 2 && ring !== 4;
}

const timingModule = (row: number, column: number): boolean | null =>
  row === 6 ? column % 2 === 0 : column === 6 ? row % 2 === 0 : null;
