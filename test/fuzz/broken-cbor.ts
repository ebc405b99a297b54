// CBOR made to be refused: for every code of the strict reader, items that break that one rule and no rule before it.

import { type Bytes, concatBytes } from '../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, type CborRefusal, type CborValue, encodeCbor } from '../../src/core/bytes/cbor.ts';
import type { Random } from './random.ts';

export const isCborRefusal = (code: string): code is CborRefusal =>
  (CBOR_REFUSALS as readonly string[]).includes(code);

/** A value that the reader takes, at most `depth` arrays and maps deep. */
export function anyCborValue(random: Random, depth: number): CborValue {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return random.below(2 ** random.below(53));
    case 1:
      return -1 - random.below(2 ** random.below(53));
    case 2:
      return random.bytes(random.below(30));
    case 3:
      return random.pick(['', 'a', 'ü', '水', '\u{10151}', 'twenty-four characters..']);
    case 4:
      return random.chance(0.5);
    case 5:
      return null;
    case 6:
      return Array.from({ length: random.below(5) }, () => anyCborValue(random, depth - 1));
    default: {
      const entries = Array.from(
        { length: random.below(4) },
        () => [random.below(300), anyCborValue(random, depth - 1)] as const,
      );
      return new Map(entries);
    }
  }
}

/** A whole input for a reader of `maxDepth` 3 or more. */
export function brokenCbor(random: Random, code: CborRefusal): Bytes {
  if (code === 'cbor-trailing-bytes')
    return concatBytes(encodeCbor(anyCborValue(random, 3)), random.bytes(1 + random.below(5)));
  const item = brokenItem(random, code);
  if (random.chance(0.4)) return item;
  const before = Array.from({ length: random.below(3) }, () => encodeCbor(anyCborValue(random, 1)));
  const after = code === 'cbor-truncated' ? [] : [encodeCbor(0)];
  const items = [...before, item, ...after];
  if (random.chance(0.5)) return concatBytes(Uint8Array.of(0x80 | items.length), ...items);
  const entries = items.flatMap((each, at) => [Uint8Array.of(at), each]);
  return concatBytes(Uint8Array.of(0xa0 | items.length), ...entries);
}

/** An item that breaks a rule wherever it stands ('cbor-truncated' only at the very end, 'cbor-trailing-bytes' nowhere). */
export function brokenItem(random: Random, code: CborRefusal): Bytes {
  const major = random.below(6) << 5;
  switch (code) {
    case 'cbor-truncated':
      return random.chance(0.5) ? cutItem(random) : lengthBomb(random);
    case 'cbor-trailing-bytes':
      throw new Error('an item cannot have bytes after itself');
    case 'cbor-too-deep':
      return concatBytes(
        new Uint8Array(9 + random.below(random.chance(0.01) ? 50_000 : 60)).fill(0x81),
        Uint8Array.of(0),
      );
    case 'cbor-indefinite-length':
      return concatBytes(
        Uint8Array.of(random.pick([0x5f, 0x7f, 0x9f, 0xbf, 0xff])),
        random.bytes(3),
        Uint8Array.of(0xff),
      );
    case 'cbor-reserved-head':
      return random.chance(0.2)
        ? Uint8Array.of(random.pick([0x1f, 0x3f]))
        : Uint8Array.of(random.pick([major, 0xe0]) | (28 + random.below(3)));
    case 'cbor-not-shortest':
      return longHead(random, major);
    case 'cbor-number-too-large':
      return concatBytes(
        Uint8Array.of(random.pick([0x1b, 0x3b]), 0x20 + random.below(0xe0)),
        random.bytes(7),
      );
    case 'cbor-bad-utf8':
      return random.pick([
        Uint8Array.of(0x61, 0x80 + random.below(0x80)),
        Uint8Array.of(0x62, 0xc0, 0x80 + random.below(0x40)),
        Uint8Array.of(0x63, 0xed, 0xa0 + random.below(0x20), 0x80),
        Uint8Array.of(0x64, 0xf4, 0x90, 0x80, 0x80),
      ]);
    case 'cbor-bad-key': {
      const key = random.pick<CborValue>([random.bytes(3), [], new Map(), true, null]);
      return concatBytes(Uint8Array.of(0xa1), encodeCbor(key), encodeCbor(0));
    }
    case 'cbor-duplicate-key':
      return brokenMap(random, (key) => [key, key]);
    case 'cbor-unsorted-keys':
      return brokenMap(random, (key) => [key + 1 + random.below(300), key]);
    case 'cbor-tag':
      return concatBytes(Uint8Array.of(0xc0 | random.below(32)), random.bytes(3));
    case 'cbor-float':
      return concatBytes(Uint8Array.of(0xf9 + random.below(3)), random.bytes(8));
    case 'cbor-simple-value':
      return Uint8Array.of(0xe0 | random.pick([0, 1, 19, 23, 24]), random.below(256));
  }
}

function cutItem(random: Random): Bytes {
  const whole = encodeCbor([random.bytes(1 + random.below(40)), anyCborValue(random, 1)]);
  return whole.slice(0, random.below(whole.length));
}

function lengthBomb(random: Random): Bytes {
  const head = random.pick([0x5a, 0x7a, 0x9a, 0xba]);
  return random.chance(0.5)
    ? concatBytes(Uint8Array.of(head, 0x80 + random.below(128)), random.bytes(3))
    : concatBytes(Uint8Array.of(head + 1, 1 + random.below(255)), random.bytes(7));
}

/** A head one or more sizes longer than its argument needs. */
function longHead(random: Random, major: number): Bytes {
  const size = 1 << random.below(4);
  const argument = new Uint8Array(size);
  const used = size === 1 ? 1 : size / 2;
  argument.set(random.bytes(used), size - used);
  if (size === 1) argument[0] = (argument[0] ?? 0) % 24;
  return concatBytes(Uint8Array.of(major | (24 + Math.log2(size))), argument);
}

function brokenMap(random: Random, twoKeys: (key: number) => readonly [number, number]): Bytes {
  const [first, second] = twoKeys(random.below(400)).map((key) =>
    encodeCbor(random.chance(0.5) ? key : -1 - key),
  );
  const isMixed = (first?.[0] ?? 0) >> 5 !== (second?.[0] ?? 0) >> 5;
  if (first === undefined || second === undefined || isMixed) return brokenMap(random, twoKeys);
  return concatBytes(Uint8Array.of(0xa2), first, encodeCbor(0), second, encodeCbor(0));
}
