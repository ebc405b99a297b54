import { describe, expect, it } from 'vitest';
import { cropLuma, doubleLuma, halveLuma, isWholePlane, rgbaToLuma } from '../../../src/decode/luma.ts';

const plane = (rows: number[][]) => ({
  data: Uint8Array.from(rows.flat()),
  width: rows[0]?.length ?? 0,
  height: rows.length,
});
const rowsOf = ({ data, width, height }: { data: ArrayLike<number>; width: number; height: number }) =>
  Array.from({ length: height }, (_, row) => Array.from(data).slice(row * width, (row + 1) * width));

describe('rgbaToLuma', () => {
  it.each([
    ['black', [0, 0, 0, 255], 0],
    ['white', [255, 255, 255, 255], 255],
    ['red', [255, 0, 0, 255], 77],
    ['green', [0, 255, 0, 255], 149],
    ['blue', [0, 0, 255, 255], 29],
    ['nothing there: paper', [0, 0, 0, 0], 255],
    ['half transparent black', [0, 0, 0, 128], 127],
  ])('%s', (_, rgba, grey) => {
    expect(rgbaToLuma(Uint8Array.from(rgba), 1, 1)).toEqual({
      data: Uint8Array.of(grey),
      width: 1,
      height: 1,
    });
  });
});

describe('cropLuma', () => {
  const whole = plane([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  it('cuts inside', () =>
    expect(rowsOf(cropLuma(whole, { left: 1, top: 1, width: 2, height: 1 }) ?? whole)).toEqual([[5, 6]]));
  it('keeps to the plane', () =>
    expect(rowsOf(cropLuma(whole, { left: -5, top: 1.5, width: 6.2, height: 90 }) ?? whole)).toEqual([
      [4, 5],
      [7, 8],
    ]));
  it('is null beside the plane', () => {
    expect(cropLuma(whole, { left: 3, top: 0, width: 2, height: 2 })).toBeNull();
    expect(cropLuma(whole, { left: 0, top: -4, width: 2, height: 4 })).toBeNull();
  });
});

describe('halveLuma and doubleLuma', () => {
  it('takes means and leaves out the odd rest', () =>
    expect(
      rowsOf(
        halveLuma(
          plane([
            [0, 4, 8, 8, 99],
            [0, 4, 8, 10, 99],
            [77, 77, 77, 77, 77],
          ]),
        ),
      ),
    ).toEqual([[2, 9]]));
  it('draws means between', () =>
    expect(
      rowsOf(
        doubleLuma(
          plane([
            [0, 100],
            [200, 100],
          ]),
        ),
      ),
    ).toEqual([
      [0, 50, 100, 100],
      [100, 100, 100, 100],
      [200, 150, 100, 100],
      [200, 150, 100, 100],
    ]));
});

describe('isWholePlane', () => {
  const data = new Uint8Array(12);
  it.each([
    [4, 3, true],
    [3, 3, true],
    [4, 4, false],
    [0, 3, false],
    [-4, -3, false],
    [1.5, 2, false],
    [Number.NaN, 1, false],
  ])('%d x %d of 12 pixels: %s', (width, height, is) =>
    expect(isWholePlane({ data, width, height })).toBe(is),
  );
});
