import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../../src/core/bytes/cbor.ts';
import {
  encodeSightings,
  MAX_SIGHTINGS,
  parseSightings,
  type SharedSighting,
} from '../../../../../src/core/log/sealed/sightings-message.ts';

const row = ['2026-03-02', new Uint8Array(8), 29_533_000, 'gate-1', 0];
const changed = (place: number, value: CborValue): CborValue => row.with(place, value as never);

const anySighting = (): fc.Arbitrary<SharedSighting> =>
  fc.record({
    day: fc.constantFrom('2026-03-02', '2024-02-29'),
    pseudonym: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes): Bytes => new Uint8Array(bytes)),
    minute: fc.nat(2 ** 31),
    gate: fc.constantFrom('gate-1', 'g2'),
    direction: fc.constantFrom('in', 'out'),
  });

describe('what gates tell each other', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.array(anySighting()), (cursor, sightings) => {
        const message = { cursor, sightings };
        expect(parseSightings(encodeSightings(message))).toEqual({ ok: true, value: message });
      }),
    );
  });

  it.each<readonly [string, CborValue, string]>([
    ['no array', 'x', 'sightings-shape'],
    ['three places', ['', [], 1], 'sightings-shape'],
    ['a number for a cursor', [1, []], 'sightings-cursor'],
    ['a cursor of 201 letters', ['x'.repeat(201), []], 'sightings-cursor'],
    ['rows that are none', ['', ''], 'sightings-shape'],
    ['one row too many', ['', Array(MAX_SIGHTINGS + 1).fill(row)], 'sightings-shape'],
    ['no day', ['', [changed(0, '2026-02-30')]], 'sightings-row'],
    ['a pseudonym of 7 bytes', ['', [changed(1, new Uint8Array(7))]], 'sightings-row'],
    ['a minute before 1970', ['', [changed(2, -1)]], 'sightings-row'],
    ['a gate that is none', ['', [changed(3, 'Gate 1')]], 'sightings-row'],
    ['a third direction', ['', [changed(4, 2)]], 'sightings-row'],
    ['a row too long', ['', [[...row, 1]]], 'sightings-row'],
  ])('refuses %s', (_words, value, code) => {
    expect(parseSightings(encodeCbor(value))).toEqual({ ok: false, error: code });
  });

  it('refuses what is no CBOR, and what is too long before it is read', () => {
    expect(parseSightings(new Uint8Array([0xff]))).toEqual({ ok: false, error: 'sightings-cbor' });
    expect(parseSightings(new Uint8Array(512 * 1024 + 1))).toEqual({
      ok: false,
      error: 'sightings-too-large',
    });
  });
});
