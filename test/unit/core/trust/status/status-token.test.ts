import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes } from '../../../../../src/core/bytes/bytes.ts';
import {
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  parseCbor,
} from '../../../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../../../src/core/bytes/hex.ts';
import { parseCoseSign1, signCoseSign1 } from '../../../../../src/core/signature/cose-sign1.ts';
import { openTweetnaclEngine } from '../../../../../src/core/signature/engine.ts';
import { parseStatusClaims } from '../../../../../src/core/trust/status/status-claims.ts';
import {
  createStatusList,
  MAX_INDICES,
  statusAt,
  withStatuses,
} from '../../../../../src/core/trust/status/status-list.ts';
import {
  type ExpectedStatusList,
  type HeldStatusList,
  MAX_ISSUED_AHEAD_SECONDS,
  MAX_TOKEN_BYTES,
  STATUS_REFUSALS,
  signStatusToken,
  verifyStatusToken,
} from '../../../../../src/core/trust/status/status-token.ts';
import { createRandom } from '../../../../fuzz/random.ts';
import { bytesOf } from '../../../../support/bytes-of.ts';
import { DRAFT_LISTS, DRAFT_TOKEN } from './draft-lists.ts';
import {
  claimsWith,
  codeOf,
  compress,
  engine,
  expected,
  facts,
  NOW,
  otherSigner,
  revokedList,
  signer,
  tokenOf,
  URI,
} from './status-fixtures.ts';

describe('the token of draft-ietf-oauth-status-list', () => {
  /** The four parts of its COSE_Sign1. */
  function partsOf(token: string): readonly CborValue[] {
    const parsed = parseCbor(bytesOf(token.replace(/^d2/, '')), { maxDepth: 4 });
    if (!parsed.ok || !isCborArray(parsed.value)) throw new Error('not an array');
    return parsed.value;
  }

  it('has its kid outside of what is signed, and is refused for it', async () => {
    expect(await codeOf(bytesOf(DRAFT_TOKEN))).toBe('cose-unprotected-not-empty');
  });

  it('without it, ES256 is refused', async () => {
    const inner = encodeCbor(partsOf(DRAFT_TOKEN).with(1, new Map()));
    expect(await codeOf(concatBytes(bytesOf('d2'), inner))).toBe('cose-unknown-algorithm');
  });

  it('its claims are in no deterministic order', () => {
    const payload = partsOf(DRAFT_TOKEN)[2];
    if (!isCborBytes(payload)) throw new Error('no payload');
    expect(parseStatusClaims(payload, NOW)).toEqual({ ok: false, error: 'cbor-unsorted-keys' });
  });

  it('signed by us with the same claims in order, it says the same', async () => {
    // The document's own times: iat 1686920170, exp 2291720170, ttl 43200.
    const packed = bytesOf(DRAFT_LISTS[0]?.packed ?? '');
    const draft: HeldStatusList = {
      uri: 'https://example.com/statuslists/1',
      issuedAt: 1_686_920_170,
      expiresAt: 2_291_720_170,
      ttlSeconds: 43_200,
      list: { bits: 1, packed },
    };
    const token = await signStatusToken(draft, signer, compress);
    const signedPayload = partsOf(encodeHex(token))[2];
    if (!isCborBytes(signedPayload)) throw new Error('no payload');
    expect(encodeHex(signedPayload)).toBe(
      encodeHex(
        bytesOf(
          'a5 02 7821 68747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31' +
            '04 1a8898dfea 06 1a648c5bea 19fffd a2 636c7374 4a 78dadbb918000217015d 6462697473 01 19fffe 19a8c0',
        ),
      ),
    );
    const nowSeconds = 2_000_000_000;
    const verified = await verifyStatusToken(token, expected({ uri: draft.uri, nowSeconds }), engine);
    expect(verified).toEqual({ ok: true, value: draft });
  });
});

