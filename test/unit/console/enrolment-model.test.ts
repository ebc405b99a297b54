// The manager's side of enrolling a tablet: every way that a code can end, and that no late answer undoes a later step.

import { describe, expect, it } from 'vitest';
import type { Ask, Told } from '../../../src/app/console/ask-server.ts';
import { problemOf } from '../../../src/app/console/ask-server.ts';
import { countdown, createEnrolmentModel } from '../../../src/app/console/enrolment-model.ts';
import { ok, type Result, refused } from '../../../src/core/result.ts';

const CODE = {
  id: 'e1',
  invitation: 'GLE1:A',
  typed: 'AAAA-BBBB',
  origin: 'https://gate.test',
  expiresSeconds: 600,
};

function createServer() {
  const asked: string[] = [];
  let state: object = { state: 'offered', digits: null, device: null };
  let isAway = false;
  const ask: Ask = async (method, path, { json } = {}) => {
    asked.push(`${method} ${path} ${json === undefined ? '' : JSON.stringify(json)}`.trim());
    if (isAway) return refused(problemOf('unreachable'));
    return told(method === 'POST' && path.endsWith('/enrolments') ? CODE : state);
  };
  return {
    asked,
    ask,
    say: (next: object) => {
      state = next;
    },
    goAway: () => {
      isAway = true;
    },
  };
}

const told = (json: unknown): Result<Told, never> => ok({ json, etag: null });

async function offered() {
  const server = createServer();
  let enrolled = 0;
  const model = createEnrolmentModel('north', server.ask, () => enrolled++);
  model.open();
  model.chooseGate('gate-2');
  await model.offer();
  return { server, model, enrolledTimes: () => enrolled };
}

describe('createEnrolmentModel', () => {
  it('goes from a gate to digits to a tablet, and on to the next with the same gate', async () => {
    const { server, model, enrolledTimes } = await offered();
    expect(model.step.value).toEqual({ kind: 'offered', code: CODE, trouble: null });
    server.say({ state: 'claimed', digits: '123456', device: null });
    await model.look();
    expect(model.step.value).toMatchObject({ kind: 'claimed', digits: '123456' });
    server.say({ device: 'abcd' });
    await model.confirm();
    expect(model.step.value).toEqual({ kind: 'enrolled', device: 'abcd' });
    expect(enrolledTimes()).toBe(1);
    await model.offer();
    expect(server.asked.at(-1)).toBe('POST /sites/north/enrolments {"gate":"gate-2"}');
    expect(server.asked).toContain('POST /sites/north/enrolments/e1/confirm {"digits":"123456"}');
  });

  it.each([
    ['expired', { kind: 'ended', why: 'expired' }],
    ['confirmed', { kind: 'enrolled', device: 'abcd' }],
  ] as const)('follows what the server says: %s', async (state, step) => {
    const { server, model } = await offered();
    server.say({ state, digits: null, device: 'abcd' });
    await model.look();
    expect(model.step.value).toEqual(step);
  });

  it('withdraws the code where the digits differ, and where it is closed', async () => {
    const first = await offered();
    await first.model.stop();
    expect(first.model.step.value).toEqual({ kind: 'ended', why: 'stopped' });
    expect(first.server.asked.at(-1)).toBe('DELETE /sites/north/enrolments/e1');
    const second = await offered();
    await second.model.close();
    expect(second.model.step.value.kind).toBe('closed');
    expect(second.server.asked.at(-1)).toBe('DELETE /sites/north/enrolments/e1');
  });

  it('keeps the code while the server is away', async () => {
    const { server, model } = await offered();
    server.goAway();
    await model.look();
    expect(model.step.value).toMatchObject({ kind: 'offered', trouble: { code: 'unreachable' } });
  });

  it('heeds no answer that comes after the end', async () => {
    const { server, model } = await offered();
    server.say({ state: 'claimed', digits: '123456', device: null });
    const late = model.look();
    await model.stop();
    await late;
    expect(model.step.value).toEqual({ kind: 'ended', why: 'stopped' });
  });
});

describe('countdown', () => {
  it.each([
    [0, '10:00'],
    [1_000, '9:59'],
    [595_001, '0:05'],
    [599_999, '0:01'],
    [600_000, null],
    [700_000, null],
  ])('at %i ms', (nowMs, text) => {
    expect(countdown(600, nowMs)).toBe(text);
  });
});
