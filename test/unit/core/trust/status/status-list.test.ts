import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHex } from '../../../../../src/core/bytes/hex.ts';
import { inflateZlib } from '../../../../../src/core/trust/status/inflate-zlib.ts';
import {
  createStatusList,
  hasOnlyKnownValues,
  indicesOf,
  type ListedStatus,
  MAX_INDICES,
  packedBytesFor,
  type StatusBits,
  type StatusList,
  statusAt,
  statusValueAt,
  withStatuses,
} from '../../../../../src/core/trust/status/status-list.ts';
import { bytesOf } from '../../../../support/bytes-of.ts';
import { DRAFT_LISTS, type DraftList } from './draft-lists.ts';

function listOf({ cbor, bits, indices }: DraftList): StatusList {
  const packed = inflateZlib(bytesOf(cbor.slice(cbor.indexOf('78da'))), packedBytesFor(indices, bits));
  if (!packed.ok) throw new Error(packed.error);
  return { bits, packed: packed.value };
}

describe('the lists of draft-ietf-oauth-status-list', () => {
  it.each(DRAFT_LISTS)('$name: every value', (draft) => {
    const list = listOf(draft);
    expect(indicesOf(list)).toBe(draft.indices);
    const values = new Map<number, number | undefined>();
    for (let index = 0; index < draft.indices; index++) {
      const value = statusValueAt(list, index);
      if (value !== 0) values.set(index, value);
    }
    expect(values).toEqual(draft.values);
    expect(statusValueAt(list, draft.indices)).toBeUndefined();
  });

  it.each(DRAFT_LISTS)('$name: each value by its name, 3 as revoked', (draft) => {
    const list = listOf(draft);
    const names = ['valid', 'revoked', 'suspended', 'revoked'];
    for (const [index, value] of draft.values) expect(statusAt(list, index)).toBe(names[value]);
    expect(statusAt(list, draft.indices)).toBe('out-of-range');
  });

  it.each(DRAFT_LISTS)('$name: written here, it is the same bytes', (draft) => {
    if ([...draft.values.values()].includes(3)) {
      expect(hasOnlyKnownValues(listOf(draft))).toBe(false);
      return;
    }
    const changes = [...draft.values.keys()].map((index) => [index, 'revoked'] as const);
    const written = withStatuses(createStatusList(draft.indices, draft.bits), changes);
    expect(encodeHex(written.packed)).toBe(encodeHex(listOf(draft).packed));
    expect(hasOnlyKnownValues(written)).toBe(true);
  });
});

describe('limits', () => {
  it.each<[number, StatusBits, number]>([
    [1, 1, 1],
    [8, 1, 1],
    [9, 1, 2],
    [1, 2, 1],
    [4, 2, 1],
    [5, 2, 2],
    [MAX_INDICES, 1, 131_072],
    [MAX_INDICES, 2, 262_144],
  ])('%i places of %i bits take %i bytes', (indices, bits, bytes) => {
    const list = createStatusList(indices, bits);
    expect(list.packed.byteLength).toBe(bytes);
    expect(statusAt(list, indices - 1)).toBe('valid');
    expect(statusAt(list, indicesOf(list) - 1)).toBe('valid');
    expect(statusAt(list, indicesOf(list))).toBe('out-of-range');
  });

  it.each([0, -1, 1.5, Number.NaN, MAX_INDICES + 1])('a list of %d places is none', (indices) => {
    expect(() => createStatusList(indices, 1)).toThrow('a status list has');
  });

  it.each([-1, -8, 0.5, 7.999, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 32 + 1, 2 ** 53, 8])(
    'place %d of eight is outside',
    (index) => {
      const list = createStatusList(8, 1);
      expect(statusAt(list, index)).toBe('out-of-range');
      expect(() => withStatuses(list, [[index, 'revoked']])).toThrow('no place');
    },
  );

  it('one bit has no place for suspended', () => {
    expect(() => withStatuses(createStatusList(8, 1), [[0, 'suspended']])).toThrow('no place for suspended');
  });

  it.each([0, 1, 2, 3])('a 3 at place %i of a byte is unknown', (place) => {
    const packed = Uint8Array.of(0, 3 << (2 * place), 0);
    expect(hasOnlyKnownValues({ bits: 2, packed })).toBe(false);
    expect(hasOnlyKnownValues({ bits: 1, packed })).toBe(true);
    expect(statusAt({ bits: 2, packed }, 4 + place)).toBe('revoked');
  });

  it('a 2 beside a 1 is no 3', () => {
    for (const byte of [0b10_01_10_01, 0b01_10_01_10]) {
      expect(hasOnlyKnownValues({ bits: 2, packed: Uint8Array.of(byte) })).toBe(true);
    }
  });

  it('ten lists of 2^20 places of 1 bit stay under 2 MB', () => {
    const lists = Array.from({ length: 10 }, () => createStatusList(MAX_INDICES, 1));
    const sizeBytes = lists.reduce((sum, { packed }) => sum + packed.buffer.byteLength, 0);
    expect(sizeBytes).toBe(1_310_720);
    expect(sizeBytes).toBeLessThan(2_000_000);
  });
});

describe('properties', () => {
  const statusesOf = (bits: StatusBits) =>
    fc.constantFrom<ListedStatus>(
      ...(bits === 1 ? (['valid', 'revoked'] as const) : (['valid', 'revoked', 'suspended'] as const)),
    );
  const cases = fc.constantFrom<StatusBits>(1, 2).chain((bits) =>
    fc.record({
      bits: fc.constant(bits),
      indices: fc.integer({ min: 64, max: 300 }),
      changes: fc.array(fc.tuple(fc.nat({ max: 63 }), statusesOf(bits)), { maxLength: 100 }),
    }),
  );

  it('every place says what was last written there, and the list before says what it said', () => {
    fc.assert(
      fc.property(cases, ({ bits, indices, changes }) => {
        const empty = createStatusList(indices, bits);
        const list = withStatuses(empty, changes);
        const lastByIndex = new Map(changes);
        for (let index = 0; index < indices; index++)
          expect(statusAt(list, index)).toBe(lastByIndex.get(index) ?? 'valid');
        expect(empty).toEqual(createStatusList(indices, bits));
        expect(hasOnlyKnownValues(list)).toBe(true);
      }),
    );
  });

  it('values are unknown exactly where one place has a 3', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), (packed) => {
        const list: StatusList = { bits: 2, packed: new Uint8Array(packed) };
        const values = Array.from({ length: indicesOf(list) }, (_, index) => statusValueAt(list, index));
        expect(hasOnlyKnownValues(list)).toBe(!values.includes(3));
      }),
      { numRuns: 500 },
    );
  });
});
