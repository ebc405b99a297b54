// Base45 under the fuzzer. What is taken must encode to the very same text.

import { BASE45_REFUSALS, encodeBase45, parseBase45 } from '../../../src/core/bytes/base45.ts';
import { damageText } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

const seeds = createRandom('base45 seeds');

export const base45Fuzzable: Fuzzable = toFuzzable<string>({
  name: 'base45',
  codes: BASE45_REFUSALS,
  seedInputs: Array.from({ length: 40 }, (_, length) => encodeBase45(seeds.bytes(length * 4))),
  mutate: (random, text, aim) => (aim === null ? damageText(random, text) : breakBase45(random, text, aim)),
  run(text) {
    const parsed = parseBase45(text);
    if (!parsed.ok) return parsed.error;
    if (encodeBase45(parsed.value) !== text) throw new Error('two texts for the same bytes');
    return 'ok';
  },
  show: (text) => JSON.stringify(text),
});

/** The text with one thing wrong. */
export function breakBase45(random: Random, text: string, code: string): string {
  const at = random.below(text.length + 1);
  switch (code) {
    case 'base45-lower-case':
      return text.slice(0, at) + random.pick(['a', 'm', 'z']) + text.slice(at + 1);
    case 'base45-white-space':
      return (
        text.slice(0, at) + random.pick(['\t', '\n', '\r', '\u00a0', '\u2003', '\ufeff']) + text.slice(at + 1)
      );
    case 'base45-bad-character':
      return (
        text.slice(0, at) +
        random.pick(['_', '!', '#', '\u0000', '\u007f', 'Ä', '水', '\ud83d', '０']) +
        text.slice(at + 1)
      );
    case 'base45-bad-length':
      return `${text.slice(0, at - (at % 3))}${random.below(10)}`;
    default:
      return `${text.slice(0, at - (at % 3))}${random.pick(['GGW', ':::', '00X', '  Z', 'V5', '::', '06'])}`;
  }
}
