// Each verdict has its own sound and its own vibration, told apart by rhythm alone.

import { describe, expect, test } from 'vitest';
import { renderTune, VIBRATIONS } from '../../../src/app/guard/tunes.ts';
import type { SignKind } from '../../../src/app/parts/signs.tsx';

const RATE = 48_000;
const KINDS: readonly SignKind[] = ['admit', 'check', 'seen-before', 'refuse', 'unverifiable'];

describe.each(KINDS)('%s', (kind) => {
  const samples = renderTune(kind, RATE);

  test('keeps within full scale and is not silent', () => {
    expect(loudest(samples)).toBeGreaterThan(0.4);
    expect(loudest(samples)).toBeLessThanOrEqual(1);
  });

  test('begins and ends without a click', () => {
    expect(Math.abs(samples[0] ?? 1)).toBeLessThan(0.001);
    expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(0.001);
  });

  test('has less than -75 dB of its energy above 4 kHz', () => {
    const power = powerSpectrum(samples);
    const firstAbove = Math.ceil((4000 / RATE) * power.length * 2);
    const above = power.slice(firstAbove).reduce((sum, value) => sum + value, 0);
    const all = power.reduce((sum, value) => sum + value, 0);
    expect(10 * Math.log10(above / all)).toBeLessThan(-75);
  });

  test('vibrates in the rhythm of its sound: as many pulses as bursts', () => {
    const pulses = Math.ceil(VIBRATIONS[kind].length / 2);
    expect(pulses).toBe(countBursts(samples));
  });
});

test('lengths are those of the table and 30 ms of release', () => {
  const lengthsMs = Object.fromEntries(
    KINDS.map((kind) => [kind, Math.round((renderTune(kind, RATE).length / RATE) * 1000)]),
  );
  expect(lengthsMs).toEqual({ admit: 200, check: 350, 'seen-before': 840, refuse: 630, unverifiable: 365 });
});

test('patterns of sound and silence differ pairwise by at least 100 ms', () => {
  const onOff = KINDS.map((kind) => soundByMillisecond(renderTune(kind, RATE)));
  for (const [at, one] of onOff.entries()) {
    for (const other of onOff.slice(at + 1)) {
      const length = Math.max(one.length, other.length);
      let differentMs = 0;
      for (let ms = 0; ms < length; ms += 1)
        if ((one[ms] ?? false) !== (other[ms] ?? false)) differentMs += 1;
      expect(differentMs).toBeGreaterThanOrEqual(100);
    }
  }
});

test('unverifiable is 6 dB softer than the others', () => {
  const decibels =
    20 * Math.log10(loudest(renderTune('admit', RATE)) / loudest(renderTune('unverifiable', RATE)));
  expect(decibels).toBeCloseTo(6, 0);
});

const loudest = (samples: Float32Array): number =>
  samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Whether a millisecond is within 20 dB of the loudest, looked at 1 ms to both sides: zero crossings are no gaps. */
function soundByMillisecond(samples: Float32Array): boolean[] {
  const step = RATE / 1000;
  const threshold = loudest(samples) / 10;
  const result: boolean[] = [];
  for (let at = 0; at < samples.length; at += step) {
    result.push(loudest(samples.subarray(Math.max(0, at - step), at + step)) > threshold);
  }
  return result;
}

function countBursts(samples: Float32Array): number {
  const sounding = soundByMillisecond(samples);
  return sounding.filter((isOn, at) => isOn && !(sounding[at - 1] ?? false)).length;
}

/** |FFT|² of the zero-padded samples up to half the rate (Cooley-Tukey, in place). */
function powerSpectrum(samples: Float32Array): number[] {
  const size = 2 ** Math.ceil(Math.log2(samples.length));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  re.set(samples);
  fft(re, im);
  return Array.from({ length: size / 2 }, (_, at) => (re[at] ?? 0) ** 2 + (im[at] ?? 0) ** 2);
}

function fft(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  if (size === 1) return;
  const half = size / 2;
  const parts = [0, 1].map((odd) => {
    const partRe = Float64Array.from({ length: half }, (_, at) => re[2 * at + odd] ?? 0);
    const partIm = Float64Array.from({ length: half }, (_, at) => im[2 * at + odd] ?? 0);
    fft(partRe, partIm);
    return { partRe, partIm };
  });
  const [even, odd] = parts;
  if (even === undefined || odd === undefined) return;
  for (let at = 0; at < half; at += 1) {
    const angle = (-2 * Math.PI * at) / size;
    const oddRe = odd.partRe[at] ?? 0;
    const oddIm = odd.partIm[at] ?? 0;
    const turnedRe = oddRe * Math.cos(angle) - oddIm * Math.sin(angle);
    const turnedIm = oddRe * Math.sin(angle) + oddIm * Math.cos(angle);
    re[at] = (even.partRe[at] ?? 0) + turnedRe;
    im[at] = (even.partIm[at] ?? 0) + turnedIm;
    re[at + half] = (even.partRe[at] ?? 0) - turnedRe;
    im[at + half] = (even.partIm[at] ?? 0) - turnedIm;
  }
}
