import { describe, expect, it } from 'vitest';
import { openParsers } from './fuzz.ts';
import { type FuzzPlan, fuzz, rareCodes } from './fuzz-runs.ts';
import { type Fuzzable, type FuzzSubject, toFuzzable } from './subject.ts';

const plan = (runs: number): FuzzPlan => ({ seed: 'tests', runs, from: 0, onProgress: () => {} });

describe('every parser', () => {
  it('refuses 18,000 hostile inputs by code, without an exception, and each code is reached', async () => {
    const { counts, failures } = await fuzz(await openParsers(), plan(18_000));
    expect(failures).toEqual([]);
    expect(counts.length).toBe(18);
    for (const count of counts) expect([count.parser, rareCodes(count, 3)]).toEqual([count.parser, []]);
    for (const count of counts) expect(count.countsByCode.get('ok')).toBeGreaterThan(0);
  });

  it('gives the same counts for the same seed', async () => {
    const parsers = await openParsers();
    const [first, second] = [await fuzz(parsers, plan(1400)), await fuzz(parsers, plan(1400))];
    expect(first.counts.map((count) => [...count.countsByCode])).toEqual(
      second.counts.map((count) => [...count.countsByCode]),
    );
  });
});

describe('the fuzzer reports', () => {
  const subject = (run: FuzzSubject<number>['run']): Fuzzable =>
    toFuzzable({
      name: 'number',
      codes: ['odd', 'never'],
      seedInputs: [0],
      mutate: (random) => random.below(100),
      run,
      show: String,
    });
  const problemsOf = async (run: FuzzSubject<number>['run']): Promise<readonly string[]> =>
    (await fuzz([subject(run)], plan(200))).failures.map(({ problem }) => problem);

  it('an exception, with its input and number', async () => {
    const { failures } = await fuzz(
      [
        subject((number) => {
          if (number === 13) throw new Error('thirteen');
          return 'ok';
        }),
      ],
      plan(2000),
    );
    expect(failures[0]?.problem).toContain('thirteen');
    expect(failures[0]?.input).toBe('13');
    const again = await fuzz([subject(String)], { ...plan(1), from: failures[0]?.number ?? -1 });
    expect(again.failures[0]?.input).toBe('13');
  });

  it('a rejected promise', async () => {
    expect((await problemsOf(() => Promise.reject(new Error('late'))))[0]).toContain('late');
  });

  it('a code that was not declared', async () => {
    expect((await problemsOf(() => 'even'))[0]).toContain("'even'");
  });

  it('an input that is slow every time', async () => {
    const wait = (): Promise<string> => new Promise((resolve) => setTimeout(() => resolve('ok'), 220));
    const { failures } = await fuzz([subject(wait)], plan(1));
    expect(failures[0]?.problem).toMatch(/took \d+ ms/);
  });

  it('a code that is never reached', async () => {
    const { counts } = await fuzz([subject((number) => (number % 2 === 1 ? 'odd' : 'ok'))], plan(200));
    expect(counts.map((count) => rareCodes(count, 1))).toEqual([['never']]);
  });
});
