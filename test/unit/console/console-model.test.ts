// When the console asks, and what it shows when nothing answers: a world wound by hand.

import { expect, it } from 'vitest';
import {
  ASKING_MS,
  type ConsoleWorld,
  createConsoleModel,
  LEAST_GAP_MS,
  type Problem,
  TOLD_MS,
} from '../../../src/app/console/console-model.ts';
import { parseDayReport } from '../../../src/app/console/parse-day-report.ts';
import type { DayReport } from '../../../src/core/log/day-report.ts';
import { ok, type Result, refused } from '../../../src/core/result.ts';
import { aDay, aTablet, hourCount } from './a-day.ts';

function createWorld() {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly call: () => void }[] = [];
  let answer: Result<DayReport, Problem> = ok(aDay());
  let asked = 0;
  let isListening = false;
  let hear: (isHearing: boolean) => void = () => {};
  let change: () => void = () => {};
  const world: ConsoleWorld = {
    nowMs: () => nowMs,
    fetchReport: async () => {
      asked++;
      return answer;
    },
    listen: (onHearing, onChanged) => {
      isListening = true;
      hear = onHearing;
      change = onChanged;
      return () => {
        isListening = false;
      };
    },
    after: (ms, call) => {
      const timer = { atMs: nowMs + ms, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    world,
    settle,
    hear: (isHearing: boolean) => hear(isHearing),
    change: () => change(),
    answerWith: (next: typeof answer) => {
      answer = next;
    },
    asked: () => asked,
    waitingTimers: () => timers.length,
    isListening: () => isListening,
    async pass(ms: number) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers = timers.filter((other) => other !== next);
        nowMs = next.atMs;
        next.call();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

const DOWN: Problem = { kind: 'unreachable' };

async function start() {
  const hand = createWorld();
  const model = createConsoleModel(hand.world);
  const stop = model.start();
  await hand.settle();
  return { hand, model, stop };
}

it('asks at once, then every 5 s while nobody tells it of changes', async () => {
  const { hand, model } = await start();
  expect(model.state.value.kind).toBe('shown');
  await hand.pass(3 * ASKING_MS);
  expect(hand.asked()).toBe(4);
  expect(model.link.value).toBe('asking');
});

it('asks on a change, at most once a second, and every 30 s anyway', async () => {
  const { hand, model } = await start();
  hand.hear(true);
  expect(model.link.value).toBe('told');
  await hand.pass(ASKING_MS);
  const before = hand.asked();
  for (let times = 0; times < 50; times++) hand.change();
  await hand.pass(LEAST_GAP_MS);
  expect(hand.asked()).toBe(before + 1);
  await hand.pass(TOLD_MS);
  expect(hand.asked()).toBe(before + 2);
});

it('goes back to asking when it ceases to hear', async () => {
  const { hand, model } = await start();
  hand.hear(true);
  await hand.pass(ASKING_MS);
  hand.hear(false);
  const before = hand.asked();
  await hand.pass(2 * ASKING_MS);
  expect([model.link.value, hand.asked()]).toEqual(['asking', before + 2]);
});

it('asks once more for a change that comes while it asks', async () => {
  const { hand, model } = await start();
  hand.hear(true);
  const asking = model.refresh();
  hand.change();
  await asking;
  const before = hand.asked();
  await hand.pass(LEAST_GAP_MS);
  expect(hand.asked()).toBe(before + 1);
});

it('keeps the last report through trouble, says since when, and is well again', async () => {
  const { hand, model } = await start();
  hand.answerWith(refused(DOWN));
  await hand.pass(2 * ASKING_MS);
  expect(model.state.value).toMatchObject({
    kind: 'shown',
    fetchedAtMs: 0,
    trouble: { problem: DOWN, sinceMs: 0 },
  });
  hand.answerWith(ok(aDay()));
  await hand.pass(ASKING_MS);
  expect(model.state.value).toMatchObject({ kind: 'shown', fetchedAtMs: 3 * ASKING_MS, trouble: null });
});

it('says that it failed when there never was a report, and since when', async () => {
  const hand = createWorld();
  hand.answerWith(refused(DOWN));
  const model = createConsoleModel(hand.world);
  expect(model.state.value).toEqual({ kind: 'loading' });
  model.start();
  await hand.settle();
  await hand.pass(3 * ASKING_MS);
  expect(model.state.value).toEqual({ kind: 'failed', problem: DOWN, sinceMs: 0 });
});

it('leaves nothing running when stopped', async () => {
  const { hand, stop } = await start();
  stop();
  await hand.pass(10 * ASKING_MS);
  expect([hand.asked(), hand.waitingTimers(), hand.isListening()]).toEqual([1, 0, false]);
});

it('takes a report that went through JSON, and nothing that lacks a part', () => {
  const report = aDay({ hours: [hourCount(1)], tablets: [aTablet()] });
  const json = JSON.parse(JSON.stringify(report));
  expect(parseDayReport(json)).toEqual({ ok: true, value: report });
  for (const part of Object.keys(json)) {
    const { [part]: _, ...rest } = json;
    expect(parseDayReport(rest).ok, part).toBe(false);
  }
  for (const wrong of [
    null,
    [],
    'login',
    { ...json, hours: [{}] },
    { ...json, tablets: [{ ...aTablet(), forks: '1' }] },
  ]) {
    expect(parseDayReport(wrong).ok).toBe(false);
  }
});
