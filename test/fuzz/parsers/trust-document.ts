// The trust document under the fuzzer. Its signature stands before its contents, so contents are broken first and then
// signed: a stock of them, for signing costs more than everything else here.

import { type Bytes, concatBytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../src/core/signature/signer.ts';
import type { Trust } from '../../../src/core/trust/trust.ts';
import {
  encodeTrust,
  MAX_TRUST_LENGTH,
  TRUST_REFUSALS,
  verifyTrustDocument,
} from '../../../src/core/trust/trust-document.ts';
import { createTestIssuer, TEST_NOW_SECONDS } from '../../support/test-issuer.ts';
import { damageText } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

interface TrustInput {
  readonly text: string;
  readonly pinnedRoot: Bytes | null;
}

const SIGNED_STOCK = 400;

export async function openTrustDocumentFuzzable(): Promise<Fuzzable> {
  const [engine, signer] = [await chooseEngine(), await createSigner(new Uint8Array(32).fill(9))];
  const signed = encodeTrust(await someTrust(signer));
  const random = createRandom('trust seeds');
  const sign = (texts: readonly string[]) => Promise.all(texts.map((text) => signText(text, signer)));
  const whole = await sign([signed]);
  const wrongShapes = await sign(
    Array.from({ length: SIGNED_STOCK }, () => JSON.stringify(breakJson(random, JSON.parse(signed)))),
  );
  const wrongTexts = await sign(Array.from({ length: SIGNED_STOCK }, () => damageText(random, signed)));
  const otherRoot = new Uint8Array(32).fill(3);

  return toFuzzable<TrustInput>({
    name: 'trust-document',
    codes: TRUST_REFUSALS,
    seedInputs: whole.flatMap((text) => [
      { text, pinnedRoot: null },
      { text, pinnedRoot: signer.publicKey },
    ]),
    mutate(random, input, aim) {
      if (aim === null)
        return {
          ...input,
          text: random.chance(0.5) ? damageText(random, input.text) : breakFrame(random, input.text),
        };
      switch (aim) {
        case 'trust-too-large':
          return { ...input, text: input.text + ' '.repeat(MAX_TRUST_LENGTH) };
        case 'trust-json':
          if (random.chance(0.01)) return { ...input, text: random.pick(['[', '{"signed":']).repeat(90_000) };
          if (random.chance(0.5)) return { ...input, text: random.pick(wrongTexts) };
          return { ...input, text: input.text.slice(0, random.below(input.text.length)) };
        case 'trust-root':
          return { ...input, pinnedRoot: otherRoot };
        case 'trust-signature':
          return { ...input, text: breakSignature(random, input.text) };
        case 'trust-schema':
          return { ...input, text: random.pick(wrongShapes) };
        default:
          return { ...input, text: breakFrame(random, input.text) };
      }
    },
    async run({ text, pinnedRoot }) {
      const verified = await verifyTrustDocument(text, pinnedRoot, engine);
      return verified.ok ? 'ok' : verified.error.code;
    },
    show: ({ text, pinnedRoot }) =>
      `${pinnedRoot === null ? 'first load' : `root ${encodeHex(pinnedRoot)}`}, ${JSON.stringify(text)}`,
  });
}

async function signText(signed: string, signer: Signer): Promise<string> {
  const signature = await signer.sign(concatBytes(utf8ToBytes('gatelight-trust-1\n'), utf8ToBytes(signed)));
  return JSON.stringify({ signed, key: encodeHex(signer.publicKey), signature: encodeHex(signature) });
}

/** One place of a JSON value lost, doubled under another name, or turned into something else. */
function breakJson(random: Random, value: unknown): unknown {
  const odd = random.pick<unknown>([null, -1, 1.5, 1e300, '', 'x', true, [], {}]);
  if (typeof value !== 'object' || value === null || random.chance(0.05)) return odd;
  const keys = Object.keys(value);
  const key = keys[random.below(keys.length)];
  if (key === undefined) return odd;
  if (Array.isArray(value))
    return value.map((item: unknown, at) => (String(at) === key ? breakJson(random, item) : item));
  const broken: Record<string, unknown> = { ...value };
  if (random.chance(0.2)) delete broken[key];
  else if (random.chance(0.1)) broken[`${key}2`] = odd;
  else broken[key] = breakJson(random, broken[key]);
  return broken;
}

const breakFrame = (random: Random, text: string): string => {
  const frame: Record<string, unknown> = { ...JSON.parse(text) };
  const key = random.pick(['signed', 'key', 'signature']);
  if (random.chance(0.3)) return JSON.stringify(random.pick<unknown>([null, 1, 'x', [], {}]));
  frame[key] = random.pick<unknown>([
    null,
    1,
    [],
    {},
    '',
    'zz',
    'z'.repeat(64),
    'z'.repeat(128),
    '00'.repeat(31),
    '00'.repeat(65),
  ]);
  return JSON.stringify(frame);
};

function breakSignature(random: Random, text: string): string {
  const frame: Record<string, unknown> = { ...JSON.parse(text) };
  if (random.chance(0.5)) return JSON.stringify({ ...frame, signed: `${frame.signed} ` });
  return JSON.stringify({ ...frame, signature: encodeHex(random.bytes(64)) });
}

async function someTrust(signer: Signer): Promise<Trust> {
  const { issuer } = await createTestIssuer();
  return {
    version: 1,
    issuedAt: TEST_NOW_SECONDS,
    expiresAt: TEST_NOW_SECONDS + 86_400,
    site: {
      id: 'north-station',
      name: 'North Station',
      timeZone: 'Europe/Madrid',
      dayStartMinutes: 240,
      gates: [{ id: 'gate-1', name: 'Gate 1' }],
    },
    issuers: [
      {
        ...issuer,
        status: { issuedAt: TEST_NOW_SECONDS, revoked: new Set([7 * 2 ** 24 + 1]), suspended: new Set() },
      },
      { ...issuer, id: 'second-issuer' },
    ],
    policy: {
      name: 'House rules',
      version: 1,
      byColour: { green: 'admit', yellow: 'check', red: 'refuse' },
      maxPassAgeSeconds: null,
      tooOld: 'check',
      hours: [{ from: 360, to: 1320, directions: ['in', 'out'] }],
      outsideHours: 'check',
      seenBeforeWindowSeconds: 600,
      ages: { freshSeconds: 86_400, ageingSeconds: 259_200, staleSeconds: 604_800 },
      displayMs: { admit: 1500, check: 8000, refuse: 8000, unverifiable: 8000 },
    },
    receiptKey: signer.publicKey,
  };
}
