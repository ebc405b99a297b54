// The guard's page without its looks: what happens between a reading and the next one.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createGuardModel, type GuardModel } from '../../../src/app/guard/guard-model.ts';
import { createStartModel } from '../../../src/app/guard/start-model.ts';
import type { SignKind } from '../../../src/app/parts/signs.tsx';
import {
  createMemoryTablet,
  createQuietParts,
  createSpokenScanner,
  type MemoryTablet,
  type SpokenScanner,
} from './page-fixtures.ts';

const VIDEO = {} as HTMLVideoElement;

let tablet: MemoryTablet;
let scanner: SpokenScanner;
let parts: ReturnType<typeof createQuietParts>;
let heard: { sign: SignKind; stage: string }[];
let model: GuardModel;

beforeEach(() => {
  vi.useFakeTimers();
  tablet = createMemoryTablet();
  scanner = createSpokenScanner();
  parts = createQuietParts();
  heard = [];
  const cues = {
    prepare() {},
    release() {},
    give: (sign: SignKind) => void heard.push({ sign, stage: model.stage.value }),
  };
  const start = createStartModel(tablet, parts.memory, 'en');
  model = createGuardModel(start, { ...parts, tablet, openScanner: scanner.open, cues });
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function startAt(gate = 'g2'): Promise<void> {
  model.shift.chooseGate(gate);
  await model.startShift(VIDEO);
}

async function see(text: string): Promise<void> {
  expect(scanner.read(text)).toBe(true);
  await pass(0);
}

describe('starting', () => {
  test('waits for a gate where there are several', async () => {
    await model.startShift(VIDEO);
    expect(model.stage.value).toBe('start');
    await startAt();
    expect(model.stage.value).toBe('scanning');
    expect(scanner.isLooking()).toBe(true);
  });

  test('takes the only gate by itself, and a remembered one only while the site has it', () => {
    expect(model.shift.place.value).toBeNull();
    const { trust } = tablet.state;
    if (trust === null) throw new Error('the fixture holds trust');
    const site = { ...trust.held.site, gates: [{ id: 'door', name: 'Door' }] };
    model.shift.chooseGate('g1');
    tablet.become({ trust: { ...trust, held: { ...trust.held, site } } });
    expect(model.shift.place.value).toEqual({ gate: 'door', direction: 'in' });
  });

  test.each([
    ['no trust', { trust: null }],
    ['a full disk', { storage: 'full' }],
    ['a vanished log', { log: 'vanished' }],
  ] as const)('is not possible with %s', async (_name, trouble) => {
    model.shift.chooseGate('g1');
    tablet.become(trouble);
    await model.startShift(VIDEO);
    expect(model.stage.value).toBe('start');
  });
});

describe('a reading', () => {
  test('is recorded at this gate, then shown, then heard', async () => {
    await startAt();
    model.shift.chooseDirection('out');
    await see('again');
    expect(tablet.scans).toEqual([{ text: 'again', place: { gate: 'g2', direction: 'out' } }]);
    expect(model.stage.value).toBe('verdict');
    expect(model.verdict.shown.value?.words.code).toBe('42');
    expect(heard).toEqual([{ sign: 'seen-before', stage: 'verdict' }]);
    expect(model.shift.tally.value).toEqual({ admit: 0, check: 1, refuse: 0, unverifiable: 0 });
  });

  test('gives neither verdict nor sound when its record was not kept', async () => {
    await startAt();
    tablet.answerWith({ kind: 'stopped', why: 'storage-full' });
    await see('green');
    expect(model.stage.value).toBe('stopped');
    expect(model.stop.value).toEqual({ why: 'storage-full' });
    expect(model.verdict.shown.value).toBeNull();
    expect(heard).toEqual([]);
  });

  test('that takes the last room on the disk is answered before scanning stops', async () => {
    await startAt();
    const { scan } = tablet;
    const stages: string[] = [];
    tablet.scan = async (text, place) => {
      tablet.become({ storage: 'full' });
      stages.push(model.stage.value);
      return scan(text, place);
    };
    await see('again');
    expect([...stages, model.stage.value]).toEqual(['scanning', 'verdict']);
    model.verdict.clear();
    expect(model.stop.value).toEqual({ why: 'storage-full' });
  });

  test('that makes the program fail stops with its words, and scanning goes on after', async () => {
    await startAt();
    tablet.answerWith(new Error('no such table'));
    await see('green');
    expect(model.stop.value).toEqual({ why: 'fault', detail: 'no such table' });
    tablet.answerWith(null);
    await model.recover({ why: 'fault', detail: 'no such table' });
    expect(model.stage.value).toBe('scanning');
    await pass(300);
    await see('green');
    expect(model.stage.value).toBe('verdict');
  });
});

test('the age of what it was judged by stands in every verdict from stale on, but for one whose reason it is', async () => {
  const { trust } = tablet.state;
  if (trust === null) throw new Error('the fixture holds trust');
  await startAt();
  tablet.become({ trust: { ...trust, ageSeconds: 4 * 86_400, state: 'stale' } });
  await see('late');
  expect(model.verdict.shown.value?.ageOfTrust).toBe('4 days');
  model.verdict.clear();
  await pass(300);
  tablet.become({ trust: { ...trust, ageSeconds: 50 * 3600, state: 'ageing' } });
  await see('green');
  expect(model.verdict.shown.value?.ageOfTrust).toBe('');
  model.verdict.clear();
  await pass(300);
  tablet.become({ trust: { ...trust, ageSeconds: 8 * 86_400, state: 'dead' } });
  const verdict = { kind: 'unverifiable', reason: 'trust-expired', ageSeconds: 8 * 86_400 } as const;
  tablet.answerWith({ kind: 'recorded', verdict, seq: 9, epoch: 1, atMs: 0 });
  await see('green');
  expect(model.verdict.shown.value).toMatchObject({ verdict, ageOfTrust: '' });
});

describe('a verdict', () => {
  test('leaves by itself after the time of the policy, and frames are looked at 300 ms later', async () => {
    await startAt();
    await see('late');
    await pass(5999);
    expect(model.stage.value).toBe('verdict');
    expect(scanner.isLooking()).toBe(false);
    await pass(1);
    expect(model.stage.value).toBe('scanning');
    await pass(299);
    expect(scanner.isLooking()).toBe(false);
    await pass(1);
    expect(scanner.isLooking()).toBe(true);
  });

  test('stays 700 ms whatever is touched', async () => {
    await startAt();
    await see('late');
    await pass(699);
    expect(model.verdict.leave()).toBe(false);
    await pass(1);
    expect(model.verdict.leave()).toBe(true);
    expect(model.stage.value).toBe('scanning');
  });

  test('held, stays; let go, it has the time that was left', async () => {
    await startAt();
    await see('late');
    await pass(2000);
    model.verdict.toggleHold();
    await pass(60_000);
    expect(model.stage.value).toBe('verdict');
    model.verdict.toggleHold();
    await pass(3999);
    expect(model.stage.value).toBe('verdict');
    await pass(1);
    expect(model.stage.value).toBe('scanning');
  });

  test('an admit makes way for the next code after 700 ms', async () => {
    await startAt();
    await see('green');
    await pass(699);
    expect(scanner.isLooking()).toBe(false);
    await pass(1);
    await see('late');
    expect(model.verdict.shown.value?.verdict.kind).toBe('refuse');
    expect(scanner.isLooking()).toBe(false);
    await pass(5999);
    expect(model.stage.value).toBe('verdict');
  });
});

describe('the answer after check and cannot verify', () => {
  test('is recorded once, for that scan, and ends the verdict', async () => {
    await startAt();
    await see('again');
    await pass(1000);
    await Promise.all([model.decide('let-in'), model.decide('let-in')]);
    expect(tablet.decisions).toEqual([{ decision: 'let-in', refersTo: 1 }]);
    await pass(0);
    expect(model.stage.value).toBe('scanning');
  });

  test('counts when it comes at once, though the verdict stays its 700 ms', async () => {
    await startAt();
    await see('again');
    await model.decide('sent-away');
    expect(tablet.decisions).toEqual([{ decision: 'sent-away', refersTo: 1 }]);
    expect(model.stage.value).toBe('verdict');
    await pass(700);
    expect(model.stage.value).toBe('scanning');
  });

  test('that could not be stored is said', async () => {
    await startAt();
    await see('again');
    tablet.answerWith({ kind: 'stopped', why: 'log-broken' });
    await model.decide('let-in');
    expect(model.isDecisionLost.value).toBe(true);
    await pass(700);
    expect(model.stop.value).toEqual({ why: 'log-broken' });
  });
});

describe('a stop', () => {
  test('a log that vanishes in the middle of a shift is shown at once, and a new one goes on', async () => {
    await startAt();
    tablet.become({ log: 'vanished' });
    expect(model.stop.value).toEqual({ why: 'log-vanished' });
    expect(scanner.isLooking()).toBe(false);
    await model.recover({ why: 'log-vanished' });
    expect(model.stage.value).toBe('scanning');
    expect(scanner.isLooking()).toBe(true);
  });

  test('whose cause stands after a try says so', async () => {
    await startAt();
    tablet.become({ storage: 'full' });
    await model.recover({ why: 'storage-full' });
    expect(model.stage.value).toBe('stopped');
    expect(model.isStillStopped.value).toBe(true);
  });

  test('that was reported ends by itself when the tablet is well again', async () => {
    await startAt();
    tablet.answerWith({ kind: 'stopped', why: 'log-blocked' });
    await see('green');
    tablet.become({ log: 'blocked' });
    expect(model.stop.value).toEqual({ why: 'log-blocked' });
    tablet.become({ log: 'open' });
    expect(model.stage.value).toBe('scanning');
  });

  test('can be left by ending the shift', async () => {
    await startAt();
    tablet.become({ log: 'broken' });
    model.endShift();
    expect(model.stage.value).toBe('start');
    expect(scanner.isLooking()).toBe(false);
  });
});

describe('pictures and pasted text', () => {
  test('go the same way as a frame', async () => {
    await startAt();
    scanner.answerPicture({ kind: 'read', text: 'late' });
    await model.takePicture(new Blob());
    expect(model.verdict.shown.value?.verdict.reason).toBe('expired');
    await pass(700);
    model.takeText(' green\n');
    await pass(0);
    expect(tablet.scans.map(({ text }) => text)).toEqual(['late', 'green']);
  });

  test('a picture without a code is said for 3 s', async () => {
    await startAt();
    await model.takePicture(new Blob());
    expect(model.camera.hint.value).toBe('no-code');
    await pass(2999);
    expect(model.camera.hint.value).toBe('no-code');
    await pass(1);
    expect(model.camera.hint.value).toBe('show');
  });

  test('after 30 s of looking in vain, what helps is said until something is read', async () => {
    await startAt();
    await pass(29_999);
    expect(model.camera.hint.value).toBe('show');
    await pass(1);
    expect(model.camera.hint.value).toBe('help');
    await see('green');
    expect(model.camera.hint.value).toBe('show');
  });
});

describe('a new version', () => {
  test('is taken by itself on a start screen that is left alone', async () => {
    parts.updates.tell();
    await pass(2000);
    model.shift.chooseGate('g1');
    await pass(2999);
    expect(parts.updates.taken).toBe(0);
    await pass(1);
    expect(parts.updates.taken).toBe(1);
  });

  test('is never taken while a verdict is up, and by tap while scanning', async () => {
    await startAt();
    parts.updates.tell();
    await pass(10_000);
    expect(parts.updates.taken).toBe(0);
    await see('late');
    model.takeUpdate();
    expect(parts.updates.taken).toBe(0);
    await pass(6000);
    model.takeUpdate();
    expect(parts.updates.taken).toBe(1);
  });
});
