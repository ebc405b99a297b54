// The text of a pass under the fuzzer, through all of its layers: every code of every layer, from a text.

import { encodeBase45 } from '../../../src/core/bytes/base45.ts';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { GL1_PREFIX, MAX_TEXT_CHARACTERS, parsePass } from '../../../src/core/pass/gl1.ts';
import { PASS_REFUSALS } from '../../../src/core/pass/refusal.ts';
import { createTestIssuer, TEST_NOW_SECONDS } from '../../support/test-issuer.ts';
import { isCborRefusal } from '../broken-cbor.ts';
import { damageBytes, damageText } from '../damage.ts';
import type { Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';
import { breakBase45 } from './base45.ts';
import { breakClaims, claimsSeeds } from './claims.ts';
import { breakCose, wrapInCose } from './cose.ts';

export async function openTextFuzzable(): Promise<Fuzzable> {
  const { issue } = await createTestIssuer();
  const printed = { name: 'Amina Diallo', birthYear: 1988 };
  return toFuzzable<string>({
    name: 'text',
    codes: PASS_REFUSALS,
    seedInputs: [await issue(), await issue({ colour: 'red' }), await issue({ printed })],
    mutate(random, text, aim) {
      if (aim !== null) return breakText(random, text, aim);
      return random.chance(0.5) ? damageText(random, text) : damageWithin(random);
    },
    run(text) {
      const parsed = parsePass(text, TEST_NOW_SECONDS);
      return parsed.ok ? 'ok' : parsed.error;
    },
    show: (text) => JSON.stringify(text),
  });
}

const toText = (cose: Bytes): string => GL1_PREFIX + encodeBase45(cose);

/** Damage below the text: claims that are nearly right in a COSE_Sign1 that is whole. */
const damageWithin = (random: Random): string =>
  toText(wrapInCose(random, damageBytes(random, random.pick(claimsSeeds))));

function breakText(random: Random, text: string, code: string): string {
  if (code === 'not-a-pass')
    return (
      random.pick(['', 'HC1:', 'gl1:', ' GL1:', 'https://', 'GL2:', 'G']) + damageText(random, text.slice(4))
    );
  if (code === 'text-too-long')
    return (
      text +
      text
        .slice(4)
        .repeat(MAX_TEXT_CHARACTERS / 100)
        .slice(0, MAX_TEXT_CHARACTERS)
    );
  if (code.startsWith('base45-'))
    return GL1_PREFIX + breakBase45(random, text.slice(GL1_PREFIX.length), code);
  const isInClaims = code.startsWith('claims-') || (isCborRefusal(code) && random.chance(0.5));
  return toText(isInClaims ? wrapInCose(random, breakClaims(random, code)) : breakCose(random, code));
}
