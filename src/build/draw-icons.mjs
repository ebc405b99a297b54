// Draws public/icons from the mark: node src/build/draw-icons.mjs. The pictures are committed; run it when the mark changes.

import { mkdirSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';

const HOUSING = '#101416';
const WHITE = '#ffffff';

/** The mark takes this share of the square; a maskable icon keeps it inside the middle 80 %. */
const SHARES = { plain: 0.72, maskable: 0.5 };

/** @param {number} share */
function drawing(share) {
  const scale = (100 * share) / 20;
  const edge = 50 - 12 * scale;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path fill="${HOUSING}" d="M0 0h100v100H0z"/><g fill="${WHITE}" transform="translate(${edge} ${edge}) scale(${scale})"><path d="M2 2h20v20h-4V6H6v16H2z"/><circle cx="12" cy="13" r="4"/></g></svg>\n`;
}

const folder = new URL('../../public/icons/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('mark.svg', folder), drawing(SHARES.plain));

/** @param {string} name @param {number} size @param {number} share */
async function draw(name, size, share) {
  const png = await sharp(Buffer.from(drawing(share)), { density: 72 * (size / 100) })
    .resize(size, size)
    .png({ compressionLevel: 9, palette: true })
    .toBuffer();
  writeFileSync(new URL(name, folder), png);
}

await draw('app-192.png', 192, SHARES.plain);
await draw('app-512.png', 512, SHARES.plain);
await draw('app-maskable-192.png', 192, SHARES.maskable);
await draw('app-maskable-512.png', 512, SHARES.maskable);
