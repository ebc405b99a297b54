// A signed time under the fuzzer. What is taken lies within the calendar.

import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, type CborValue, encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { COSE_REFUSALS } from '../../../src/core/signature/cose-sign1.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';
import {
  signTime,
  TIME_NONCE_BYTES,
  TIME_REFUSALS,
  verifyTime,
} from '../../../src/core/trust/signed-time.ts';
import { TEST_NOW_SECONDS } from '../../support/test-issuer.ts';
import { anyCborValue, brokenCbor } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import type { Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';
import { breakCose, wrapInCose } from './cose.ts';

const NONCE: Bytes = new Uint8Array(TIME_NONCE_BYTES).fill(0x4e);

export async function openSignedTimeFuzzable(): Promise<Fuzzable> {
  const [engine, signer] = [await chooseEngine(), await createSigner(new Uint8Array(32).fill(9))];
  return toFuzzable<Bytes>({
    name: 'signed-time',
    codes: TIME_REFUSALS,
    seedInputs: [await signTime(NONCE, TEST_NOW_SECONDS, signer)],
    mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakTime(random, aim)),
    async run(bytes) {
      const verified = await verifyTime(bytes, NONCE, [signer.publicKey], engine);
      if (!verified.ok) return verified.error;
      new Date(verified.value * 1000).toISOString();
      return 'ok';
    },
    show: encodeHex,
  });
}

function breakTime(random: Random, code: string): Bytes {
  const seconds = TEST_NOW_SECONDS + random.below(100_000);
  switch (code) {
    case 'time-cose':
      return breakCose(random, random.pick(COSE_REFUSALS));
    case 'time-shape': {
      if (random.chance(0.3)) return wrapInCose(random, brokenCbor(random, random.pick(CBOR_REFUSALS)));
      const shape = random.pick<CborValue>([
        anyCborValue(random, 2),
        [NONCE],
        [NONCE, seconds, 0],
        [NONCE, -seconds],
        [NONCE, random.below(1_577_836_800)],
        [NONCE, 253_402_300_800 + random.below(2 ** 40)],
        [encodeHex(NONCE), seconds],
        [seconds, NONCE],
      ]);
      return wrapInCose(random, encodeCbor(shape));
    }
    case 'time-other-nonce': {
      const nonce = random.pick([random.bytes(16), NONCE.slice(1), new Uint8Array(0), new Uint8Array(17)]);
      return wrapInCose(random, encodeCbor([nonce, seconds]));
    }
    default:
      return wrapInCose(random, encodeCbor([NONCE, seconds]));
  }
}
