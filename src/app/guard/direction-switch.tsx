// In or out: two keys of which one is pressed, with the gate and its arrow.

import type { JSX } from 'preact';
import type { Direction } from '../../core/trust/trust.ts';
import { timeTextsFor } from '../../core/verdict/moments.ts';
import { GateArrow } from '../parts/mark.tsx';
import type { Language } from '../parts/texts/languages.ts';
import './direction-switch.css';

export interface DirectionSwitchProps {
  readonly direction: Direction;
  readonly onChoose: (direction: Direction) => void;
  readonly label: string;
  readonly language: Language;
}

const BOTH: readonly Direction[] = ['in', 'out'];

export function DirectionSwitch({ direction, onChoose, label, language }: DirectionSwitchProps): JSX.Element {
  return (
    <fieldset class="direction-switch">
      <legend class="only-spoken">{label}</legend>
      {BOTH.map((one) => (
        <button key={one} type="button" aria-pressed={one === direction} onClick={() => onChoose(one)}>
          <GateArrow direction={one} />
          {timeTextsFor(language).directions[one]}
        </button>
      ))}
    </fieldset>
  );
}
