// Whose key it is: two keys under one hint, headers that name another algorithm, keys outside of their time.

import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase45 } from '../../../../src/core/bytes/base45.ts';
import { type Bytes, concatBytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { type CborKey, type CborValue, encodeCbor } from '../../../../src/core/bytes/cbor.ts';
import { encodeClaims } from '../../../../src/core/pass/claims.ts';
import type { PassClaims } from '../../../../src/core/pass/pass.ts';
import { keyHintOf } from '../../../../src/core/signature/cose-sign1.ts';
import {
  chooseEngine,
  type Ed25519Engine,
  openTweetnaclEngine,
} from '../../../../src/core/signature/engine.ts';
import type { Issuer, IssuerKey } from '../../../../src/core/trust/trust.ts';
import { describeVerdict } from '../../../../src/core/verdict/describe.ts';
import {
  createTestIssuer,
  TEST_NOW_SECONDS as NOW,
  type TestIssuer,
  testClaims,
} from '../../../support/test-issuer.ts';
import { testTrust } from '../../../support/test-trust.ts';
import { judgeBy } from '../../../support/trust-tablet.ts';

/**
 * Seeds of test issuers whose keys have the same hint. Found by making the keys of the seeds 0 to 299,999 and sorting
 * their hints: six pairs were among them, of which this one came second.
 */
const TWIN_SEEDS = [66_659, 71_650] as const;

let engines: readonly Ed25519Engine[];
let engine: Ed25519Engine;
let first: TestIssuer;
let second: TestIssuer;
let stranger: TestIssuer;
let hint: Bytes;

beforeAll(async () => {
  engine = await chooseEngine();
  engines = [engine, await openTweetnaclEngine()];
  first = await createTestIssuer({ id: 'first', seed: TWIN_SEEDS[0] });
  second = await createTestIssuer({ id: 'second', seed: TWIN_SEEDS[1] });
  stranger = await createTestIssuer({ id: 'stranger', seed: 3 });
  hint = await keyHintOf(first.signer.publicKey);
});

type Sign = (message: Bytes) => Promise<Bytes>;

/** A pass with these headers, signed over exactly what it says by whatever signs. */
async function passWith(
  headers: readonly (readonly [CborKey, CborValue])[] | Bytes,
  sign: Sign,
  claims: Partial<PassClaims> = {},
): Promise<string> {
  const protectedBytes = headers instanceof Uint8Array ? headers : encodeCbor(new Map(headers));
  const payload = encodeClaims(testClaims(claims));
  const aad = utf8ToBytes('gatelight-pass-1');
  const signature = await sign(encodeCbor(['Signature1', protectedBytes, aad, payload]));
  return `GL1:${encodeBase45(encodeCbor([protectedBytes, new Map(), payload, signature]))}`;
}

async function judge(text: string, issuers: readonly Issuer[], by = engine) {
  const trust = testTrust(issuers);
  const verdict = await judgeBy(trust, by, text, NOW);
  return { verdict, said: describeVerdict(verdict, { language: 'en', trust, nowMs: NOW * 1000 }) };
}
async function outcome(text: string, issuers: readonly Issuer[], by = engine): Promise<string> {
  const { verdict } = await judge(text, issuers, by);
  const whose = 'pass' in verdict ? ` of ${verdict.pass.issuer.id}` : '';
  return `${verdict.kind} ${verdict.reason}${whose}`;
}

describe('two issuers whose keys have the same hint', () => {
  it('are two, and have', async () => {
    expect(first.signer.publicKey).not.toEqual(second.signer.publicKey);
    expect(await keyHintOf(second.signer.publicKey)).toEqual(hint);
  });

  it('both verify, in whichever order they are listed, with every engine', async () => {
    const [ofFirst, ofSecond] = [await first.issue(), await second.issue()];
    for (const issuers of [
      [first.issuer, second.issuer],
      [second.issuer, first.issuer],
    ]) {
      for (const by of engines) {
        expect(await outcome(ofFirst, issuers, by)).toBe('admit ok of first');
        expect(await outcome(ofSecond, issuers, by)).toBe('admit ok of second');
      }
    }
  });

  it('both verify as two keys of one issuer', async () => {
    const both = { ...first.issuer, keys: [...first.issuer.keys, ...second.issuer.keys] };
    expect(await outcome(await second.issue(), [both])).toBe('admit ok of first');
  });

  it('no third key verifies under that hint, listed or not', async () => {
    const forged = await passWith(
      [
        [1, -19],
        [4, hint],
      ],
      stranger.signer.sign,
    );
    for (const issuers of [
      [first.issuer, second.issuer],
      [first.issuer, second.issuer, stranger.issuer],
    ])
      for (const by of engines) expect(await outcome(forged, issuers, by)).toBe('refuse bad-signature');
    expect(await outcome(forged, [stranger.issuer])).toBe('unverifiable unknown-issuer');
  });

  it('one does not stand in for the other when that one is not listed', async () => {
    expect(await outcome(await first.issue(), [second.issuer])).toBe('refuse bad-signature');
  });

  it('one of which has ended: what the other signs still counts', async () => {
    const ended = withKey(first.issuer, { validUntil: NOW - 2 * 3600 });
    expect(await outcome(await second.issue(), [ended, second.issuer])).toBe('admit ok of second');
  });

  it('one of which has ended: its own passes are grey, not red, though the other has that hint', async () => {
    const ended = withKey(first.issuer, { validUntil: NOW - 2 * 3600 });
    expect(await outcome(await first.issue(), [ended, second.issuer])).toBe('unverifiable unknown-issuer');
  });
});

const withKey = (issuer: Issuer, change: Partial<IssuerKey>): Issuer => ({
  ...issuer,
  keys: issuer.keys.map((key) => ({ ...key, ...change })),
});

const ALGORITHMS: readonly (readonly [string, CborValue | undefined, 'Ed25519' | null])[] = [
  ['Ed25519', -19, 'Ed25519'],
  ['EdDSA', -8, 'Ed25519'],
  ['ES256', -7, null],
  ['ESP256', -9, null],
  ['ES384', -35, null],
  ['PS256', -37, null],
  ['RS256', -257, null],
  ['RS1', -65_535, null],
  ['Ed448', -53, null],
  ['HMAC 256/256', 5, null],
  ['HMAC 256/64', 4, null],
  ['AES-GCM', 1, null],
  ['none', 0, null],
  ['nothing', null, null],
  ['a text', 'Ed25519', null],
  ['a list of both', [-19, -7], null],
  ['bytes', new Uint8Array([19]), null],
  ['no algorithm', undefined, null],
];

/** What makes the 64 bytes. An attacker knows the public key, and may use it as the secret of an HMAC. */
const SIGNATURES: readonly (readonly [string, 'own' | 'foreign', () => Promise<Sign>])[] = [
  ['the trusted key', 'own', async () => first.signer.sign],
  ['the other trusted key of that hint', 'own', async () => second.signer.sign],
  ['a key that nobody trusts', 'foreign', async () => stranger.signer.sign],
  [
    'an HMAC with the public key',
    'foreign',
    async () => async (message) => {
      const mac = createHmac('sha256', first.signer.publicKey).update(message).digest();
      return concatBytes(mac, mac);
    },
  ],
  [
    'ECDSA with P-256',
    'foreign',
    async () => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
      const how = { name: 'ECDSA', hash: 'SHA-256' };
      return async (message) => new Uint8Array(await crypto.subtle.sign(how, pair.privateKey, message));
    },
  ],
  ['zeros', 'foreign', async () => async () => new Uint8Array(64)],
];

