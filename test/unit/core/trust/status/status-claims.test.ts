import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes } from '../../../../../src/core/bytes/bytes.ts';
import { CBOR_REFUSALS, encodeCbor } from '../../../../../src/core/bytes/cbor.ts';
import { ZLIB_REFUSALS } from '../../../../../src/core/trust/status/inflate-zlib.ts';
import {
  MAX_TTL_SECONDS,
  MAX_URI_BYTES,
  STATUS_CLAIMS_REFUSALS,
} from '../../../../../src/core/trust/status/status-claims.ts';
import { bytesOf } from '../../../../support/bytes-of.ts';
import {
  claimsWith,
  claimsWithout,
  codeOf,
  goodLst,
  listOf,
  NOW,
  tokenOf,
  URI,
  withLst,
} from './status-fixtures.ts';

/** Ten years of 365.25 days from now. */
const latest = NOW + 315_576_000;

const cases: readonly [string, Bytes, string][] = [
  ['as they should be', claimsWith(), 'ok'],
  ['no CBOR', bytesOf('ff'), 'cbor-indefinite-length'],
  ['keys out of order', bytesOf('a2 06 00 02 00'), 'cbor-unsorted-keys'],
  ['a list', encodeCbor([1]), 'status-claims-not-a-map'],
  ['an issuer (1)', claimsWith([1, 'x']), 'status-unknown-claim'],
  ['no name', claimsWithout(2), 'status-bad-uri'],
  ['an empty name', claimsWith([2, '']), 'status-bad-uri'],
  ['a name in bytes', claimsWith([2, bytesOf('41')]), 'status-bad-uri'],
  ['a name that is too long', claimsWith([2, 'u'.repeat(MAX_URI_BYTES + 1)]), 'status-bad-uri'],
  ['no issue time', claimsWithout(6), 'status-bad-issue-time'],
  ['an issue time as text', claimsWith([6, '1']), 'status-bad-issue-time'],
  ['issued in 2019', claimsWith([6, 1_577_836_799]), 'status-bad-issue-time'],
  ['issued in 2020', claimsWith([6, 1_577_836_800]), 'ok'],
  ['issued in over ten years', claimsWith([6, latest + 1], [4, latest]), 'status-bad-issue-time'],
  ['no end', claimsWithout(4), 'ok'],
  ['an end in ten years', claimsWith([4, latest]), 'ok'],
  ['an end in over ten years', claimsWith([4, latest + 1]), 'status-bad-expiry'],
  ['an end that is null', claimsWith([4, null]), 'status-bad-expiry'],
  ['an end at its beginning', claimsWith([4, NOW - 60]), 'status-expiry-not-after-issue'],
  ['no time to live', claimsWithout(65534), 'ok'],
  ['a time to live of 0', claimsWith([65534, 0]), 'status-bad-ttl'],
  ['a time to live of 1', claimsWith([65534, 1]), 'ok'],
  ['a time to live of a year', claimsWith([65534, MAX_TTL_SECONDS]), 'ok'],
  ['a time to live of more', claimsWith([65534, MAX_TTL_SECONDS + 1]), 'status-bad-ttl'],
  ['no list', claimsWithout(65533), 'status-bad-list'],
  ['a list that is a list', claimsWith([65533, []]), 'status-bad-list'],
  [
    'a pointer to other lists',
    claimsWith([
      65533,
      listOf([
        ['bits', 1],
        ['lst', goodLst],
        ['aggregation_uri', URI],
      ]),
    ]),
    'status-unknown-list-field',
  ],
  ['0 bits', withLst(0, goodLst), 'status-bad-bits'],
  ['1 bit', withLst(1, goodLst), 'ok'],
  ['2 bits that are valid', withLst(2, new Uint8Array(deflateSync(Uint8Array.of(0b10_01_00_10)))), 'ok'],
  ['3 bits', withLst(3, goodLst), 'status-bad-bits'],
  ['4 bits', withLst(4, goodLst), 'status-unread-bits'],
  ['8 bits', withLst(8, goodLst), 'status-unread-bits'],
  ['no bits', claimsWith([65533, listOf([['lst', goodLst]])]), 'status-bad-bits'],
  ['no lst', claimsWith([65533, listOf([['bits', 1]])]), 'status-bad-lst'],
  ['lst in base64url', withLst(1, 'eNrbuRgAAhcBXQ'), 'status-bad-lst'],
  ['lst of nothing', withLst(1, bytesOf('')), 'zlib-truncated'],
  ['lst without zlib', withLst(1, bytesOf('b9a3')), 'zlib-bad-header'],
  ['lst of no places', withLst(1, new Uint8Array(deflateSync(new Uint8Array(0)))), 'status-empty'],
  ['lst of 2^20 places', withLst(1, new Uint8Array(deflateSync(new Uint8Array(131_072)))), 'ok'],
  ['lst of more', withLst(1, new Uint8Array(deflateSync(new Uint8Array(131_073)))), 'zlib-too-long'],
  ['lst of 2^20 places of 2 bits', withLst(2, new Uint8Array(deflateSync(new Uint8Array(262_144)))), 'ok'],
  [
    'lst of more of 2 bits',
    withLst(2, new Uint8Array(deflateSync(new Uint8Array(262_145)))),
    'zlib-too-long',
  ],
  ['a bomb', withLst(2, new Uint8Array(deflateSync(new Uint8Array(64 << 20)))), 'zlib-too-long'],
  ['lst with a wrong checksum', withLst(1, goodLst.with(goodLst.length - 1, 0)), 'zlib-bad-checksum'],
  ['a byte after lst', withLst(1, concatBytes(goodLst, bytesOf('00'))), 'zlib-trailing-bytes'],
  ['a block of type 3', withLst(1, bytesOf('78da07 00000001')), 'zlib-malformed'],
  [
    'a value without a meaning',
    withLst(2, new Uint8Array(deflateSync(Uint8Array.of(0xc0)))),
    'status-unknown-value',
  ],
];

describe('claims', () => {
  it.each(cases)('%s', async (_, payload, code) => {
    expect(await codeOf(await tokenOf(payload))).toBe(code);
  });

  it('a name of the longest length', async () => {
    const uri = 'u'.repeat(MAX_URI_BYTES);
    expect(await codeOf(await tokenOf(claimsWith([2, uri])), { uri })).toBe('ok');
  });

  it('meet every refusal of claims and zlib', () => {
    const codes = new Set(cases.map(([, , code]) => code));
    const own = [...STATUS_CLAIMS_REFUSALS, ...ZLIB_REFUSALS].filter(
      (code) => !CBOR_REFUSALS.some((cbor) => cbor === code),
    );
    expect(own.filter((code) => !codes.has(code))).toEqual([]);
  });
});
