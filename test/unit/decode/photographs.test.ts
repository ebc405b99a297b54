// Photographs that others took, read as one picture each; they lie outside the project and are skipped where absent.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPixels } from '../../../src/cli/picture-file.ts';
import { openPictureDecoder } from '../../../src/cli/read-picture.ts';
import { rgbaToLuma } from '../../../src/decode/luma.ts';
import { addPicture, createScore, rateOf } from '../../bench/decode-score.ts';

const FOLDER = join(import.meta.dirname, '../../../../shared/data/qr-photos');
const isThere = existsSync(FOLDER);

it.skipIf(!isThere)(`photographs in ${FOLDER}${isThere ? '' : ' (absent: skipped)'}`, async () => {
  const entries = JSON.parse(await readFile(join(FOLDER, 'manifest.json'), 'utf8')) as {
    file: string;
    expected: string[];
  }[];
  const decoder = await openPictureDecoder();
  let score = createScore('all', decoder.name);
  for (const entry of entries) {
    const read = await readPixels(join(FOLDER, entry.file), 1280);
    if (!read.ok) throw new Error(`${entry.file}: ${read.error.detail}`);
    const { rgba, width, height } = read.value;
    const texts = decoder.decode(rgbaToLuma(rgba, width, height), 'picture').map((reading) => reading.text);
    score = addPicture(score, entry, texts, 0);
  }
  expect(score.coded).toBeGreaterThan(300);
  expect(score.wrong).toEqual([]);
  expect(score.phantoms).toEqual([]);
  expect(rateOf(score)).toBeGreaterThan(0.92);
});
