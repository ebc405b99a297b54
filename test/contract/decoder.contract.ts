// What every decoder must do: read every size, level and mode of plain symbols, read a pass as a camera sees it, read
// nothing where there is nothing, and never throw. Handed the decoder to try and what it can do beyond.

import { correction, generate, mode } from 'lean-qr';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Decoder, Effort, LumaPlane } from '../../src/decode/decoder.ts';
import { createRandom, drawFrame, drawPlain, type FrameOptions } from '../support/frames/draw-frame.ts';

export interface DecoderTraits {
  /** It looks for light codes on dark. */
  readonly canInvert: boolean;
  readonly canMirror: boolean;
  /** It reads the harder frames too, not only the plainer ones. */
  readonly readsHardFrames: boolean;
}

const EFFORTS: readonly Effort[] = ['video', 'picture', 'file'];
/** As long as an ordinary pass: version 7 at level M. */
export const PASS_TEXT = `GL1:${'6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE%V'.repeat(4).slice(0, 167)}`;

const PLAINER: Record<string, FrameOptions> = {
  'held straight': {},
  'turned by a third': { turn: 35 },
  'upside down': { turn: 180, seed: 2 },
  'tilted to the side': { tiltX: 35, seed: 3 },
  'tilted back and turned': { tiltY: 30, turn: -20, seed: 4 },
  'off the middle': { shiftX: 380, shiftY: -160, seed: 5 },
  'in a dim room': { light: 0.3, noise: 2, seed: 6 },
  'a little blurred': { blur: 1.2, seed: 7 },
};
const HARDER: Record<string, FrameOptions> = {
  'small: 2.5 pixels a module': { modulePixels: 2.5, seed: 8 },
  'blurred by half a module': { blur: 2.8, seed: 9 },
  'in the dark, noisy': { light: 0.12, noise: 4, seed: 10 },
  'noisy and tilted': { noise: 18, tiltX: 30, turn: 15, seed: 11 },
};

