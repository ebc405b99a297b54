// Status list tokens under the fuzzer: what stands behind the signature is broken first and then really signed, and what
// stands in the list are real zlib streams, damaged, and bombs.

import { createPrivateKey, sign } from 'node:crypto';
import { constants, deflateSync } from 'node:zlib';
import { type Bytes, concatBytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { type CborKey, type CborValue, encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex, parseHex } from '../../../src/core/bytes/hex.ts';
import { COSE_REFUSALS, keyHintOf } from '../../../src/core/signature/cose-sign1.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSigner, SEED_BYTES } from '../../../src/core/signature/signer.ts';
import { ZLIB_REFUSALS } from '../../../src/core/trust/status/inflate-zlib.ts';
import { STATUS_CLAIMS_REFUSALS } from '../../../src/core/trust/status/status-claims.ts';
import { indicesOf, statusAt } from '../../../src/core/trust/status/status-list.ts';
import {
  MAX_ISSUED_AHEAD_SECONDS,
  MAX_TOKEN_BYTES,
  STATUS_MEDIA_TYPE,
  STATUS_REFUSALS,
  verifyStatusToken,
} from '../../../src/core/trust/status/status-token.ts';
import { TEST_NOW_SECONDS as NOW } from '../../support/test-issuer.ts';
import { heldList, TEST_LIST_URI } from '../../support/test-trust.ts';
import { brokenCbor, isCborRefusal } from '../broken-cbor.ts';
import { damageBytes } from '../damage.ts';
import { createRandom, type Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';
import { breakCose } from './cose.ts';

const SEED = new Uint8Array(SEED_BYTES).fill(9);
const HELD = heldList([[5, 'revoked']], { issuedAt: NOW - 120 });
const seeds = createRandom('status seeds');

/** Packed lists of two bits, small ones mostly, as compressors of every kind write them. */
const STREAMS: readonly Bytes[] = [1, 2, 16, 300, 300, 2000, 2000, 2 ** 18].flatMap((size) => {
  const packed = new Uint8Array(size);
  for (let count = Math.ceil(size / 9); count > 0; count--)
    packed[seeds.below(size)] = seeds.pick([1, 2, 4, 0x51, 0xaa]);
  const { Z_FIXED, Z_HUFFMAN_ONLY } = constants;
  const ways = [{ level: 9 }, { level: 0 }, { strategy: Z_FIXED }, { strategy: Z_HUFFMAN_ONLY }];
  return (size > 2000 ? ways.slice(0, 1) : ways).map((way) => new Uint8Array(deflateSync(packed, way)));
});
const SMALL_STREAMS = STREAMS.filter(({ length }) => length < 2000);
const BOMBS: readonly Bytes[] = [2 ** 18 + 1, 2 ** 20, 2 ** 25].map(
  (size) => new Uint8Array(deflateSync(new Uint8Array(size), { level: 9 })),
);

/** Makes tokens that are signed as a reader expects it, around anything. */
interface Mint {
  readonly token: (payload: Bytes, headers?: readonly (readonly [CborKey, CborValue])[]) => Bytes;
}

async function openMint(): Promise<Mint> {
  const { publicKey } = await createSigner(SEED);
  const hint = await keyHintOf(publicKey);
  const head = parseHex('302e020100300506032b657004220420');
  if (!head.ok) throw new Error('no key');
  const der = Buffer.from(concatBytes(head.value, SEED));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    token(payload, headers = []) {
      const all = new Map<CborKey, CborValue>([[1, -19], [4, hint], [16, STATUS_MEDIA_TYPE], ...headers]);
      const protectedBytes = encodeCbor(all);
      const message = encodeCbor(['Signature1', protectedBytes, new Uint8Array(0), payload]);
      const signature = new Uint8Array(sign(null, message, key));
      return tagged(encodeCbor([protectedBytes, new Map(), payload, signature]));
    },
  };
}

const tagged = (cose: Bytes): Bytes => concatBytes(Uint8Array.of(0xd2), cose);

export async function openStatusTokenFuzzable(): Promise<Fuzzable> {
  const [engine, { publicKey }, mint] = [await chooseEngine(), await createSigner(SEED), await openMint()];
  const expected = { uri: TEST_LIST_URI, keys: [publicKey], held: HELD, nowSeconds: NOW };
  return toFuzzable<Bytes>({
    name: 'status-token',
    codes: STATUS_REFUSALS,
    seedInputs: SMALL_STREAMS.map((stream) => mint.token(claimsWith([], stream))),
    mutate: (random, token, aim) =>
      aim === null ? damageSomewhere(random, token, mint) : breakToken(random, aim, mint),
    async run(token) {
      const verified = await verifyStatusToken(token, expected, engine);
      if (!verified.ok) return verified.error;
      const { list } = verified.value;
      if (statusAt(list, indicesOf(list) - 1) === 'out-of-range')
        throw new Error('a list without its last place');
      return 'ok';
    },
    show: encodeHex,
  });
}

function damageSomewhere(random: Random, token: Bytes, mint: Mint): Bytes {
  switch (random.below(3)) {
    case 0:
      return damageBytes(random, token);
    case 1:
      return mint.token(damageBytes(random, claimsWith([], random.pick(SMALL_STREAMS))));
    default:
      return mint.token(claimsWith([], damageBytes(random, random.pick(SMALL_STREAMS))));
  }
}

const listOf = (bits: CborValue, lst: CborValue) =>
  new Map<CborKey, CborValue>([
    ['bits', bits],
    ['lst', lst],
  ]);

function claimsWith(changes: readonly (readonly [CborKey, CborValue])[], stream: Bytes): Bytes {
  const claims: readonly (readonly [CborKey, CborValue])[] = [
    [2, TEST_LIST_URI],
    [4, NOW + 86_400],
    [6, NOW - 60],
    [65_533, listOf(2, stream)],
    [65_534, 3600],
  ];
  return encodeCbor(new Map([...claims, ...changes]));
}

const isOneOf = (codes: readonly string[], code: string): boolean => codes.includes(code);

function breakToken(random: Random, code: string, mint: Mint): Bytes {
  const stream = random.pick(SMALL_STREAMS);
  const change = (...changes: readonly (readonly [CborKey, CborValue])[]): Bytes =>
    mint.token(claimsWith(changes, stream));
  if (isCborRefusal(code))
    return random.chance(0.5) ? breakCose(random, code) : mint.token(brokenCbor(random, code));
  if (isOneOf(COSE_REFUSALS, code))
    return random.chance(0.5) ? breakCose(random, code) : tagged(breakCose(random, code));
  if (isOneOf(ZLIB_REFUSALS, code)) return change([65_533, listOf(2, breakStream(random, code))]);
  if (isOneOf(STATUS_CLAIMS_REFUSALS, code)) return mint.token(breakClaims(random, code, stream));
  switch (code) {
    case 'status-too-large':
      return new Uint8Array(MAX_TOKEN_BYTES + 1 + random.below(1000));
    case 'status-wrong-type':
      return mint.token(claimsWith([], stream), [
        [16, random.pick<CborValue>(['application/cwt', 'application/statuslist+jwt', '', 60, null])],
      ]);
    case 'status-unknown-key':
      return mint.token(claimsWith([], stream), [[4, random.bytes(4)]]);
    case 'status-bad-signature': {
      const token = mint.token(claimsWith([], stream)).slice();
      const at = token.length - 1 - random.below(64);
      token[at] = (token[at] ?? 0) ^ (1 << random.below(8));
      return token;
    }
    case 'status-other-uri':
      return change([2, TEST_LIST_URI + random.pick(['/', '8', '?']) + random.below(99)]);
    case 'status-issued-in-future': {
      const issuedAt = NOW + MAX_ISSUED_AHEAD_SECONDS + 1 + random.below(9000);
      return change([6, issuedAt], [4, issuedAt + 9000]);
    }
    case 'status-expired':
      return change([6, NOW - 9000], [4, NOW - random.below(8000)]);
    case 'status-rollback':
      return change([6, HELD.issuedAt - 1 - random.below(90_000)]);
    case 'status-fork':
      return change([6, HELD.issuedAt]);
    case 'status-empty':
      return change([65_533, listOf(random.pick([1, 2]), new Uint8Array(deflateSync(new Uint8Array(0))))]);
    default: {
      const packed = random.bytes(1 + random.below(50));
      packed[random.below(packed.length)] = random.pick([0x03, 0x0c, 0x30, 0xc0, 0xff]);
      return change([65_533, listOf(2, new Uint8Array(deflateSync(packed)))]);
    }
  }
}

function breakStream(random: Random, code: string): Bytes {
  const stream = random.pick(SMALL_STREAMS).slice();
  switch (code) {
    case 'zlib-bad-header':
      stream.set(random.pick([random.bytes(2), Uint8Array.of(0x78, 0xbb), Uint8Array.of(0x88, 0x1c)]));
      return stream;
    case 'zlib-malformed':
      if (random.chance(0.3)) stream[2] = 0x07 | (random.below(32) << 3);
      else stream.set(random.bytes(Math.min(8, stream.length - 2)), 2);
      return stream;
    case 'zlib-truncated':
      return (random.chance(0.1) ? random.pick(STREAMS) : stream).slice(0, random.below(stream.length));
    case 'zlib-too-long':
      return random.pick(BOMBS);
    case 'zlib-bad-checksum':
      stream[stream.length - 1 - random.below(4)] = random.below(256);
      return stream;
    default:
      return concatBytes(stream, random.bytes(1 + random.below(9)));
  }
}

function breakClaims(random: Random, code: string, stream: Bytes): Bytes {
  const change = (...changes: readonly (readonly [CborKey, CborValue])[]) => claimsWith(changes, stream);
  const notTime = random.pick<CborValue>([-1, 0, 1_577_836_799, 2 ** 40, 'soon', null, [], random.bytes(4)]);
  switch (code) {
    case 'status-claims-not-a-map':
      return encodeCbor(random.pick<CborValue>([null, 1, 'x', [], random.bytes(9)]));
    case 'status-unknown-claim':
      return change([random.pick<CborKey>([1, 3, 5, 7, 65_532, 'iss']), 1]);
    case 'status-bad-uri':
      return change([
        2,
        random.pick<CborValue>(['', 'a b', 'ü', 'x'.repeat(513), 7, null, utf8ToBytes(TEST_LIST_URI)]),
      ]);
    case 'status-bad-issue-time':
      return change([6, notTime]);
    case 'status-bad-expiry':
      return change([4, notTime]);
    case 'status-expiry-not-after-issue':
      return change([4, NOW - 60 - random.below(9000)]);
    case 'status-bad-ttl':
      return change([65_534, random.pick<CborValue>([0, -1, 31_536_001, 'day', null])]);
    case 'status-bad-list':
      return change([65_533, random.pick<CborValue>([null, [], 'x', 2, random.bytes(3)])]);
    case 'status-unknown-list-field':
      return change([65_533, new Map([...listOf(2, stream), ['aggregation_uri', 'https://a.example/']])]);
    case 'status-bad-bits':
      return change([65_533, listOf(random.pick<CborValue>([0, 3, 5, 16, -1, '1', null]), stream)]);
    case 'status-unread-bits':
      return change([65_533, listOf(random.pick([4, 8]), stream)]);
    default:
      return change([65_533, listOf(2, random.pick<CborValue>([null, 'eJw=', 7, true]))]);
  }
}