describe('the algorithm in the header', () => {
  const rows = ALGORITHMS.flatMap(([name, algorithm, takenAs]) =>
    SIGNATURES.map(([by, whose, open]) => [name, by, algorithm, takenAs, whose, open] as const),
  );

  it.each(rows)('%s, signed by %s', async (_name, _by, algorithm, takenAs, whose, open) => {
    const headers: (readonly [CborKey, CborValue])[] = [[4, hint]];
    if (algorithm !== undefined) headers.push([1, algorithm]);
    const text = await passWith(headers, await open());
    const expected =
      takenAs === null
        ? /^unverifiable malformed$/
        : whose === 'own'
          ? /^admit ok of /
          : /^refuse bad-signature$/;
    for (const by of engines)
      expect(await outcome(text, [first.issuer, second.issuer], by)).toMatch(expected);
  });

  it('is refused by its own code', async () => {
    for (const [name, algorithm, takenAs] of ALGORITHMS) {
      if (takenAs !== null || algorithm === undefined) continue;
      const headers: readonly (readonly [CborKey, CborValue])[] = [
        [1, algorithm],
        [4, hint],
      ];
      const { verdict } = await judge(await passWith(headers, first.signer.sign), [first.issuer]);
      expect(verdict, name).toMatchObject({ refusal: 'cose-unknown-algorithm' });
    }
  });

  it('is read once: not said twice, and not from where nothing is signed', async () => {
    const twice = concatBytes(Uint8Array.of(0xa3, 0x01, 0x32, 0x01, 0x26, 0x04, 0x44), hint);
    const { verdict } = await judge(await passWith(twice, first.signer.sign), [first.issuer]);
    expect(verdict).toMatchObject({ reason: 'malformed', refusal: 'cose-malformed-header' });

    const payload = encodeClaims(testClaims());
    const outside = encodeCbor([
      encodeCbor(new Map([[4, hint]])),
      new Map([[1, -19]]),
      payload,
      new Uint8Array(64),
    ]);
    const read = await judge(`GL1:${encodeBase45(outside)}`, [first.issuer]);
    expect(read.verdict).toMatchObject({ refusal: 'cose-unprotected-not-empty' });
  });
});

