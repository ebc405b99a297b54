// Stories that the simulator has told once, each written down by hand: so that what was mended stays mended, and what is a
// limit is known to be one.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Strike } from './faults.ts';
import type { Step } from './plan.ts';
import { openSimulator, type Simulator } from './simulate.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await openSimulator();
});
afterAll(() => simulator.close());

const scans = (times: number, tab = 0): Step => ({ kind: 'scan', tablet: 0, tab, times });
const wait = (ms: number): Step => ({ kind: 'wait', ms });
const strike = (name: Strike, amount = 0): Step => ({
  kind: 'strike',
  strike: name,
  tablet: 0,
  tab: 0,
  amount,
});
const openAll: Step = { kind: 'open', tablet: 0, tab: 0, isWithAll: true };
/** And a minute goes by: scans of one minute can be the same record, byte for byte. */
const SENT_MS = 70_000;

const tell = (tabs: number, steps: readonly Step[]) => simulator.run({ seed: 1, tabs: [tabs], steps });

describe('a log that is deleted after a fork', () => {
  const steps = [
    ...[wait(1000), scans(2), wait(SENT_MS), strike('tablet-imaged'), scans(2), wait(SENT_MS)],
    ...[strike('tablet-restored'), openAll, wait(1000), scans(1), wait(SENT_MS)],
    ...[scans(2), wait(SENT_MS), strike('database-deleted'), scans(1), wait(1000)],
    ...[openAll, wait(1000), scans(2), wait(SENT_MS)],
  ];

  it('is followed by one that uses no number again: its tablet is enrolled anew', async () => {
    const { violation, story, counts } = await tell(1, steps);
    expect(violation).toBeNull();
    expect(story.join('\n')).toMatch(/under 2\/1[\s\S]*under 1\/1/);
    expect(counts.of('fork-kept')).toBeGreaterThan(0);
  });
});

describe('a log that is deleted under two tabs', () => {
  it('is begun anew once, whichever of them opens first', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const steps = [
        ...[openAll, wait(1000), scans(2), wait(SENT_MS), strike('database-deleted')],
        ...[scans(1), scans(1, 1), wait(1000), openAll, wait(seed % 12), scans(2), scans(2, 1), wait(3)],
        ...[scans(3), scans(3, 1), wait(SENT_MS)],
      ];
      const { violation } = await simulator.run({ seed, tabs: [2], steps });
      expect(violation).toBeNull();
    }
  });
});

describe('a number that a restored server has lost, and a restored tablet uses again', () => {
  it('is put apart, though what stands behind it was taken', async () => {
    const { violation, counts } = await tell(1, [
      ...[wait(1000), strike('server-backed-up'), strike('tablet-imaged'), scans(1), wait(SENT_MS)],
      ...[strike('server-restored'), wait(SENT_MS), scans(2), wait(SENT_MS)],
      ...[strike('tablet-restored'), openAll, wait(1000), scans(3), wait(SENT_MS)],
    ]);
    expect(violation).toBeNull();
    expect(counts.of('gap-taken')).toBeGreaterThan(0);
    expect(counts.of('fork-kept')).toBeGreaterThan(0);
  });
});

describe("a hole in the middle of a tablet's own log", () => {
  it('drains: what stands behind it is taken, and the gap is an alarm', async () => {
    const { violation, counts } = await tell(1, [
      ...[wait(1000), { kind: 'begin', fault: 'away-503', tablet: 0, amount: 0 } as const],
      ...[scans(4), wait(1000), strike('record-lost', 0.4), wait(1000), { kind: 'heal', pick: 0 } as const],
    ]);
    expect(violation).toBeNull();
    expect(counts.of('gap-taken')).toBe(1);
  });
});
