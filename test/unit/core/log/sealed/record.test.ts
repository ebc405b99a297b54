import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../../../src/core/bytes/hex.ts';
import type { GateRecord } from '../../../../../src/core/log/record.ts';
import {
  encodeRecord,
  MAX_RECORD_NUMBER,
  parseRecord,
  RECORD_BYTES,
} from '../../../../../src/core/log/sealed/encode-record.ts';
import { anyRecord } from './any-record.ts';
import { MINUTE } from './sealed-fixtures.ts';

const LONGEST = 'a'.repeat(24);
const PSEUDONYM = new Uint8Array(8).fill(7);
const SCAN: GateRecord = {
  kind: 'scan',
  minute: MINUTE,
  gate: 'gate-1',
  direction: 'in',
  verdict: 'check',
  reason: 'seen-before',
  issuer: 'city',
  pseudonym: PSEUDONYM,
  isOwnKey: false,
  trustAgeHours: 3,
};

function padded(cbor: Bytes): Bytes {
  const bytes = new Uint8Array(RECORD_BYTES);
  bytes[0] = cbor.length;
  bytes.set(cbor, 1);
  return bytes;
}
const refusalOf = (bytes: Bytes) => {
  const parsed = parseRecord(bytes);
  return parsed.ok ? 'ok' : parsed.error;
};
const withPlace = (places: readonly CborValue[], place: number, value: CborValue) =>
  refusalOf(padded(encodeCbor(places.with(place, value))));

const SCAN_PLACES: readonly CborValue[] = [0, MINUTE, 'gate-1', 0, 1, 13, 'city', PSEUDONYM, false, 3, null];
const DECISION_PLACES: readonly CborValue[] = [1, MINUTE, 'gate-1', 0, 1, null, null, null, null, null, 7];
const UNDO_PLACES = DECISION_PLACES.with(0, 3).with(4, null);
const HEARTBEAT_PLACES = UNDO_PLACES.with(0, 6).with(10, null);

describe('a record', () => {
  it('is this, byte for byte', () => {
    expect(encodeHex(encodeRecord(SCAN)).replace(/0+$/, '')).toBe(
      '228b001a01c2c1fc66676174652d3100010d6463697479480707070707070707f403f6',
    );
  });

  it('comes back as it went, and always has one size', () =>
    fc.assert(
      fc.property(anyRecord, (record) => {
        const encoded = encodeRecord(record);
        expect(encoded.length).toBe(RECORD_BYTES);
        expect(parseRecord(encoded)).toEqual({ ok: true, value: record });
      }),
    ));

  it('has one encoding: what is taken is written again as it was', () =>
    fc.assert(
      fc.property(anyRecord, fc.nat(RECORD_BYTES * 8 - 1), (record, bit) => {
        const bytes = encodeRecord(record);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const parsed = parseRecord(bytes);
        if (parsed.ok) expect(encodeRecord(parsed.value)).toEqual(bytes);
      }),
    ));

  it('fits with the longest of everything', () => {
    const longest = {
      ...SCAN,
      minute: MAX_RECORD_NUMBER,
      trustAgeHours: MAX_RECORD_NUMBER,
      gate: LONGEST,
      issuer: LONGEST,
      isOwnKey: true,
    };
    expect(parseRecord(encodeRecord(longest))).toEqual({ ok: true, value: longest });
  });

  it.each([
    ['a gate', { ...SCAN, gate: `${LONGEST}a` }],
    ['a fraction of a minute', { ...SCAN, minute: 0.5 }],
    ['a time before 1970', { ...SCAN, minute: -1 }],
    ['a name in place of an issuer', { ...SCAN, issuer: 'Ada Lovelace' }],
    ['a pseudonym of another length', { ...SCAN, pseudonym: new Uint8Array(9) }],
  ])('is not written with %s that cannot be read again', (_name, record) => {
    expect(() => encodeRecord(record)).toThrow();
  });
});

