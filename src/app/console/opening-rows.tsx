// Opening hours: as many spans as there are, none for always.

import type { JSX } from 'preact';
import type { AskProblem } from './ask-server.ts';
import { Field, fieldId } from './field.tsx';
import type { OpeningRow } from './opening-hours.ts';

export interface OpeningRowsProps {
  readonly rows: readonly OpeningRow[];
  readonly problem: AskProblem | null;
  readonly isFixed: boolean;
  change(rows: readonly OpeningRow[]): void;
}

const PLACE = 'policy.hours';
const FIRST: OpeningRow = { from: '05:00', to: '23:00', way: 'both' };

export function OpeningRows({ rows, problem, isFixed, change }: OpeningRowsProps): JSX.Element {
  const put = (at: number, part: Partial<OpeningRow>) =>
    change(rows.map((row, place) => (place === at ? { ...row, ...part } : row)));
  return (
    <Field
      place={PLACE}
      label="Opening hours"
      note={rows.length === 0 ? 'Always open.' : 'An end before its beginning is of the next day.'}
      problem={problem}
    >
      {rows.map((row, at) => (
        <div class="opening-row" key={at}>
          <input
            type="time"
            aria-label={`Opens, span ${at + 1}`}
            value={row.from}
            readOnly={isFixed}
            onInput={({ currentTarget }) => put(at, { from: currentTarget.value })}
          />
          <span aria-hidden="true">to</span>
          <input
            type="time"
            aria-label={`Closes, span ${at + 1}`}
            value={row.to}
            readOnly={isFixed}
            onInput={({ currentTarget }) => put(at, { to: currentTarget.value })}
          />
          <select
            aria-label={`Way, span ${at + 1}`}
            value={row.way}
            disabled={isFixed}
            onChange={({ currentTarget }) => put(at, { way: currentTarget.value as OpeningRow['way'] })}
          >
            <option value="both">In and out</option>
            <option value="in">In</option>
            <option value="out">Out</option>
          </select>
          {!isFixed && (
            <button
              type="button"
              class="text-key"
              aria-label={`Remove span ${at + 1}`}
              onClick={() => change(rows.filter((_, place) => place !== at))}
            >
              Remove
            </button>
          )}
        </div>
      ))}
      {isFixed ? (
        <span id={fieldId(PLACE)} />
      ) : (
        <button
          type="button"
          class="key"
          id={fieldId(PLACE)}
          aria-label="Opening hours: add a span"
          onClick={() => change([...rows, rows.at(-1) ?? FIRST])}
        >
          Add a span
        </button>
      )}
    </Field>
  );
}
