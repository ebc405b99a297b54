// Damage that knows nothing of structure: bits, bytes and pieces changed, lost, doubled or moved.

import { type Bytes, concatBytes } from '../../src/core/bytes/bytes.ts';
import type { Random } from './random.ts';

const TELLING_BYTES = [
  0x00, 0x17, 0x18, 0x1b, 0x1f, 0x20, 0x40, 0x5f, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xf4, 0xf7, 0xfb, 0xff,
];
const RANDOM_SHARE = 0.1;
const MAX_RANDOM_BYTES = 64;
const MAX_STEPS = 4;

export function damageBytes(random: Random, input: Uint8Array): Bytes {
  if (random.chance(RANDOM_SHARE)) return random.bytes(random.below(MAX_RANDOM_BYTES));
  let bytes = concatBytes(input);
  for (let steps = 1 + random.below(MAX_STEPS); steps > 0; steps--) bytes = damageOnce(random, bytes);
  return bytes;
}

function damageOnce(random: Random, bytes: Bytes): Bytes {
  const at = random.below(bytes.length + 1);
  const size = 1 + random.below(8);
  const [head, tail, rest] = [bytes.subarray(0, at), bytes.subarray(at), bytes.subarray(at + size)];
  switch (random.below(7)) {
    case 0:
      return concatBytes(
        head,
        Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))),
        bytes.subarray(at + 1),
      );
    case 1:
      return concatBytes(head, Uint8Array.of(random.pick(TELLING_BYTES)), bytes.subarray(at + 1));
    case 2:
      return concatBytes(head, random.bytes(size), tail);
    case 3:
      return concatBytes(head, rest);
    case 4:
      return concatBytes(head, tail.subarray(0, size), tail);
    case 5:
      return concatBytes(rest, head);
    default:
      return concatBytes(head);
  }
}

const TELLING_TEXTS = [
  '',
  ' ',
  'a',
  'Z',
  ':',
  '%',
  '\n',
  '\u00a0',
  '\ud83d',
  '水',
  'GL1:',
  'gl1:',
  '\u0000',
  '"',
  '{',
  ']',
  '\\u0000',
];

export function damageText(random: Random, input: string): string {
  let text = input;
  for (let steps = 1 + random.below(MAX_STEPS); steps > 0; steps--) {
    const at = random.below(text.length + 1);
    const lost = random.chance(0.5) ? random.below(4) : 0;
    const put = random.chance(0.5) ? random.pick(TELLING_TEXTS) : text.slice(at, at + random.below(5));
    text = text.slice(0, at) + put + text.slice(at + lost);
    if (random.chance(0.05)) text = text.slice(0, at);
  }
  return text;
}
