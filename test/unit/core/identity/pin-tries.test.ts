// Tries are counted before they are checked, and waits grow, whatever is done to clock and power.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginPinTry,
  NO_TRIES,
  type PinTries,
  pinWaitSeconds,
} from '../../../../src/core/identity/pin-tries.ts';
import { TEST_NOW_SECONDS as NOW } from '../../../support/test-issuer.ts';

function afterWrong(count: number, now = NOW): PinTries {
  let tries = NO_TRIES;
  for (let past = count; past > 0; past--) tries = beginPinTry(tries, now - past * 4000).tries;
  return { ...tries, lastAtSeconds: now };
}

describe('tries of a PIN', () => {
  it.each([
    [0, 0],
    [1, 0],
    [4, 0],
    [5, 30],
    [6, 60],
    [7, 120],
    [11, 1920],
    [12, 3600],
    [13, 3600],
    [1000, 3600],
  ])('after %i wrong ones wait %i seconds', (counted, seconds) => {
    expect(pinWaitSeconds(counted)).toBe(seconds);
    const turn = beginPinTry({ counted, lastAtSeconds: NOW }, NOW);
    expect(turn.kind).toBe(seconds === 0 ? 'try' : 'wait');
    expect(beginPinTry({ counted, lastAtSeconds: NOW }, NOW + seconds).kind).toBe('try');
    if (seconds > 0)
      expect(beginPinTry({ counted, lastAtSeconds: NOW }, NOW + seconds - 1)).toMatchObject({
        kind: 'wait',
        seconds: 1,
      });
  });

  it('count as wrong before they are checked, so a kill in between wins nothing', () => {
    const turn = beginPinTry(afterWrong(4), NOW);
    expect(turn).toEqual({ kind: 'try', tries: { counted: 5, lastAtSeconds: NOW } });
    expect(beginPinTry(turn.tries, NOW + 1)).toMatchObject({ kind: 'wait', seconds: 29 });
  });

  it('cost nothing while waiting: asking does not make it longer', () => {
    const asked = beginPinTry(beginPinTry(afterWrong(6), NOW + 10).tries, NOW + 20);
    expect(asked).toMatchObject({ kind: 'wait', seconds: 40, tries: { counted: 6 } });
  });

  it('wait no longer than the whole wait after a clock was set back, and no shorter', () => {
    const set = beginPinTry(afterWrong(5), NOW - 10 * 365 * 86_400);
    expect(set).toMatchObject({ kind: 'wait', seconds: 30 });
    expect(beginPinTry(set.tries, NOW - 10 * 365 * 86_400 + 29).kind).toBe('wait');
    expect(beginPinTry(set.tries, NOW - 10 * 365 * 86_400 + 30).kind).toBe('try');
  });

  it('are few within a day of a steady clock, however they are spread and killed', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 200 }), (pauses) => {
        let [tries, now, begun] = [NO_TRIES, NOW, 0];
        for (const pause of pauses) {
          now += pause;
          if (now > NOW + 86_400) break;
          const turn = beginPinTry(tries, now);
          if (turn.kind === 'try') begun++;
          tries = turn.tries;
        }
        expect(begun).toBe(tries.counted);
        expect(begun).toBeLessThanOrEqual(5 + 7 + 24);
      }),
    ));
});
