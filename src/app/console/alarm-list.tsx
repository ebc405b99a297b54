// What needs a hand, above everything else of the day: one inverted row each.

import type { JSX } from 'preact';
import type { AlarmLine } from './alarm-lines.ts';

export function AlarmList({ lines }: { readonly lines: readonly AlarmLine[] }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <ul class="alarms" aria-label="What needs a hand">
      {lines.map(({ id, what, next }) => (
        <li key={id}>
          <strong>{what}</strong> {next}
        </li>
      ))}
    </ul>
  );
}
