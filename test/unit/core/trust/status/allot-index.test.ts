import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecoys,
  allotIndex,
  allotIndices,
  createUsedIndices,
  isUsed,
  nextIssueTime,
  type RandomBytes,
  type UsedIndices,
} from '../../../../../src/core/trust/status/allot-index.ts';
import { createStatusList, MAX_INDICES, statusAt } from '../../../../../src/core/trust/status/status-list.ts';
import { createRandom } from '../../../../fuzz/random.ts';

const randomOf = (seed: string): RandomBytes => {
  const random = createRandom(seed);
  return (count) => random.bytes(count);
};
const usedPlaces = (used: UsedIndices): number[] =>
  Array.from({ length: used.indices }, (_, index) => index).filter((index) => isUsed(used, index));

describe('allotIndex', () => {
  it('gives every place of a list once, then none', () => {
    const random = randomOf('every place');
    let used = createUsedIndices(13);
    const given: number[] = [];
    for (;;) {
      const allotted = allotIndex(used, random);
      if (allotted === null) break;
      expect(isUsed(used, allotted.index)).toBe(false);
      expect(isUsed(allotted.used, allotted.index)).toBe(true);
      given.push(allotted.index);
      used = allotted.used;
    }
    expect(given).not.toEqual(given.toSorted((a, b) => a - b));
    expect(given.toSorted((a, b) => a - b)).toEqual(usedPlaces(used));
    expect(given.length).toBe(13);
  });

  it('leaves what it was given as it was', () => {
    const used = createUsedIndices(100);
    allotIndex(used, randomOf('unchanged'));
    expect(used).toEqual(createUsedIndices(100));
  });

  it('finds the last free place of the largest list', () => {
    const taken = new Uint8Array(MAX_INDICES / 8).fill(0xff);
    taken[77_777] = 0b1101_1111;
    expect(allotIndex({ indices: MAX_INDICES, taken }, randomOf('last'))?.index).toBe(77_777 * 8 + 5);
  });

  it('draws each free place as often as another', () => {
    const random = randomOf('even');
    const used = allotIndices(createUsedIndices(12), 4, random)?.used ?? createUsedIndices(0);
    const counts = new Map<number, number>();
    const draws = 8000;
    for (let draw = 0; draw < draws; draw++) {
      const index = allotIndex(used, random)?.index ?? -1;
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    expect(counts.size).toBe(8);
    const expected = draws / 8;
    const chiSquare = [...counts.values()].reduce(
      (sum, count) => sum + (count - expected) ** 2 / expected,
      0,
    );
    // 7 degrees of freedom: above 29.9 once in 10,000 fair draws; this one is always the same.
    expect(chiSquare).toBeLessThan(29.9);
  });

  it('draws again where a remainder would favour low places', () => {
    const drawn = [0xff_ff_ff_ff, 0xff_ff_ff_fe];
    const random: RandomBytes = (count) => {
      const bytes = new Uint8Array(count);
      new DataView(bytes.buffer).setUint32(0, drawn.shift() ?? 0);
      return bytes;
    };
    // 2^32 = 1 (mod 3): the highest draw has no fair place.
    expect(allotIndex(createUsedIndices(3), random)?.index).toBe(0xff_ff_ff_fe % 3);
    expect(drawn).toEqual([]);
  });
});

describe('allotIndices', () => {
  it.each([
    [9, 10],
    [10, 10],
    [0, 10],
  ])('gives %i of %i', (count, indices) => {
    const allotment = allotIndices(createUsedIndices(indices), count, randomOf('some'));
    expect(allotment?.allotted.length).toBe(count);
    expect(allotment && usedPlaces(allotment.used).length).toBe(count);
  });

  it('gives none where fewer are free', () => {
    expect(allotIndices(createUsedIndices(10), 11, randomOf('too many'))).toBeNull();
  });

  it('never gives a place twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 10 }),
        fc.string(),
        (indices, counts, seed) => {
          const random = randomOf(seed);
          let used = createUsedIndices(indices);
          const given = new Set<number>();
          for (const count of counts) {
            const allotment = allotIndices(used, count, random);
            if (allotment === null) {
              expect(given.size + count).toBeGreaterThan(indices);
              continue;
            }
            for (const index of allotment.allotted) {
              expect(given.has(index)).toBe(false);
              expect(index).toBeLessThan(indices);
              given.add(index);
            }
            used = allotment.used;
          }
          expect(usedPlaces(used)).toEqual([...given].sort((a, b) => a - b));
        },
      ),
    );
  });
});

describe('addDecoys', () => {
  it('revokes that many places that no pass has, and no pass gets one later', () => {
    const random = randomOf('decoys');
    const passes = allotIndices(createUsedIndices(64), 40, random);
    if (passes === null) throw new Error('no room');
    const decoyed = addDecoys(createStatusList(64, 2), passes.used, 20, random);
    if (decoyed === null) throw new Error('no room');
    const { list, used } = decoyed;
    const revoked = Array.from({ length: 64 }, (_, index) => index).filter(
      (index) => statusAt(list, index) === 'revoked',
    );
    expect(revoked.length).toBe(20);
    expect([...passes.allotted].filter((index) => statusAt(list, index) !== 'valid')).toEqual([]);
    const rest = allotIndices(used, 4, random);
    expect([...(rest?.allotted ?? [])].filter((index) => revoked.includes(index))).toEqual([]);
    expect(rest && allotIndex(rest.used, random)).toBeNull();
    expect(addDecoys(list, used, 5, random)).toBeNull();
  });

  it('refuses to count places that the list does not have', () => {
    expect(() => addDecoys(createStatusList(8, 1), createUsedIndices(9), 1, randomOf('x'))).toThrow(
      'more places',
    );
  });
});

describe('nextIssueTime', () => {
  it.each([
    [null, 1000, 1000],
    [998, 1000, 1000],
    [999, 1000, 1000],
    [1000, 1000, 1001],
    [1001, 1000, 1002],
  ])('after %s, at %i, it is %i', (previous, now, next) => {
    expect(nextIssueTime(previous, now)).toBe(next);
  });
});
