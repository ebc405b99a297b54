// Stops a tablet and its server at every operation of a whole run in turn, before it and after it, opens them again, and
// looks: nothing that a guard was told is lost, nothing is there twice, and everything drains.

import { describe, expect, it } from 'vitest';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { openHouse } from '../unit/device/identity/enrolment-house.ts';
import { auditEnd } from './audit-end.ts';
import { Chance } from './chance.ts';
import { type CrashPage, CrashWorld, Operations, type Stop } from './crash-world.ts';
import { openSimKeys } from './sim-keys.ts';

const keys = await openSimKeys('browser');

type Flow = (page: CrashPage) => Promise<void>;

const times = async (count: number, work: () => Promise<void>): Promise<void> => {
  for (let time = 0; time < count; time++) await work();
};

const FLOWS: Readonly<Record<string, Flow>> = {
  scan: async (page) => times(4, () => page.scan()),
  sync: async (page) => {
    await times(3, () => page.scan());
    await page.sync();
    await times(2, () => page.scan());
    await page.sync();
  },
  'key change': async (page) => {
    await page.scan();
    await page.changeKey();
    await page.scan();
    await page.sync();
    await page.changeKey();
    await page.scan();
    await page.sync();
  },
};

async function newWorld(): Promise<CrashWorld> {
  const world = new CrashWorld(keys, new Chance(7));
  await world.enrol();
  return world;
}

async function countOperations(flow: Flow): Promise<number> {
  const [world, operations] = [await newWorld(), new Operations(null)];
  await flow(world.open(operations));
  return operations.count;
}

/** Until the stop; a page whose database was taken may fail as it likes. */
async function runUntil(world: CrashWorld, flow: Flow, stop: Stop): Promise<void> {
  const operations = new Operations(stop);
  const run = flow(world.open(operations));
  if (stop.how === 'death') await Promise.race([run, operations.ended]);
  else await run.catch(() => {});
  await operations.ended;
}

/** Opens all again: what is wrong then; null: nothing. */
async function recover(world: CrashWorld): Promise<string | null> {
  const page = world.open(new Operations(null));
  await page.scan();
  await page.changeKey();
  if (world.nextKey !== null) return 'the key cannot be changed any more';
  const sent = await page.sync();
  if (sent.kind !== 'drained' || world.waiting.size > 0) return 'it does not drain';
  const runs = [...world.tables.runsByName.values()];
  const [run] = runs;
  if (run === undefined || runs.length !== 1) return `${runs.length} runs`;
  if (run.apart.length + run.alarms.length > 0) return 'something was put apart, or is an alarm';
  const held = [...run.recordsBySeq].map(([seq, { hash }]) => `${seq} ${encodeHex(hash)}`);
  const lost = world.given.filter((record) => !held.includes(record));
  if (lost.length > 0) return `${lost.length} verdicts have no record`;
  // One more than was told: on the disk, and nobody heard so.
  if (held.length > world.given.length + 1) return `${held.length} records of ${world.given.length} verdicts`;
  return auditEnd(world.tables, world.register, keys, new Set());
}

const stopsOf = (operations: number, how: Stop['how']): readonly Stop[] =>
  Array.from({ length: operations }, (_, at) => at + 1).flatMap((at) => [
    { at, when: 'before', how },
    { at, when: 'after', how },
  ]);

describe.each(['death', 'upgrade'] as const)('%s at every operation', (how) => {
  it.each(Object.entries(FLOWS))('of %s', async (name, flow) => {
    const operations = await countOperations(flow);
    const broken: unknown[] = [];
    for (const stop of stopsOf(operations, how)) {
      const world = await newWorld();
      await runUntil(world, flow, stop);
      const what = await recover(world);
      if (what !== null) broken.push({ stop, what });
    }
    console.log(`${how}, ${name}: ${operations} operations, each before and after`);
    expect(broken).toEqual([]);
    expect(operations).toBeGreaterThan(8);
  });
});

it('would see a record that is gone, and a verdict that was never recorded', async () => {
  const [gone, never] = [await newWorld(), await newWorld()];
  for (const world of [gone, never]) await times(3, () => world.open(new Operations(null)).scan());
  gone.waiting.delete(2);
  never.given.push('3 0000');
  expect(await recover(gone)).not.toBeNull();
  expect(await recover(never)).toBe('1 verdicts have no record');
});

describe('death at every operation of enrolment', () => {
  it('leaves a tablet that goes on, or begins again', async () => {
    const whole = await openHouse();
    whole.onWait = () => whole.confirm();
    await whole.open().begin(await whole.invited());
    expect(whole.disk.identity).not.toBeNull();
    for (const { at, when } of stopsOf(whole.operations, 'death')) {
      const house = await openHouse();
      house.onWait = async () => {
        if (house.enrolment.kind === 'claimed') await house.confirm();
      };
      house.kill = { at, when };
      await house
        .open()
        .begin(await house.invited())
        .catch(() => {});
      house.kill = null;
      await house.open().resume();
      if (house.disk.identity === null) await house.open().begin(await house.invited());
      expect([at, when, house.disk.identity?.confirmed.gate, house.disk.enrolment]).toEqual([
        at,
        when,
        'east',
        null,
      ]);
      expect(house.disk.finished).toBe(1);
    }
    console.log(`enrolment: ${whole.operations} operations, each before and after`);
    expect(whole.operations).toBeGreaterThan(4);
  });
});
