import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPictureDecoder, readPicture } from '../../../src/cli/read-picture.ts';
import type { Decoder } from '../../../src/decode/decoder.ts';
import { drawFrame } from '../../support/frames/draw-frame.ts';

const plane = drawFrame('GL1:PICTURE', { width: 320, height: 240, turn: 10 });
const drawing = () => sharp(plane.data, { raw: { width: 320, height: 240, channels: 1 } });
let folder = '';
let decoder: Decoder;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  decoder = await openPictureDecoder();
});
afterAll(() => rm(folder, { recursive: true }));

async function textIn(name: string, bytes: Uint8Array): Promise<string | undefined> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const read = await readPicture(path);
  if (!read.ok) throw new Error(read.error.detail);
  return decoder.decode(read.value, 'file')[0]?.text;
}

describe('a picture file', () => {
  it('as PNG', async () =>
    expect(await textIn('a.png', await drawing().png().toBuffer())).toBe('GL1:PICTURE'));
  it('as JPEG', async () =>
    expect(await textIn('a.jpg', await drawing().jpeg().toBuffer())).toBe('GL1:PICTURE'));
  it('as WebP', async () =>
    expect(await textIn('a.webp', await drawing().webp().toBuffer())).toBe('GL1:PICTURE'));
  it('with 16 bits a colour', async () =>
    expect(await textIn('deep.png', await drawing().toColourspace('rgb16').png().toBuffer())).toBe(
      'GL1:PICTURE',
    ));
  it('cut off in the middle of its last lines', async () => {
    const whole = await drawing().jpeg({ quality: 95 }).toBuffer();
    expect(await textIn('cut.jpg', whole.subarray(0, whole.length - 400))).toBe('GL1:PICTURE');
  });
  it('black on nothing lies on white paper', async () => {
    const alpha = Uint8Array.from(plane.data, (grey) => (grey < 100 ? 255 : 0));
    const rgba = new Uint8Array(4 * alpha.length);
    for (const [at, value] of alpha.entries()) rgba[4 * at + 3] = value;
    const png = await sharp(rgba, { raw: { width: 320, height: 240, channels: 4 } })
      .png()
      .toBuffer();
    expect(await textIn('clear.png', png)).toBe('GL1:PICTURE');
  });
  it('is turned as its EXIF says', async () => {
    const path = join(folder, 'turned.jpg');
    await writeFile(path, await drawing().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    const read = await readPicture(path);
    expect(read.ok && [read.value.width, read.value.height]).toEqual([240, 320]);
  });
  it('that is none', async () => {
    const path = join(folder, 'not.png');
    await writeFile(path, 'GL1:TEXT');
    const read = await readPicture(path);
    expect(!read.ok && read.error.kind).toBe('not-a-picture');
  });
  it('that is not there', async () => {
    const read = await readPicture(join(folder, 'absent.png'));
    expect(!read.ok && read.error.kind).toBe('no-such-file');
  });
});
