// A field of a form: its label, what bounds it, and what the server said against it.

import type { ComponentChildren, JSX } from 'preact';
import type { AskProblem } from './ask-server.ts';
import { askProblemText } from './problem-text.ts';

export interface FieldProps {
  /** As a refusal names it; the field's id is made of it. */
  readonly place: string;
  readonly label: string;
  readonly note?: string;
  readonly problem?: AskProblem | null;
  readonly children: ComponentChildren;
}

export const fieldId = (place: string): string => `field-${place.replaceAll('.', '-')}`;

/** What a field's input says of itself. */
export function fieldMarks(place: string, problem: AskProblem | null = null) {
  const id = fieldId(place);
  return {
    id,
    'aria-describedby': `${id}-note ${id}-problem`,
    'aria-invalid': isAt(problem, place),
  };
}

export function Field({ place, label, note = '', problem = null, children }: FieldProps): JSX.Element {
  const id = fieldId(place);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-input">
        {children}
        <span class="second" id={`${id}-note`}>
          {note}
        </span>
      </div>
      <p class="problem" id={`${id}-problem`}>
        {problem !== null && isAt(problem, place) ? askProblemText(problem) : ''}
      </p>
    </div>
  );
}

/** Also of a part of it: 'policy.hours.0.to' is at 'policy.hours'. */
export const isAt = (problem: AskProblem | null, place: string): boolean =>
  problem !== null && (problem.place === place || problem.place.startsWith(`${place}.`));
