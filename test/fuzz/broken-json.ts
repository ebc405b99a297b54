// JSON made to be refused: one place of a value lost, doubled under another name, or turned into something else.

import { type Bytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { damageText } from './damage.ts';
import type { Random } from './random.ts';

export const jsonBytes = (value: unknown): Bytes => utf8ToBytes(JSON.stringify(value));

export const readJson = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

export function breakJson(random: Random, value: unknown): unknown {
  const odd = random.pick<unknown>([null, -1, 1.5, 1e300, 2 ** 33, '', 'x', '\ud83d', true, [], {}]);
  if (typeof value !== 'object' || value === null || random.chance(0.05)) return odd;
  const keys = Object.keys(value);
  const key = keys[random.below(keys.length)];
  if (key === undefined) return odd;
  if (Array.isArray(value)) {
    if (random.chance(0.2)) return [...value, value[Number(key)]];
    return value.map((item: unknown, at) => (String(at) === key ? breakJson(random, item) : item));
  }
  const broken: Record<string, unknown> = { ...value };
  if (random.chance(0.2)) delete broken[key];
  else if (random.chance(0.1)) broken[`${key}2`] = odd;
  else broken[key] = breakJson(random, broken[key]);
  return broken;
}

/** What no reader of JSON takes: damaged, cut, deep, or not UTF-8. */
export function brokenJsonText(random: Random, bytes: Uint8Array): Bytes {
  const text = new TextDecoder().decode(bytes);
  switch (random.below(5)) {
    case 0:
      return utf8ToBytes(text.slice(0, random.below(text.length)));
    case 1:
      return utf8ToBytes(random.chance(0.02) ? random.pick(['[', '{"signed":']).repeat(90_000) : '[{');
    case 2:
      return utf8ToBytes(`\ufeff${text}`);
    case 3: {
      const spoilt = new Uint8Array(bytes);
      spoilt[random.below(spoilt.length)] = 0x80 + random.below(128);
      return spoilt;
    }
    default:
      return utf8ToBytes(damageText(random, text));
  }
}