describe('what we sign', () => {
  it('is what the standard asks for: tagged, typed, the key and the algorithm signed', async () => {
    const token = await signStatusToken(facts(), signer, compress);
    // d2 84 and { 1: -19, 4: kid, 16: "application/statuslist+cwt" }, then an empty unprotected header.
    expect(encodeHex(token)).toMatch(
      /^d284582[0-9a-f]a301320444[0-9a-f]{8}10781a6170706c69636174696f6e2f7374617475736c6973742b637774a0/,
    );
  });

  it('is taken with and without the tag, by both engines', async () => {
    const token = await signStatusToken(facts(), signer, compress);
    for (const each of [engine, await openTweetnaclEngine()])
      for (const bytes of [token, token.slice(1)])
        expect(await verifyStatusToken(bytes, expected(), each)).toEqual({ ok: true, value: facts() });
  });

  it('may leave out its end and its time to live', async () => {
    const { expiresAt: _end, ttlSeconds: _ttl, ...bare } = facts();
    const token = await signStatusToken(bare, signer, compress);
    expect(await verifyStatusToken(token, expected(), engine)).toEqual({ ok: true, value: bare });
  });

  it('holds the largest list of 2 bits, compressed or not', async () => {
    const random = createRandom('largest list');
    const packed = random.bytes(MAX_INDICES / 4).map((byte) => byte & ~((byte & 0xaa) >> 1));
    const list = { bits: 2, packed: new Uint8Array(packed) } as const;
    for (const level of [0, 9]) {
      const token = await signStatusToken(facts({ list }), signer, (bytes) => deflateSync(bytes, { level }));
      expect(token.length).toBeLessThanOrEqual(MAX_TOKEN_BYTES);
      const verified = await verifyStatusToken(token, expected(), engine);
      if (!verified.ok) throw new Error(verified.error);
      expect(encodeHex(verified.value.list.packed)).toBe(encodeHex(list.packed));
      expect(verified.value.list.packed.buffer.byteLength).toBe(MAX_INDICES / 4);
    }
  });

  it.each<[string, Partial<HeldStatusList>, string]>([
    ['an end before its beginning', { expiresAt: NOW - 60 }, 'status-expiry-not-after-issue'],
    ['no name', { uri: '' }, 'status-bad-uri'],
    ['a name with a space', { uri: 'https://issuer.example/a b' }, 'status-bad-uri'],
    ['no time to live', { ttlSeconds: 0 }, 'status-bad-ttl'],
    ['a time of 2019', { issuedAt: 1_577_836_799 }, 'status-bad-issue-time'],
    ['no places', { list: { bits: 1, packed: new Uint8Array(0) } }, 'status-empty'],
    ['one place too many', { list: { bits: 1, packed: new Uint8Array(131_073) } }, 'zlib-too-long'],
    ['a value without a meaning', { list: { bits: 2, packed: Uint8Array.of(3) } }, 'status-unknown-value'],
  ])('with %s is not signed', async (_, changes, code) => {
    await expect(signStatusToken(facts(changes), signer, compress)).rejects.toThrow(code);
  });

  it('is not signed where the compressor changed the list', async () => {
    const other = (bytes: Bytes) => deflateSync(bytes.map((byte) => byte ^ 1));
    await expect(signStatusToken(facts(), signer, other)).rejects.toThrow('the compressor changed the list');
  });
});

const good = await tokenOf(claimsWith());

describe('form and signature', () => {
  const spoilt = (at: number): Bytes => good.with(at, (good[at] ?? 0) ^ 1);

  it.each<[string, Bytes | Promise<Bytes>, string]>([
    ['nothing', bytesOf(''), 'cbor-truncated'],
    ['a tag alone', bytesOf('d2'), 'cbor-truncated'],
    ['two tags', concatBytes(bytesOf('d2'), good), 'cbor-tag'],
    ['the tag of COSE_Mac0', good.with(0, 0xd1), 'cbor-tag'],
    ['a byte after the end', concatBytes(good, bytesOf('00')), 'cbor-trailing-bytes'],
    ['no type', tokenOf(claimsWith(), { type: null }), 'status-wrong-type'],
    ['the type of the JWT form', tokenOf(claimsWith(), { type: 'statuslist+jwt' }), 'status-wrong-type'],
    ['the type without its tree', tokenOf(claimsWith(), { type: 'statuslist+cwt' }), 'status-wrong-type'],
    ['another key', tokenOf(claimsWith(), { by: otherSigner }), 'status-unknown-key'],
    ['a spoilt signature', spoilt(good.length - 1), 'status-bad-signature'],
    ['a spoilt list', spoilt(good.length - 74), 'status-bad-signature'],
  ])('%s', async (_, token, code) => {
    expect(await codeOf(await token)).toBe(code);
  });

  it('is signed over an empty external_aad and no other', async () => {
    const aad = bytesOf('00');
    const cose = await signCoseSign1(claimsWith(), aad, signer, 'application/statuslist+cwt');
    expect(await codeOf(cose)).toBe('status-bad-signature');
  });

  it('is nothing that has no type, as passes and receipts are', () => {
    expect(parseCoseSign1(good.slice(1), new Uint8Array(0))).toEqual({
      ok: false,
      error: 'cose-unknown-header',
    });
  });

  it('any of several keys will do, and none of none', async () => {
    expect(await codeOf(good, { keys: [otherSigner.publicKey, signer.publicKey] })).toBe('ok');
    expect(await codeOf(good, { keys: [] })).toBe('status-unknown-key');
  });

  it('is refused unread above the largest size', async () => {
    expect(await codeOf(new Uint8Array(MAX_TOKEN_BYTES + 1))).toBe('status-too-large');
    expect(await codeOf(new Uint8Array(MAX_TOKEN_BYTES))).toBe('cbor-trailing-bytes');
  });
});

