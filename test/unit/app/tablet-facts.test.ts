// The strip, the rows of the start screen and the banners say what is known, and invert what is wrong.

import { describe, expect, test } from 'vitest';
import { cameraLine, cameraNotice } from '../../../src/app/guard/camera-words.ts';
import { type StartContext, startAdvice, startRows } from '../../../src/app/guard/start-facts.ts';
import { type FactsContext, stripCells, troubleBanners } from '../../../src/app/guard/tablet-facts.ts';
import { textsIn } from '../../../src/app/parts/texts/all-texts.ts';
import type { Catalogue } from '../../../src/app/parts/texts/catalogue.ts';
import { chooseLanguage } from '../../../src/app/parts/texts/languages.ts';
import type { CameraState } from '../../../src/camera/scanner.ts';
import type { TabletState } from '../../../src/device/tablet.ts';
import { trust, wellState } from './page-fixtures.ts';

const context: FactsContext = { texts: textsIn('en'), language: 'en', nowMs: Date.UTC(2026, 10, 23, 14, 32) };
const starting: StartContext = { ...context, texts: context.texts.start };
const place = { gate: 'g2', direction: 'in' } as const;
const aged = (state: 'fresh' | 'ageing' | 'stale' | 'dead', ageSeconds: number): TabletState => ({
  ...wellState,
  trust: { held: trust, ageSeconds, state },
});

describe('the strip', () => {
  test('of a tablet that is well', () => {
    const cells = stripCells(wellState, place, context);
    expect(cells.map(({ cell, label, value }) => [cell, label, value])).toEqual([
      ['gate', 'Lindenhof station', 'Gate 2 West · In'],
      ['network', 'Network', 'On'],
      ['waiting', 'Waiting', '0'],
      ['list', 'List age', '5 h'],
      ['clock', 'Time', '14:32'],
    ]);
    expect(cells.some(({ isTrouble }) => isTrouble)).toBe(false);
  });

  test.each([
    ['network', { network: { isReachable: false, sinceMs: context.nowMs - 12 * 60_000 } }, 'Off 12 min'],
    ['list', { trust: { held: trust, ageSeconds: 4 * 86_400, state: 'stale' } }, '4 days'],
    ['list', { trust: null }, 'None'],
    ['clock', { clock: 'behind' }, '14:32'],
  ] as const)('inverts the %s cell in its trouble', (cell, change, value) => {
    const inverted = stripCells({ ...wellState, ...change }, place, context).filter(
      ({ isTrouble }) => isTrouble,
    );
    expect(inverted.map((one) => [one.cell, one.value])).toEqual([[cell, value]]);
  });

  test('shows an ageing list without inverting it', () => {
    const list = stripCells(aged('ageing', 50 * 3600), place, context).find(({ cell }) => cell === 'list');
    expect(list).toMatchObject({ value: '2 days', isTrouble: false });
  });
});

