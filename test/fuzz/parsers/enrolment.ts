// What a tablet reads of an enrolment, and what a server reads of a claim, under the fuzzer. What is taken must be written
// again as the very same text, code or bytes.

import { encodeBase45 } from '../../../src/core/bytes/base45.ts';
import { type Bytes, isSameBytes } from '../../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, type CborValue, encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import {
  ENROLMENT_PREFIX,
  encodeInvitation,
  INVITATION_REFUSALS,
  parseInvitation,
} from '../../../src/core/identity/enrolment-code.ts';
import { encodeClaim, parseClaim } from '../../../src/core/identity/enrolment-messages.ts';
import {
  encodeTypedCode,
  parseTypedCode,
  TYPED_CODE_REFUSALS,
} from '../../../src/core/identity/typed-code.ts';
import { anyCborValue, brokenCbor } from '../broken-cbor.ts';
import { damageBytes, damageText } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

const seeds = createRandom('enrolment seeds');
const someCodes = Array.from({ length: 20 }, () => seeds.bytes(16));

const textOf = (value: CborValue): string => ENROLMENT_PREFIX + encodeBase45(encodeCbor(value));

export const invitationFuzzable: Fuzzable = toFuzzable<string>({
  name: 'invitation',
  codes: INVITATION_REFUSALS,
  seedInputs: someCodes.map((code, at) =>
    encodeInvitation({
      origin: { text: `https://gate${at}.example`, authority: `gate${at}.example` },
      code,
      serverKeyHash: seeds.bytes(32),
      rootHash: seeds.bytes(32),
    }),
  ),
  mutate(random, text, aim) {
    switch (aim) {
      case 'not-an-enrolment':
        return text.slice(1 + random.below(8));
      case 'enrolment-malformed':
        return random.chance(0.5)
          ? textOf(anyCborValue(random, 2))
          : ENROLMENT_PREFIX + encodeBase45(brokenCbor(random, random.pick(CBOR_REFUSALS)));
      case 'enrolment-origin':
        return textOf([badOrigin(random), random.bytes(16), random.bytes(32), random.bytes(32)]);
      default:
        return damageText(random, text);
    }
  },
  run(text) {
    const parsed = parseInvitation(text);
    if (!parsed.ok) return parsed.error;
    if (encodeInvitation(parsed.value) !== text) throw new Error('two texts for the same invitation');
    return 'ok';
  },
  show: (text) => JSON.stringify(text),
});

export const typedCodeFuzzable: Fuzzable = toFuzzable<string>({
  name: 'typed-code',
  codes: TYPED_CODE_REFUSALS,
  seedInputs: someCodes.map(encodeTypedCode),
  mutate(random, text, aim) {
    const at = random.below(text.length);
    const put = (piece: string) => text.slice(0, at) + piece + text.slice(at + 1);
    switch (aim) {
      case 'code-length':
        return random.chance(0.5) ? text.slice(0, at) : text + text.slice(at);
      case 'code-character':
        return put(random.pick(['U', 'u', '!', 'é', '水', '\u0000']));
      case 'code-mistyped':
        return random.chance(0.5) ? put(random.pick([...'0123456789ABCXYZ'])) : [...text].reverse().join('');
      default:
        return damageText(random, text);
    }
  },
  run(text) {
    const parsed = parseTypedCode(text);
    if (!parsed.ok) return parsed.error;
    const again = parseTypedCode(encodeTypedCode(parsed.value));
    if (!again.ok || !isSameBytes(again.value, parsed.value)) throw new Error('another code comes back');
    return 'ok';
  },
  show: (text) => JSON.stringify(text),
});

export const claimFuzzable: Fuzzable = toFuzzable<Bytes>({
  name: 'claim',
  codes: ['claim-malformed'],
  seedInputs: someCodes.map((_, at) =>
    encodeClaim({
      tablet: { algorithm: 'ed25519', bytes: seeds.bytes(32) },
      proof: seeds.bytes(32),
      boundTo: at % 2 === 0 ? null : 'north-station',
    }),
  ),
  mutate: (random, bytes, aim) =>
    aim === null ? damageBytes(random, bytes) : encodeCbor(anyCborValue(random, 3)),
  run(bytes) {
    const parsed = parseClaim(bytes);
    if (!parsed.ok) return parsed.error;
    if (!isSameBytes(encodeClaim(parsed.value), bytes)) throw new Error('two encodings of the same claim');
    return 'ok';
  },
  show: encodeHex,
});

const badOrigin = (random: Random): CborValue =>
  random.pick<CborValue>([
    null,
    7,
    '',
    'http://gate.example',
    'https://gate.example/',
    'https://GATE.example',
    'https://gate.example:443',
    'https://user@gate.example',
    'javascript:alert(1)',
  ]);
