// What the log is told of a shift, and what of somebody without a pass.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UNDO_MS } from '../../../src/app/guard/entry-model.ts';
import { createGuardModel, type GuardModel } from '../../../src/app/guard/guard-model.ts';
import { HEARTBEAT_MS } from '../../../src/app/guard/shift-notes.ts';
import { createStartModel } from '../../../src/app/guard/start-model.ts';
import {
  createMemoryTablet,
  createQuietParts,
  createSpokenScanner,
  type MemoryTablet,
} from './page-fixtures.ts';

const VIDEO = {} as HTMLVideoElement;

let tablet: MemoryTablet;
let model: GuardModel;

beforeEach(async () => {
  vi.useFakeTimers();
  tablet = createMemoryTablet();
  const parts = createQuietParts();
  const cues = { prepare() {}, release() {}, give() {} };
  const start = createStartModel(tablet, parts.memory, 'en');
  model = createGuardModel(start, { ...parts, tablet, openScanner: createSpokenScanner().open, cues });
  model.shift.chooseGate('g2');
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const kinds = () => tablet.notes.map(({ kind }) => kind);

describe('a shift', () => {
  test('is noted at its start and its end, once each', async () => {
    await model.startShift(VIDEO);
    model.endShift();
    model.endShift();
    await pass(2 * HEARTBEAT_MS);
    expect(kinds()).toEqual(['shift-start', 'shift-end']);
    expect(tablet.notes[0]?.place).toEqual({ gate: 'g2', direction: 'in' });
  });

  test('says every 15 minutes that it goes on', async () => {
    await model.startShift(VIDEO);
    await pass(HEARTBEAT_MS - 1);
    expect(kinds()).toEqual(['shift-start']);
    await pass(1);
    expect(kinds()).toEqual(['shift-start', 'heartbeat']);
    await pass(2 * HEARTBEAT_MS);
    expect(kinds()).toHaveLength(4);
  });

  test('says so within a minute of waking, however long the tablet slept', async () => {
    await model.startShift(VIDEO);
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    await pass(60_000);
    expect(kinds()).toEqual(['shift-start', 'heartbeat']);
  });

  test('says so after the clock was set back', async () => {
    await model.startShift(VIDEO);
    vi.setSystemTime(Date.now() - 3_600_000);
    await pass(60_000);
    expect(kinds()).toEqual(['shift-start', 'heartbeat']);
  });

  test('stops in words at once where nothing can be recorded', async () => {
    tablet.answerWith({ kind: 'stopped', why: 'no-day-key' });
    await model.startShift(VIDEO);
    await pass(0);
    expect([model.stage.value, model.stop.value]).toEqual(['stopped', { why: 'no-day-key' }]);
  });
});

describe('an entry without a pass', () => {
  test('is one record however often the key is pressed, and can be taken back for a while', async () => {
    await model.startShift(VIDEO);
    model.letInWithoutPass();
    model.letInWithoutPass();
    await pass(0);
    expect(kinds()).toEqual(['shift-start', 'entry-without-pass']);
    const { seq } = model.entry.noted.value ?? { seq: 0 };
    await Promise.all([model.entry.undo(), model.entry.undo()]);
    expect(kinds().slice(2)).toEqual([`undo ${seq}`]);
    expect(model.entry.noted.value).toBeNull();
  });

  test('stays once its time is over', async () => {
    await model.startShift(VIDEO);
    model.letInWithoutPass();
    await pass(UNDO_MS);
    expect(model.entry.noted.value).toBeNull();
    await model.entry.undo();
    expect(kinds()).toEqual(['shift-start', 'entry-without-pass']);
  });

  test('that could not be kept is said, and nothing is there to take back', async () => {
    await model.startShift(VIDEO);
    tablet.answerWith({ kind: 'stopped', why: 'storage-full' });
    model.letInWithoutPass();
    await pass(0);
    expect([model.entry.noted.value, model.stop.value]).toEqual([null, { why: 'storage-full' }]);
  });
});
