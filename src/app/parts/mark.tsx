// The mark: a gate with a lamp in its opening. With an arrow through the opening it says in or out.

import type { JSX } from 'preact';
import type { Direction } from '../../core/trust/trust.ts';

const GATE = 'M2 2h20v20h-4V6H6v16H2z';

export function Mark({ class: extra = '' }: { readonly class?: string }): JSX.Element {
  return (
    <svg class={`mark ${extra}`} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <path d={GATE} />
      <circle cx="12" cy="13" r="4" />
    </svg>
  );
}

export interface GateArrowProps {
  readonly direction: Direction;
  readonly class?: string;
}

export function GateArrow({ direction, class: extra = '' }: GateArrowProps): JSX.Element {
  const arrow =
    direction === 'in'
      ? 'M12 8 18 14 16.2 15.8 13.5 13.1V23.5h-3V13.1L7.8 15.8 6 14z'
      : 'M12 23.5 6 17.5 7.8 15.7 10.5 18.4V8h3v10.4L16.2 15.7 18 17.5z';
  return (
    <svg class={`mark ${extra}`} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <path d="M1 2h22v20h-3V5H4v17H1z" />
      <path d={arrow} />
    </svg>
  );
}
