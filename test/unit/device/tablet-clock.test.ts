// The tablet's clock over what was stored: a tablet may have been stopped between any two writes of a refresh.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TabletState } from '../../../src/device/tablet.ts';
import { createTabletClock, type TabletClock } from '../../../src/device/tablet-clock.ts';

const NOW_SECONDS = 1_772_355_600;
const YEAR = 365 * 86_400;
const trust = { issuedAt: NOW_SECONDS - 3600, timestampKeys: 'new' };

let clock: TabletClock;
let shown: TabletState['clock'];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_SECONDS * 1000 });
  clock = createTabletClock({
    change(part) {
      shown = part.clock ?? shown;
    },
  });
});
afterEach(() => vi.useRealTimers());

const floorSeconds = () => clock.now().floorMs / 1000;
const lookTwice = () => {
  clock.look();
  clock.look();
};

test('takes the stored floor, or the timestamp if that is later', () => {
  clock.load({ ms: (NOW_SECONDS - 60) * 1000, under: 'new' }, trust);
  expect(floorSeconds()).toBe(NOW_SECONDS - 60);
  clock = createTabletClock({ change() {} });
  clock.load({ ms: (NOW_SECONDS - YEAR) * 1000, under: 'new' }, trust);
  expect(floorSeconds()).toBe(trust.issuedAt);
});

test('stopped after trust under new keys was written, and before its floor: the floor of the old keys is no more', () => {
  clock.load({ ms: (NOW_SECONDS + 10 * YEAR) * 1000, under: 'old' }, trust);
  lookTwice();
  expect([floorSeconds(), shown]).toEqual([trust.issuedAt, 'good']);
  expect(clock.judgedMs()).toBe(NOW_SECONDS * 1000);
});

test('stopped before trust under new keys was written: the old floor still counts, but not for the new root', () => {
  clock.load({ ms: (NOW_SECONDS + 10 * YEAR) * 1000, under: 'old' }, { ...trust, timestampKeys: 'old' });
  lookTwice();
  expect(shown).toBe('behind');
  expect(clock.startSeconds('old')).toBe(NOW_SECONDS + 10 * YEAR);
  expect(clock.startSeconds('new')).toBe(NOW_SECONDS);
});

test('without trust and without a floor nothing is in doubt, and updates start at the wall clock', () => {
  clock.load(undefined, null);
  lookTwice();
  expect([floorSeconds(), shown, clock.startSeconds('new')]).toEqual([0, 'good', NOW_SECONDS]);
});

test('another tab’s trust is taken without a second look: one look alone never warns', () => {
  clock.load(undefined, trust);
  lookTwice();
  clock.load({ ms: (NOW_SECONDS + YEAR) * 1000, under: 'new' }, trust);
  clock.look();
  expect(shown).toBe('good');
  clock.look();
  expect(shown).toBe('behind');
});
