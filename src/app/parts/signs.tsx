// The five signs, on a square of 100 units (134 wide for the doubled one). They are never mirrored.
// Solid says "we know", hollow says "we do not": only unverifiable is an open figure.

import type { JSX } from 'preact';
import './signs.css';

export type SignKind = 'admit' | 'check' | 'seen-before' | 'refuse' | 'unverifiable';

/** field: ink on the verdict's own field. mono: one colour, the glyph cut out. colour: the hue, edged with ink. */
export type SignTone = 'field' | 'mono' | 'colour';

export interface SignProps {
  readonly kind: SignKind;
  readonly tone?: SignTone;
  readonly class?: string;
  /** Spoken name; without it the sign is silent, because a word stands beside it. */
  readonly label?: string;
}

export function Sign({ kind, tone = 'mono', class: extra = '', label }: SignProps): JSX.Element {
  const box = `0 0 ${kind === 'seen-before' ? 134 : 100} 100`;
  const drawing = DRAWINGS[kind](tone);
  return label === undefined ? (
    <svg class={`sign ${extra}`} viewBox={box} data-sign={kind} aria-hidden="true">
      {drawing}
    </svg>
  ) : (
    <svg class={`sign ${extra}`} viewBox={box} data-sign={kind} role="img" aria-label={label}>
      {drawing}
    </svg>
  );
}

const SQUARE = 'M2 2H98V98H2z';
const TICK = 'M12.2 56.8 41.49 86.09 88.25 30.32 76.75 20.68 40.51 63.91 22.8 46.2z';
const TRIANGLE = 'M50 9 95 89H5z';
const EXCLAMATION = 'M44 33H56L53.5 63H46.5zM44.5 69.5H55.5V80.5H44.5z';
/** The triangle's outline 34 units to the right, cut off 7 units before the front one. */
const TRIANGLE_BEHIND =
  'M71.01 23.92 80.51 7.04A4 4 0 0 1 87.49 7.04L132.49 87.04A4 4 0 0 1 129 93H109.87L105.37 85H122.16L84 17.16 75.6 32.09z';
const DISC = 'M50 1.5A48.5 48.5 0 1 1 50 98.5A48.5 48.5 0 1 1 50 1.5z';
const BAR = 'M20 40H80V60H20z';
const DIAMOND = 'M50 6 94 50 50 94 6 50z';
const DOTS = 'M29 45h10v10H29zM45 45h10v10H45zM61 45h10v10H61z';

const DRAWINGS: Readonly<Record<SignKind, (tone: SignTone) => JSX.Element>> = {
  admit: (tone) => {
    if (tone === 'mono') return <path fill-rule="evenodd" d={SQUARE + TICK} />;
    return tone === 'field' ? (
      <>
        <path d={SQUARE} />
        <path class="sign-tick" d={TICK} />
      </>
    ) : (
      <>
        <path class="sign-admit sign-edge" stroke-width="6" d="M5 5H95V95H5z" />
        <path class="sign-glyph" d={TICK} />
      </>
    );
  },
  check: (tone) => <FrontTriangle tone={tone} />,
  'seen-before': (tone) => (
    <>
      <path class={tone === 'colour' ? 'sign-glyph' : ''} d={TRIANGLE_BEHIND} />
      <FrontTriangle tone={tone} />
    </>
  ),
  refuse: (tone) => {
    if (tone === 'mono') return <path fill-rule="evenodd" d={DISC + BAR} />;
    return tone === 'field' ? (
      <>
        <circle class="sign-line" stroke-width="8" cx="50" cy="50" r="44.5" />
        <path d={BAR} />
      </>
    ) : (
      <>
        <circle class="sign-refuse sign-edge" stroke-width="6" cx="50" cy="50" r="45.5" />
        <path class="sign-paper" d={BAR} />
      </>
    );
  },
  unverifiable: () => (
    <>
      <path class="sign-line" stroke-width="7" d={DIAMOND} />
      <path d={DOTS} />
    </>
  ),
};

function FrontTriangle({ tone }: { readonly tone: SignTone }): JSX.Element {
  return tone === 'colour' ? (
    <>
      <path class="sign-check sign-edge" stroke-width="6" stroke-linejoin="round" d={TRIANGLE} />
      <path class="sign-glyph" d={EXCLAMATION} />
    </>
  ) : (
    <>
      <path fill-rule="evenodd" d={TRIANGLE + EXCLAMATION} />
      <path class="sign-line" stroke-width="8" stroke-linejoin="round" d={TRIANGLE} />
    </>
  );
}
