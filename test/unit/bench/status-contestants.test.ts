import { describe, expect, it } from 'vitest';
import { createBloomFilter } from '../../bench/status/bloom-filter.ts';
import type { Contestant } from '../../bench/status/contestant.ts';
import { createGolombSets } from '../../bench/status/golomb-set.ts';
import { createPopulation } from '../../bench/status/population.ts';
import { publishLists } from '../../bench/status/published-lists.ts';
import { createWords } from '../../bench/status/words.ts';

const population = createPopulation(200_000, 20_000, createWords(1));
const { places, isRevokedByPass } = population;

function mistakesOf({ isRevoked }: Contestant) {
  const said = Array.from(places, (place) => (isRevoked(place) ? 1 : 0));
  const count = (given: number, truth: number) =>
    said.filter((word, pass) => word === given && isRevokedByPass[pass] === truth).length;
  return { falseRefusals: count(1, 0), falseAdmissions: count(0, 1) };
}

describe('the population', () => {
  it('has as many revoked passes as were asked for, each pass at a place of its own', () => {
    expect(isRevokedByPass.reduce((sum, bit) => sum + bit, 0)).toBe(20_000);
    expect(new Set(places).size).toBe(200_000);
    expect(population.lists.flatMap(({ revokedIndices }) => revokedIndices).length).toBe(20_000);
  });
});

describe('the contestants', () => {
  it('status lists never err', async () => {
    const { contestant } = await publishLists(population);
    expect(mistakesOf(contestant)).toEqual({ falseRefusals: 0, falseAdmissions: 0 });
  });

  // 180,000 passes that are not revoked: 1,800 mistakes on average at a hundredth, with a deviation of 42.
  it.each([
    ['a Bloom filter', createBloomFilter],
    ['Golomb-coded sets', createGolombSets],
  ])('%s errs as often as it is allowed to, and lets no revoked pass in', (_, create) => {
    const { falseRefusals, falseAdmissions } = mistakesOf(create(population, 0.01));
    expect(falseAdmissions).toBe(0);
    expect(falseRefusals).toBeGreaterThan(1600);
    expect(falseRefusals).toBeLessThan(2000);
  });
});