export function testDecoder(name: string, open: () => Promise<Decoder>, traits: DecoderTraits): void {
  describe(`${name}: the decoder contract`, () => {
    let decoder: Decoder;
    beforeAll(async () => {
      decoder = await open();
    });
    const textsOf = (plane: LumaPlane, effort: Effort) =>
      decoder.decode(plane, effort).map((reading) => reading.text);
    /** A camera shows the same thing for many frames. */
    const seenOnVideo = (plane: LumaPlane, frames = 16) => {
      for (let frame = 0; frame < frames; frame++) {
        const [text] = textsOf(plane, 'video');
        if (text !== undefined) return text;
      }
      return null;
    };

    describe('plain symbols', () => {
      for (const level of ['L', 'M', 'Q', 'H'] as const) {
        it(`versions 1 to 40 at level ${level}`, () => {
          for (let version = 1; version <= 40; version++) {
            const symbol = generate(`V${version}`, {
              minVersion: version,
              maxVersion: version,
              minCorrectionLevel: correction[level],
              maxCorrectionLevel: correction[level],
            });
            expect(symbol.size).toBe(17 + 4 * version);
            expect(textsOf(drawPlain(symbol, 4), 'picture'), `version ${version}`).toEqual([`V${version}`]);
          }
        });
      }

      const modes = {
        numeric: '01234567890123456789',
        alphanumeric: 'GL1:ABC $%*+-./:',
        latin: 'Straße, façade',
        'UTF-8': 'عبور 通行 पास',
        kanji: '点茗点茗',
      };
      for (const [kind, text] of Object.entries(modes)) {
        it(`${kind} mode`, () => {
          const asKanji = kind === 'kanji' ? { modes: [mode.shift_jis] } : {};
          expect(textsOf(drawPlain(generate(text, asKanji), 4), 'picture')).toEqual([text]);
        });
      }

      it('a symbol filled to the brim', () => {
        const text = '0123456789ABCDE'.repeat(300).slice(0, 4296);
        expect(textsOf(drawPlain(generate(text), 4), 'picture')).toEqual([text]);
      });

      it('tells where: corners on the symbol, clockwise from its top left', () => {
        const plane = drawFrame(PASS_TEXT, { modulePixels: 8 });
        const [reading] = decoder.decode(plane, 'picture');
        const corners = reading?.corners ?? [];
        expect(corners).toHaveLength(4);
        const half = (45 / 2) * 8;
        const wanted = [
          [640 - half, 360 - half],
          [640 + half, 360 - half],
          [640 + half, 360 + half],
          [640 - half, 360 + half],
        ];
        for (const [at, corner] of corners.entries()) {
          // Within the finder: one decoder tells the symbol's corner, the other the finder's middle.
          expect(Math.abs(corner.x - (wanted[at]?.[0] ?? 0))).toBeLessThan(4 * 8);
          expect(Math.abs(corner.y - (wanted[at]?.[1] ?? 0))).toBeLessThan(4 * 8);
        }
      });
    });

    describe('a pass before the camera', () => {
      const kinds = traits.readsHardFrames ? { ...PLAINER, ...HARDER } : PLAINER;
      for (const [kind, options] of Object.entries(kinds)) {
        it(kind, () => {
          const plane = drawFrame(PASS_TEXT, options);
          expect(textsOf(plane, 'picture')).toEqual([PASS_TEXT]);
          expect(textsOf(plane, 'file')).toEqual([PASS_TEXT]);
          expect(seenOnVideo(plane)).toBe(PASS_TEXT);
        });
      }

      it.runIf(traits.canInvert)('light on dark', () => {
        const plane = drawFrame(PASS_TEXT, { isInverted: true });
        expect(textsOf(plane, 'picture')).toEqual([PASS_TEXT]);
        expect(seenOnVideo(plane)).toBe(PASS_TEXT);
      });

      it.runIf(traits.canMirror)('mirrored, as some front cameras show it', () => {
        const plane = drawFrame(PASS_TEXT, { isMirrored: true });
        expect(textsOf(plane, 'picture')).toEqual([PASS_TEXT]);
        expect(seenOnVideo(plane)).toBe(PASS_TEXT);
      });

      it('gives the same text again on every later frame it reads', () => {
        for (let frame = 0; frame < 40; frame++) {
          const plane = drawFrame(PASS_TEXT, { width: 640, height: 360, modulePixels: 5, shiftX: frame });
          for (const text of textsOf(plane, 'video')) expect(text).toBe(PASS_TEXT);
        }
        expect(seenOnVideo(drawFrame(PASS_TEXT, { modulePixels: 5, shiftX: -300 }))).toBe(PASS_TEXT);
      });
    });

    describe.each(EFFORTS)('nothing to read, effort %s', (effort) => {
      const readsNothing = (plane: LumaPlane) => {
        for (let frame = 0; frame < 8; frame++) expect(decoder.decode(plane, effort)).toEqual([]);
      };

      it('an empty room', () => readsNothing(drawFrame(null, { width: 640, height: 360, noise: 4 })));

      it('noise', () => {
        const random = createRandom(99);
        const data = Uint8Array.from({ length: 320 * 240 }, () => Math.floor(random() * 256));
        readsNothing({ data, width: 320, height: 240 });
      });

      it.each([0, 128, 255])('one grey of %d', (grey) =>
        readsNothing({ data: new Uint8Array(200 * 150).fill(grey), width: 200, height: 150 }),
      );

      it.each([
        [0, 0],
        [0, 7],
        [1, 1],
        [2, 1],
        [3, 5],
        [7, 40],
        [1, 2000],
        [2001, 1],
        [21, 21],
        [41, 39],
      ])('a plane of %d x %d', (width, height) => {
        const data = Uint8Array.from({ length: width * height }, (_, at) => (at * 89) % 256);
        readsNothing({ data, width, height });
      });

      it('a plane with fewer pixels than it claims', () =>
        readsNothing({ data: new Uint8Array(10), width: 100, height: 100 }));

      it('a size that is no size', () => {
        for (const width of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          readsNothing({ data: new Uint8Array(100), width, height: 10 });
        }
      });
    });

    it('a symbol with one block too many gone reads as nothing, not as another text', () => {
      const plane = drawPlain(generate(PASS_TEXT, { minCorrectionLevel: correction.M }), 4);
      const from = 20 * 4;
      for (let row = from; row < from + 140; row++) {
        (plane.data as Uint8Array).fill(
          row % 8 < 4 ? 0 : 255,
          row * plane.width + from,
          row * plane.width + from + 120,
        );
      }
      for (const effort of EFFORTS) expect(textsOf(plane, effort)).toEqual([]);
    });
  });
}