describe('the parser refuses', () => {
  it.each([
    ['a byte short', encodeRecord(SCAN).slice(1), 'record-size'],
    ['a byte long', new Uint8Array(RECORD_BYTES + 1), 'record-size'],
    ['a length beyond its end', new Uint8Array(RECORD_BYTES).fill(RECORD_BYTES, 0, 1), 'record-length'],
    ['something behind its end', encodeRecord(SCAN).fill(1, RECORD_BYTES - 1), 'record-padding'],
    ['nothing', new Uint8Array(RECORD_BYTES), 'record-cbor'],
    ['an array inside', padded(encodeCbor(SCAN_PLACES.with(4, []))), 'record-cbor'],
    ['a map', padded(encodeCbor(new Map())), 'record-shape'],
    ['ten places', padded(encodeCbor(SCAN_PLACES.slice(1))), 'record-shape'],
    ['twelve places', padded(encodeCbor([...SCAN_PLACES, null])), 'record-shape'],
  ])('%s', (_name, bytes, code) => {
    expect(refusalOf(bytes)).toBe(code);
  });

  it.each<[number, CborValue, string]>([
    [0, 7, 'record-kind'],
    [0, -1, 'record-kind'],
    [0, '0', 'record-kind'],
    [1, MAX_RECORD_NUMBER, 'ok'],
    [1, MAX_RECORD_NUMBER + 1, 'record-minute'],
    [1, -1, 'record-minute'],
    [2, 'Gate 1', 'record-gate'],
    [2, '', 'record-gate'],
    [2, LONGEST, 'ok'],
    [2, `${LONGEST}a`, 'record-gate'],
    [3, 1, 'ok'],
    [3, 2, 'record-direction'],
    [4, 3, 'ok'],
    [4, 4, 'record-verdict'],
    [5, 18, 'ok'],
    [5, 19, 'record-reason'],
    [6, null, 'ok'],
    [6, LONGEST, 'ok'],
    [6, 'Ada Lovelace', 'record-issuer'],
    [7, null, 'ok'],
    [7, new Uint8Array(7), 'record-pseudonym'],
    [7, new Uint8Array(9), 'record-pseudonym'],
    [7, 'pseudony', 'record-pseudonym'],
    [8, true, 'ok'],
    [8, null, 'record-own-key'],
    [9, MAX_RECORD_NUMBER + 1, 'record-trust-age'],
    [9, null, 'record-trust-age'],
    [10, 1, 'record-refers-to'],
  ])('or takes place %i of a scan as %o: %s', (place, value, code) => {
    expect(withPlace(SCAN_PLACES, place, value)).toBe(code);
  });

  it('a key of one’s own where there is no pseudonym', () => {
    expect(refusalOf(padded(encodeCbor(SCAN_PLACES.with(7, null).with(8, true))))).toBe('record-own-key');
  });

  it.each<[string, readonly CborValue[], readonly (readonly [number, CborValue, string])[]]>([
    [
      'decision',
      DECISION_PLACES,
      [
        [4, 2, 'record-verdict'],
        [4, null, 'record-verdict'],
        [10, 0, 'record-refers-to'],
        [10, 2 ** 31, 'record-refers-to'],
        [10, null, 'record-refers-to'],
        [10, 2 ** 31 - 1, 'ok'],
      ],
    ],
    [
      'undo',
      UNDO_PLACES,
      [
        [4, 0, 'record-verdict'],
        [10, null, 'record-refers-to'],
        [10, 1, 'ok'],
      ],
    ],
    [
      'heartbeat',
      HEARTBEAT_PLACES,
      [
        [4, 0, 'record-verdict'],
        [10, 1, 'record-refers-to'],
        [0, 2, 'ok'],
        [0, 4, 'ok'],
        [0, 5, 'ok'],
      ],
    ],
  ])('what a %s has no place for', (_kind, places, rows) => {
    expect(refusalOf(padded(encodeCbor(places)))).toBe('ok');
    for (const [place, value, code] of rows)
      expect([place, withPlace(places, place, value)]).toEqual([place, code]);
    expect(withPlace(places, 5, 0)).toBe('record-reason');
    expect(withPlace(places, 6, 'city')).toBe('record-issuer');
    expect(withPlace(places, 7, PSEUDONYM)).toBe('record-pseudonym');
    expect(withPlace(places, 8, false)).toBe('record-own-key');
    expect(withPlace(places, 9, 0)).toBe('record-trust-age');
  });
});