describe('the start screen', () => {
  const rowOf = (state: TabletState, row: string) =>
    startRows(state, starting).find((one) => one.row === row);

  test('offers to send what waits, and to save it as a file where the server takes nothing any more', () => {
    expect(rowOf({ ...wellState, waiting: 3 }, 'waiting')?.key?.does).toBe('refresh');
    expect(rowOf({ ...wellState, waiting: 3, identity: 'revoked' }, 'waiting')?.key?.does).toBe('save');
    expect(rowOf({ ...wellState, identity: 'revoked' }, 'waiting')?.key).toBeUndefined();
  });

  test('advises to start when all is well, and to look when it is not', () => {
    expect(startAdvice(wellState, place, starting)).toBe(context.texts.start.ready);
    expect(startAdvice({ ...wellState, clock: 'ahead' }, place, starting)).toBe(
      context.texts.start.readyWithDoubt,
    );
    expect(startAdvice(wellState, null, starting)).toBe(context.texts.start.chooseGate);
    expect(startAdvice({ ...wellState, log: 'broken' }, place, starting)).toBe(context.texts.start.notReady);
  });

  test('does not call a clock good that nothing signed was compared with', () => {
    expect(rowOf({ ...wellState, trust: null }, 'clock')).toMatchObject({
      sign: 'unverifiable',
      isTrouble: false,
    });
  });

  test('offers a new log only where the old one is gone or broken', () => {
    const offered = (['open', 'vanished', 'broken', 'blocked'] as const).filter(
      (log) => rowOf({ ...wellState, log }, 'storage')?.key?.does === 'recover',
    );
    expect(offered).toEqual(['vanished', 'broken']);
  });

  test('says why a list was not taken, with one held and with none', () => {
    expect(rowOf({ ...wellState, trustTrouble: 'wrong-root' }, 'list')?.text).toContain('wrong-root');
    expect(rowOf({ ...wellState, trust: null, trustTrouble: 'wrong-root' }, 'list')?.text).toContain(
      'wrong-root',
    );
  });

  test('says how many rules were put back, and which', () => {
    expect(rowOf(wellState, 'settings')).toBeUndefined();
    const clippings = [{ place: 'policy.byColour.yellow', asked: 'admit', used: 'check' }];
    const held = { ...trust, clippings };
    expect(rowOf({ ...wellState, trust: { held, ageSeconds: 1, state: 'fresh' } }, 'settings')).toMatchObject(
      {
        text: 'This site asks for rules beyond what is allowed: 1 put back.',
        details: ['policy.byColour.yellow: check instead of admit'],
        isTrouble: false,
      },
    );
  });

  test('says that no list of withdrawn passes came yet, unless what is held is too old anyway', () => {
    const issuers = trust.issuers.map((issuer) => ({ ...issuer, status: new Map([[0, null]]) }));
    const held = { ...trust, issuers };
    const listRow = (state: 'fresh' | 'stale') =>
      rowOf({ ...wellState, trust: { held, ageSeconds: 4 * 86_400, state } }, 'list');
    expect(listRow('fresh')).toMatchObject({
      text: context.texts.start.listsMissing,
      sign: 'check',
      isTrouble: true,
    });
    expect(listRow('stale')?.text).toContain('4 days old');
  });
});

test('banners name every trouble that changes verdicts or endangers records, and no other', () => {
  expect(troubleBanners(wellState, context)).toEqual([]);
  expect(troubleBanners(aged('ageing', 90_000), context)).toEqual([]);
  const worst: TabletState = {
    ...aged('dead', 8 * 86_400),
    clock: 'behind',
    storage: 'low',
    trustTrouble: 'older',
  };
  expect(troubleBanners(worst, context)).toHaveLength(4);
});

describe('the camera in words', () => {
  const failed = ['refused', 'missing', 'busy', 'lost', 'insecure'] as const;

  test.each(failed)('%s has a sentence, an advice and a key', (kind) => {
    const camera: CameraState = { kind, detail: 'x' };
    const notice = cameraNotice(
      { camera, decoder: { kind: 'ready', decoder: 'zxing-wasm' }, isLooking: false },
      context.texts,
    );
    expect(notice?.what).toMatch(/\.$/);
    expect(notice?.next).toContain('pasted text works now');
    expect(notice?.key).toBe('Try again');
  });

  test('no two failures are told in the same words', () => {
    expect(new Set(failed.map((kind) => context.texts.camera[kind].what)).size).toBe(failed.length);
  });

  test('a decoder that did not start is said even where the camera is on', () => {
    const camera: CameraState = {
      kind: 'on',
      label: '',
      facing: 'rear',
      hasTorch: false,
      canSwitch: false,
      isTorchOn: false,
    };
    const state = {
      camera,
      decoder: { kind: 'decoder-failed', detail: 'no answer in 8 s' },
      isLooking: false,
    } as const;
    expect(cameraNotice(state, context.texts)).toMatchObject({ key: 'Start again' });
    expect(cameraNotice(state, context.texts)?.next).toContain('no answer in 8 s');
    expect(cameraLine({ ...state, decoder: { kind: 'ready', decoder: 'zxing-wasm' } }, context.texts)).toBe(
      'not looking',
    );
  });
});

test('the catalogue has no empty text', () => {
  const empty: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value === 'string' && value.trim() === '') empty.push(path);
    if (typeof value === 'function') look(value('1'), path);
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`);
    }
  };
  look(textsIn('en') satisfies Catalogue, 'en');
  expect(empty).toEqual([]);
});

test('the language is the first of the reader’s that is here, English else', () => {
  expect(chooseLanguage(['tlh', 'en-AU'])).toBe('en');
  expect(chooseLanguage([])).toBe('en');
});
