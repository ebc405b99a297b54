// What each verdict sounds and feels like: sums of sines rendered to samples, and vibration patterns.
// Told apart by rhythm alone, for those who hear no pitch; only admit rises; cannot-verify is 6 dB softer.

import type { SignKind } from '../parts/signs.tsx';

interface Note {
  readonly fromMs: number;
  /** With its attack; the release comes after. */
  readonly lastsMs: number;
  readonly hz: number;
  /** Where a glide ends; the same as hz for a steady note. */
  readonly endHz: number;
}

interface Tune {
  readonly notes: readonly Note[];
  /** Strength of the first, second, third ... harmonic. */
  readonly partials: readonly number[];
  readonly peak: number;
}

const ATTACK_MS = 6;
const RELEASE_MS = 30;
const PEAK = 0.9;

const steady = (hz: number, fromMs: number, lastsMs: number): Note => ({ fromMs, lastsMs, hz, endHz: hz });

const CHECK_NOTES = [steady(740, 0, 190), steady(740, 260, 60)];
const CHECK_LASTS_MS = 320;
const SEEN_BEFORE_GAP_MS = 170;

const TUNES: Readonly<Record<SignKind, Tune>> = {
  admit: { notes: [steady(880, 0, 45), steady(1320, 60, 110)], partials: [1, 0.35], peak: PEAK },
  check: { notes: CHECK_NOTES, partials: [1, 0.5, 0.3], peak: PEAK },
  'seen-before': {
    notes: [
      ...CHECK_NOTES,
      ...CHECK_NOTES.map((note) => ({ ...note, fromMs: note.fromMs + CHECK_LASTS_MS + SEEN_BEFORE_GAP_MS })),
    ],
    partials: [1, 0.5, 0.3],
    peak: PEAK,
  },
  refuse: {
    notes: [{ fromMs: 0, lastsMs: 600, hz: 392, endHz: 370 }],
    partials: [0.7, 0.9, 0.8, 0.5, 0.3],
    peak: PEAK,
  },
  unverifiable: {
    notes: [steady(587, 0, 55), steady(587, 140, 55), steady(587, 280, 55)],
    partials: [1, 0.25],
    peak: PEAK / 2,
  },
};

/** On, off, on ... in milliseconds, as navigator.vibrate takes it. */
export const VIBRATIONS: Readonly<Record<SignKind, readonly number[]>> = {
  admit: [60],
  check: [180, 60, 60],
  'seen-before': [180, 60, 60, 160, 180, 60, 60],
  refuse: [500],
  unverifiable: [40, 80, 40, 80, 40],
};

/** Samples in [-1, 1] of one verdict's sound. */
export function renderTune(kind: SignKind, sampleRate: number): Float32Array<ArrayBuffer> {
  const { notes, partials, peak } = TUNES[kind];
  const endMs = Math.max(...notes.map((note) => note.fromMs + note.lastsMs + RELEASE_MS));
  const samples = new Float32Array(Math.ceil((endMs * sampleRate) / 1000));
  for (const note of notes) addNote(samples, note, partials, sampleRate);
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return samples.map((sample) => (sample / loudest) * peak);
}

function addNote(samples: Float32Array, note: Note, partials: readonly number[], sampleRate: number): void {
  const first = Math.round((note.fromMs * sampleRate) / 1000);
  const count = Math.min(
    Math.round(((note.lastsMs + RELEASE_MS) * sampleRate) / 1000),
    samples.length - first,
  );
  for (let at = 0; at < count; at += 1) {
    const seconds = at / sampleRate;
    const glide = ((note.endHz - note.hz) * seconds * seconds) / (2 * (note.lastsMs / 1000));
    const turns = note.hz * seconds + glide;
    const wave = partials.reduce(
      (sum, weight, index) => sum + weight * Math.sin(2 * Math.PI * (index + 1) * turns),
      0,
    );
    samples[first + at] = (samples[first + at] ?? 0) + wave * envelope(seconds * 1000, note.lastsMs);
  }
}

/** Raised cosines: a straight ramp has a corner, and a corner clicks. */
function envelope(ms: number, lastsMs: number): number {
  const rising = Math.min(1, ms / ATTACK_MS);
  const falling = Math.min(1, Math.max(0, (lastsMs + RELEASE_MS - ms) / RELEASE_MS));
  return raisedCosine(rising) * raisedCosine(falling);
}

const raisedCosine = (part: number): number => (1 - Math.cos(Math.PI * part)) / 2;
