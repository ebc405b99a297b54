// Icons on a grid of 24, stroke 2, butt ends, mitred; never without a word beside them.

import type { JSX } from 'preact';

const DRAWINGS = {
  torch: 'M8 3h8v4l-2 4v10h-4V11L8 7zM8 7h8M12 13v3',
  turn: 'M2 7h5l2-3h6l2 3h5v13H2zM8.5 14a3.5 3.5 0 0 1 6.5-1.8M15.5 13a3.5 3.5 0 0 1-6.5 1.8M15.5 9.5V13H12M8.5 17.5V14H12',
  picture: 'M3 4h18v16H3zM3 16l5-5 5 5 3-3 5 5M15 7.5h3v3h-3z',
  paste: 'M8 4H5v17h14V4h-3M8 2.5h8v4H8zM8 11h8M8 15h5',
  hold: 'M8 4v16M16 4v16',
  go: 'M7 3l12 9-12 9z',
  next: 'M2 12h18M12 4l8 8-8 8',
  back: 'M22 12H4M12 4l-8 8 8 8',
  close: 'M4 4l16 16M20 4L4 20',
  again: 'M20 12a8 8 0 1 1-2.3-5.6M20 2v6h-6',
  leave: 'M11 3H4v18h7M9 12h12M16 7l5 5-5 5',
  tick: 'M3 13l6 6L21 5',
} as const;

export type IconKind = keyof typeof DRAWINGS;

export function Icon({
  kind,
  class: extra = '',
}: {
  readonly kind: IconKind;
  readonly class?: string;
}): JSX.Element {
  return (
    <svg
      class={`icon ${extra}`}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-miterlimit="10"
      aria-hidden="true"
    >
      <path d={DRAWINGS[kind]} />
    </svg>
  );
}
