// A tablet's signed request under the fuzzer. What is taken says, byte for byte, what was signed.

import { type Bytes, isSameBytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { deviceKeyId, openDeviceVerifier } from '../../../src/core/identity/device-key.ts';
import { type SignedFields, signRequest } from '../../../src/core/identity/sign-request.ts';
import {
  REQUEST_REFUSALS,
  type ReceivedRequest,
  verifyRequest,
} from '../../../src/core/identity/verify-request.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { TEST_NOW_SECONDS as NOW } from '../../support/test-issuer.ts';
import { damageBytes, damageText } from '../damage.ts';
import type { Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

const ORIGIN = { text: 'https://gate.example', authority: 'gate.example' };
const [INPUT, SIGNATURE, DIGEST] = ['signature-input', 'signature', 'content-digest'];

interface Sample {
  readonly method: string;
  readonly target: string;
  readonly body: Bytes;
  readonly fields: readonly (readonly [string, string])[];
}

export async function openSignedRequestFuzzable(): Promise<Fuzzable> {
  const [engine, device] = [await chooseEngine(), await testEd25519Device(5)];
  const keyId = await deviceKeyId(device.publicKey);
  const sampleAt = async (nowSeconds: number, method: string, target: string, text: string) => {
    const request = { method, target, body: utf8ToBytes(text) };
    const nonce = new Uint8Array(16).fill(target.length);
    const fields: SignedFields = await signRequest(request, ORIGIN, { nowSeconds, nonce }, device);
    return { ...request, fields: Object.entries(fields) as [string, string][] };
  };
  const seeds = [
    await sampleAt(NOW, 'POST', '/api/sites/north/batches', 'sealed records'),
    await sampleAt(NOW, 'GET', '/api/settings?version=3', ''),
  ];
  const early = await sampleAt(NOW - 301, 'GET', '/api/early', '');
  const late = await sampleAt(NOW + 61, 'GET', '/api/late', '');
  const judge = {
    origin: ORIGIN,
    nowSeconds: NOW,
    verify: openDeviceVerifier(engine),
    findKey: async (asked: string) => (asked === keyId ? device.publicKey : null),
  };
  return toFuzzable<Sample>({
    name: 'signed-request',
    codes: REQUEST_REFUSALS,
    seedInputs: seeds,
    mutate(random, sample, aim) {
      if (aim === 'request-expired') return early;
      if (aim === 'request-not-yet-created') return late;
      return aim === null ? damaged(random, sample) : broken(random, sample, aim);
    },
    async run(sample) {
      const verdict = await verifyRequest(sample satisfies ReceivedRequest, judge);
      if (!verdict.ok) return verdict.error.code;
      if (!seeds.some((seed) => isSameRequest(seed, sample))) throw new Error('nobody signed this');
      return 'ok';
    },
    show: ({ method, target, body, fields }) =>
      JSON.stringify({ method, target, body: encodeHex(body), fields }),
  });
}

const isSameRequest = (a: Sample, b: Sample): boolean =>
  a.method === b.method && a.target === b.target && isSameBytes(a.body, b.body);

function damaged(random: Random, sample: Sample): Sample {
  const at = random.below(sample.fields.length);
  switch (random.below(4)) {
    case 0:
      return { ...sample, target: damageText(random, sample.target) };
    case 1:
      return { ...sample, body: damageBytes(random, sample.body) };
    case 2:
      return { ...sample, fields: sample.fields.filter((_, index) => index !== at) };
    default:
      return {
        ...sample,
        fields: sample.fields.map(([name, value], index) =>
          index === at ? [name, damageText(random, value)] : [name, value],
        ),
      };
  }
}

function broken(random: Random, sample: Sample, code: string): Sample {
  const edit = (name: string | undefined, change: (value: string) => string): Sample => ({
    ...sample,
    fields: sample.fields.map(([known, value]) => [known, known === name ? change(value) : value]),
  });
  const replace = (from: string | RegExp, to: string) => edit(INPUT, (value) => value.replace(from, to));
  const anyField = random.pick([INPUT, SIGNATURE, DIGEST]);
  switch (code) {
    case 'field-missing':
      return { ...sample, fields: sample.fields.filter(([name]) => name !== anyField) };
    case 'field-doubled':
      return {
        ...sample,
        fields: sample.fields.flatMap((field) => (field[0] === anyField ? [field, field] : [field])),
      };
    case 'key-unknown':
      return replace(/keyid="[0-9a-f]*"/, `keyid="${encodeHex(random.bytes(16))}"`);
    case 'key-other-algorithm':
      return replace('alg="ed25519"', 'alg="ecdsa-p256-sha256"');
    case 'signature-wrong':
      return random.chance(0.5)
        ? { ...sample, target: `${sample.target}${random.pick(['x', '/', '%20', '?x'])}` }
        : { ...sample, method: random.pick(['PUT', 'DELETE', 'HEAD']) };
    case 'signature-input-syntax':
      return replace(
        random.pick(['(', ')', '=', '"@path"', ';']),
        random.pick(['', ' ', '"', '\\', '{', 'é']),
      );
    case 'signature-syntax':
      return edit(SIGNATURE, (value) =>
        value.replace(random.pick([':', '=', /==:$/]), random.pick(['', ' ', '-'])),
      );
    case 'signature-several':
      return edit(random.pick([INPUT, SIGNATURE]), (value) => `${value}${random.pick([',', ', '])}${value}`);
    case 'request-target':
      return {
        ...sample,
        target: random.pick([
          '',
          '*',
          '//x',
          '/a/../b',
          '/%2e',
          '/a b',
          '/a#b',
          'https://x/',
          '/ä',
          '/{x}',
          '/x?',
        ]),
      };
    case 'signature-label':
      return edit(random.pick([INPUT, SIGNATURE]), (value) => value.replace('gatelight=', 'sig1='));
    case 'signature-components':
      return replace(random.pick(['"@method" ', ' "@query"', ' "content-digest"']), '');
    case 'signature-parameters':
      return replace(
        random.pick([/;created=\d+/, /;nonce="[^"]*"/, ';tag="gatelight"', /(?<=nonce=")..../]),
        '',
      );
    case 'signature-tag':
      return replace('tag="gatelight"', `tag="${random.pick(['', 'Gatelight', 'web-bot-auth'])}"`);
    case 'signature-algorithm':
      return replace('alg="ed25519"', `alg="${random.pick(['', 'none', 'hmac-sha256', 'Ed25519'])}"`);
    case 'signature-life':
      return replace(/expires=\d+/, `expires=${random.pick([0, NOW, NOW + 301, NOW + 10 ** 6])}`);
    case 'digest-syntax':
      return edit(DIGEST, (value) =>
        value.replace(random.pick(['sha-256', ':', '=:']), random.pick(['', 'sha-512', '::'])),
      );
    default:
      return { ...sample, body: random.bytes(1 + random.below(40)) };
  }
}
