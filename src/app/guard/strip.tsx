// The line of facts that is always there: gate, network, waiting, list age, time.

import type { JSX } from 'preact';
import { Mark } from '../parts/mark.tsx';
import './strip.css';
import type { StripCell } from './tablet-facts.ts';

export interface StripProps {
  readonly cells: readonly StripCell[];
  readonly label: string;
}

export function Strip({ cells, label }: StripProps): JSX.Element {
  return (
    <section class="strip on-housing" aria-label={label}>
      <Mark class="strip-mark" />
      <dl class="strip-cells">
        {cells.map(({ cell, label, value, isTrouble }) => (
          <div
            key={cell}
            class={`strip-cell strip-${cell} ${isTrouble ? 'is-trouble' : ''}`}
            data-cell={cell}
          >
            <dt class={cell === 'clock' && !isTrouble ? 'only-spoken' : ''}>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