describe('place and time', () => {
  const held = { issuedAt: NOW - 60, list: revokedList };
  const emptied = createStatusList(16, 1);

  it.each<[string, Partial<HeldStatusList>, Partial<ExpectedStatusList>, string]>([
    ['the list of another name', { uri: `${URI}0` }, {}, 'status-other-uri'],
    ['two hours ahead', { issuedAt: NOW + MAX_ISSUED_AHEAD_SECONDS }, {}, 'ok'],
    ['more than that', { issuedAt: NOW + MAX_ISSUED_AHEAD_SECONDS + 1 }, {}, 'status-issued-in-future'],
    ['the second before its end', { expiresAt: NOW + 1 }, {}, 'ok'],
    ['its end', { expiresAt: NOW }, {}, 'status-expired'],
    ['a second older than the one held', { issuedAt: NOW - 61 }, { held }, 'status-rollback'],
    ['the one held', {}, { held }, 'ok'],
    ['a second newer than the one held', { issuedAt: NOW - 59, list: emptied }, { held }, 'ok'],
    ['another of the same second', { list: emptied }, { held }, 'status-fork'],
    [
      'the same bytes, read as 2 bits',
      { list: { bits: 2, packed: revokedList.packed } },
      { held },
      'status-fork',
    ],
  ])('%s', async (_, changes, expectation, code) => {
    const token = await signStatusToken(facts({ expiresAt: NOW + 86_400, ...changes }), signer, compress);
    expect(await codeOf(token, expectation)).toBe(code);
  });

  it('of fifty lists in a row, no earlier one takes the place of a later one', async () => {
    const tokens: Bytes[] = [];
    for (let number = 0; number < 50; number++) {
      const list = withStatuses(createStatusList(64, 1), number === 0 ? [] : [[number, 'revoked']]);
      tokens.push(await signStatusToken(facts({ issuedAt: NOW - 60 + number, list }), signer, compress));
    }
    let inUse: HeldStatusList | null = null;
    for (const [number, token] of tokens.entries()) {
      const verified = await verifyStatusToken(token, expected({ held: inUse }), engine);
      if (!verified.ok) throw new Error(verified.error);
      inUse = verified.value;
      const codes = await Promise.all(tokens.slice(0, number).map((old) => codeOf(old, { held: inUse })));
      expect(codes).toEqual(Array(number).fill('status-rollback'));
    }
  });
});

it('refusals have one code each', () => expect(new Set(STATUS_REFUSALS).size).toBe(STATUS_REFUSALS.length));

describe('properties', () => {
  it('verify inverts sign', async () => {
    const lists = fc.constantFrom<1 | 2>(1, 2).chain((bits) =>
      fc
        .array(fc.constantFrom(...(bits === 1 ? [0, 1, 0x80, 0xff] : [0, 1, 0b10_01_10_01, 0x80])), {
          minLength: 1,
          maxLength: 400,
        })
        .map((packed) => ({ bits, packed: new Uint8Array(packed) })),
    );
    await fc.assert(
      fc.asyncProperty(lists, fc.nat({ max: 10_000 }), fc.nat({ max: 9 }), async (list, ago, level) => {
        const given = facts({ list, issuedAt: NOW - ago });
        const token = await signStatusToken(given, signer, (bytes) => deflateSync(bytes, { level }));
        expect(await verifyStatusToken(token, expected(), engine)).toEqual({ ok: true, value: given });
      }),
    );
  });

  it('no byte can be changed unnoticed', async () => {
    const token = await signStatusToken(facts(), signer, compress);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: token.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const changed = token.with(at, (token[at] ?? 0) ^ change);
          expect(await codeOf(changed)).not.toBe('ok');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('any bytes are answered with a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
        expect(STATUS_REFUSALS).toContain(await codeOf(noise));
      }),
      { numRuns: 500 },
    );
  });
});

it('a place of a verified list is looked up', async () => {
  const token = await signStatusToken(facts(), signer, compress);
  const verified = await verifyStatusToken(token, expected(), engine);
  if (!verified.ok) throw new Error(verified.error);
  const { list } = verified.value;
  expect([0, 1, 11, 15, 16].map((index) => statusAt(list, index))).toEqual([
    'revoked',
    'valid',
    'revoked',
    'valid',
    'out-of-range',
  ]);
});
