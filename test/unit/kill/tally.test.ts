// The judge of the kill run: what it calls lost, twice and extra.

import { describe, expect, it } from 'vitest';
import { faultsOf, type Holdings, type StoredRow, tally } from '../../kill/tally.ts';

const row = (name: string, hash = 'aa', table: StoredRow['table'] = 'scan'): StoredRow => ({
  name,
  hash,
  table,
});
const one = { name: 'd/1/1', hash: 'aa' };
const two = { name: 'd/1/2', hash: 'bb' };

describe('a tally', () => {
  it('is clean when each promised record is there once', () => {
    expect(tally([one, two], [row('d/1/2', 'bb'), row('d/1/1')])).toEqual({
      stored: 2,
      lost: [],
      duplicates: [],
      extra: [],
    });
  });

  it('misses what is not there', () => {
    expect(tally([one, two], [row('d/1/1')]).lost).toEqual(['d/1/2']);
  });

  it('misses a record whose number holds another one', () => {
    expect(tally([one], [row('d/1/1', 'ff')]).lost).toEqual(['d/1/1']);
  });

  it('takes a record in quarantine for kept', () => {
    expect(tally([one], [row('d/1/1', 'aa', 'quarantine')]).lost).toEqual([]);
  });

  it('finds the same number twice, in either table and under any hash', () => {
    expect(tally([one], [row('d/1/1'), row('d/1/1')]).duplicates).toEqual(['d/1/1']);
    expect(tally([one], [row('d/1/1'), row('d/1/1', 'ff', 'quarantine')]).duplicates).toEqual(['d/1/1']);
  });

  it('names what nobody was promised', () => {
    expect(tally([one], [row('d/1/1'), row('d/1/2', 'bb')]).extra).toEqual(['d/1/2']);
  });
});

describe('the tables by themselves', () => {
  const whole: Holdings = {
    rows: [row('d/1/1'), row('d/1/2')],
    scans: 2,
    unopened: [],
    counted: 2,
    alarms: 0,
  };

  it.each<[string, Partial<Holdings>, number]>([
    ['are whole', {}, 0],
    ['count a scan twice', { counted: 3 }, 1],
    ['count a scan not at all', { counted: 1 }, 1],
    ['skip a number', { rows: [row('d/1/1'), row('d/1/3')] }, 1],
    ['begin after 1', { rows: [row('d/1/2'), row('d/1/3')] }, 1],
    ['hold a record apart', { rows: [row('d/1/1'), row('d/1/2', 'aa', 'quarantine')] }, 1],
    ['hold an alarm', { alarms: 1 }, 1],
    ['hold a record that does not open', { unopened: ['d/1/2'] }, 1],
  ])('%s', (_, part, faults) => {
    expect(faultsOf({ ...whole, ...part })).toHaveLength(faults);
  });
});