describe('a key outside of its time', () => {
  const issuedAt = NOW - 3600;

  it.each<[string, Partial<IssuerKey>, string, string | null]>([
    ['ended a second before the pass was made', { validUntil: issuedAt - 1 }, 'unverifiable', 'key-ended'],
    ['ended in the second of the pass', { validUntil: issuedAt }, 'admit', null],
    ['ended since', { validUntil: NOW - 1 }, 'admit', null],
    ['began in the second of the pass', { validFrom: issuedAt }, 'admit', null],
    ['began a second after the pass was made', { validFrom: issuedAt + 1 }, 'unverifiable', 'key-not-begun'],
    ['begins only tomorrow', { validFrom: NOW + 86_400 }, 'unverifiable', 'key-not-begun'],
  ])('that %s', async (_name, change, kind, why) => {
    const { verdict } = await judge(await first.issue(), [withKey(first.issuer, change)]);
    expect(verdict.kind).toBe(kind);
    expect(verdict.reason === 'unknown-issuer' ? verdict.why : null).toBe(why);
  });

  it('says so in words of its own, and none of them says that the pass is bad', async () => {
    const text = await first.issue();
    const lists = [
      [stranger.issuer],
      [withKey(first.issuer, { validUntil: issuedAt - 1 })],
      [withKey(first.issuer, { validFrom: issuedAt + 1 })],
    ];
    const said = await Promise.all(lists.map(async (issuers) => (await judge(text, issuers)).said));
    expect(said.map(({ word, code }) => `${word} ${code}`)).toEqual([
      'Cannot verify 12',
      'Cannot verify 12',
      'Cannot verify 12',
    ]);
    expect(said.map(({ reason }) => reason)).toEqual([
      'Issuer not on our list',
      expect.stringMatching(/had ended/),
      expect.stringMatching(/not in use yet/),
    ]);
    for (const { detail } of said) expect(detail).toContain('The pass may be good.');
  });

  it('of which the issuer has another in use does not make the pass good', async () => {
    const [key] = first.issuer.keys;
    if (key === undefined) throw new Error('no key');
    const keys = [{ ...key, validUntil: issuedAt - 1 }, ...stranger.issuer.keys];
    expect(await outcome(await first.issue(), [{ ...first.issuer, keys }])).toBe(
      'unverifiable unknown-issuer',
    );
  });

  it('is judged by when the pass says it was made, not by now', async () => {
    const keys = [{ validFrom: NOW - 900, validUntil: NOW + 900 }];
    const issuer = withKey(first.issuer, keys[0] ?? {});
    expect(await outcome(await first.issue({ issuedAt: NOW - 900, expiresAt: NOW + 9 }), [issuer])).toBe(
      'admit ok of first',
    );
    expect(await outcome(await first.issue({ issuedAt: NOW - 901, expiresAt: NOW + 9 }), [issuer])).toBe(
      'unverifiable unknown-issuer',
    );
  });
});
