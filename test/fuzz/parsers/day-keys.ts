// Day keys on their way to a tablet, under the fuzzer. Signatures are judged by their first byte here, so that what stands
// behind the check is met too. What is taken has days in order and keys of their length.

import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, type CborValue, encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import {
  DAY_KEYS_REFUSALS,
  type DayKeys,
  MAX_DAY_KEYS_BYTES,
  openDayKeys,
  signDayKeys,
} from '../../../src/core/log/sealed/day-key-message.ts';
import { dayAfter } from '../../../src/core/log/sealed/key-ends.ts';
import { agreeOnKey, boxKeyPairOf, sealBox } from '../../../src/core/nacl/box.ts';
import { COSE_REFUSALS } from '../../../src/core/signature/cose-sign1.ts';
import type { Ed25519Engine } from '../../../src/core/signature/engine.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';
import { anyCborValue, brokenCbor } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';
import { breakCose, wrapInCose } from './cose.ts';

const DAY = '2026-03-02';
const seeds = createRandom('day keys seeds');
const OWN = { site: 'lindenhof', device: '0123456789abcdef0123456789abcdef', nonce: seeds.bytes(16) };
const tablet = boxKeyPairOf(seeds.bytes(32));
const server = boxKeyPairOf(seeds.bytes(32));
const sharedKey = agreeOnKey(tablet.publicKey, server.secretKey) ?? new Uint8Array(32);

const ENGINE: Ed25519Engine = {
  name: 'webcrypto',
  verify: async (_key, signature) => (signature[0] ?? 0) % 4 !== 0,
};

export async function openDayKeysFuzzable(): Promise<Fuzzable> {
  const signer = await createSigner(new Uint8Array(32).fill(9));
  const send = (keys: DayKeys) =>
    signDayKeys(OWN, keys, tablet.publicKey, (length) => seeds.bytes(length), signer);
  const whole: DayKeys = {
    sealKeys: Array.from({ length: 36 }, (_, at) => ({ day: dayAfter(DAY, at), publicKey: seeds.bytes(32) })),
    pseudonymKeys: Array.from({ length: 4 }, (_, at) => ({ day: dayAfter(DAY, at), key: seeds.bytes(32) })),
  };
  return toFuzzable<Bytes>({
    name: 'day-keys',
    codes: DAY_KEYS_REFUSALS,
    seedInputs: [await send(whole), await send({ sealKeys: [], pseudonymKeys: [] })],
    mutate: (random, bytes, aim) => (aim === null ? damageBytes(random, bytes) : breakDayKeys(random, aim)),
    async run(bytes) {
      const opened = await openDayKeys(bytes, OWN, tablet.secretKey, [signer.publicKey], ENGINE);
      if (!opened.ok) return opened.error;
      const { sealKeys, pseudonymKeys } = opened.value;
      for (const days of [sealKeys, pseudonymKeys].map((keys) => keys.map(({ day }) => day)))
        if (days.some((day, at) => at > 0 && day <= (days[at - 1] ?? '')))
          throw new Error('days in disorder');
      const keys = [...sealKeys.map(({ publicKey }) => publicKey), ...pseudonymKeys.map(({ key }) => key)];
      if (keys.some(({ length }) => length !== 32)) throw new Error('a key of another length');
      return 'ok';
    },
    show: encodeHex,
  });
}

const keysFrom = (random: Random, count: number, bytes = 32): CborValue =>
  Array.from({ length: count }, (_, at) => [dayAfter(DAY, at), random.bytes(bytes)]);

const boxOf = (inside: Bytes): CborValue => [
  server.publicKey,
  sealBox(inside, new Uint8Array(24), sharedKey),
];

function breakDayKeys(random: Random, code: string): Bytes {
  const { site, device, nonce } = OWN;
  const seals = keysFrom(random, random.below(4));
  const box = boxOf(encodeCbor(keysFrom(random, random.below(4))));
  const wrap = (value: CborValue): Bytes => wrapInCose(random, encodeCbor(value));
  switch (code) {
    case 'day-keys-cose':
      if (random.chance(0.1)) return random.bytes(MAX_DAY_KEYS_BYTES + 1);
      return breakCose(random, random.pick(COSE_REFUSALS));
    case 'day-keys-other-device':
      return wrap(
        random.chance(0.5)
          ? ['westtor', device, nonce, seals, box]
          : [site, encodeHex(random.bytes(16)), nonce, seals, box],
      );
    case 'day-keys-other-nonce':
      return wrap([site, device, random.bytes(random.below(20)), seals, box]);
    case 'day-keys-box':
      return wrap([site, device, nonce, seals, [random.bytes(32), random.bytes(random.below(60))]]);
    case 'day-keys-shape':
      return breakShape(random, seals, box);
    default:
      return wrap([site, device, nonce, seals, box]);
  }
}

function breakShape(random: Random, seals: CborValue, box: CborValue): Bytes {
  const { site, device, nonce } = OWN;
  if (random.chance(0.2)) return wrapInCose(random, brokenCbor(random, random.pick(CBOR_REFUSALS)));
  const parts: readonly CborValue[] = [site, device, nonce, seals, box];
  const oddKeys = random.pick<CborValue>([
    keysFrom(random, 2, random.below(32)),
    keysFrom(random, 101),
    [
      [DAY, random.bytes(32)],
      [DAY, random.bytes(32)],
    ],
    [['2026-02-30', random.bytes(32)]],
    [[DAY]],
  ]);
  const shape = random.pick<CborValue>([
    anyCborValue(random, 2),
    [...parts, 0],
    parts.slice(0, 4),
    parts.with(random.below(5), anyCborValue(random, 1)),
    parts.with(3, oddKeys),
    parts.with(4, boxOf(encodeCbor(oddKeys))),
    parts.with(4, boxOf(random.bytes(random.below(40)))),
  ]);
  return wrapInCose(random, encodeCbor(shape));
}
