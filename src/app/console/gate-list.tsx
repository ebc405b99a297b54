// The gates of a site: adding, renaming and removing, each at once.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Gate } from '../../core/trust/trust.ts';
import { ProblemLine } from './frame.tsx';
import type { SiteModel } from './site-model.ts';

export interface GateListProps {
  readonly model: SiteModel;
  readonly gates: readonly Gate[];
  readonly isFixed: boolean;
}

export function GateList({ model, gates, isFixed }: GateListProps): JSX.Element {
  const isBusy = model.gating.isBusy.value;
  return (
    <section aria-labelledby="gates-of-site">
      <h2 id="gates-of-site" class="ruled">
        Gates
      </h2>
      <ul class="gate-list">
        {gates.map((gate) => (
          <GateRow key={gate.id} gate={gate} model={model} isFixed={isFixed} isLast={gates.length === 1} />
        ))}
      </ul>
      {!isFixed && (
        <form
          class="line-form"
          onSubmit={(event) => {
            event.preventDefault();
            const form = event.currentTarget;
            const name = form.querySelector('input')?.value.trim() ?? '';
            if (name !== '') void model.addGate(name).then((isDone) => (isDone ? form.reset() : undefined));
          }}
        >
          <label for="new-gate">Another gate</label>
          <input id="new-gate" maxLength={80} autocomplete="off" required />
          <button type="submit" class="key" disabled={isBusy}>
            Add
          </button>
        </form>
      )}
      <ProblemLine problem={model.gating.problem.value} />
    </section>
  );
}

interface GateRowProps extends Omit<GateListProps, 'gates'> {
  readonly gate: Gate;
  readonly isLast: boolean;
}

function GateRow({ gate: { id, name }, model, isFixed, isLast }: GateRowProps): JSX.Element {
  const doing = useSignal<'rename' | 'remove' | null>(null);
  const isBusy = model.gating.isBusy.value;
  const end = (isDone: boolean) => {
    if (isDone) doing.value = null;
  };
  if (doing.value === 'rename') {
    return (
      <li>
        <form
          class="line-form"
          onSubmit={(event) => {
            event.preventDefault();
            const next = event.currentTarget.querySelector('input')?.value.trim() ?? '';
            void model.renameGate(id, next).then(end);
          }}
        >
          <input aria-label={`New name of ${name}`} defaultValue={name} maxLength={80} required />
          <button type="submit" class="key" disabled={isBusy}>
            Rename
          </button>
          <button type="button" class="key" onClick={() => end(true)}>
            Cancel
          </button>
        </form>
      </li>
    );
  }
  return (
    <li>
      <div class="gate-row">
        <strong>{name}</strong>
        <span class="second">{id}</span>
        {!isFixed && (
          <>
            <button
              type="button"
              class="text-key"
              aria-label={`Rename ${name}`}
              onClick={() => {
                doing.value = 'rename';
              }}
            >
              Rename
            </button>
            {!isLast && (
              <button
                type="button"
                class="text-key"
                aria-label={`Remove ${name}`}
                aria-expanded={doing.value === 'remove'}
                onClick={() => {
                  doing.value = 'remove';
                }}
              >
                Remove
              </button>
            )}
          </>
        )}
      </div>
      {doing.value === 'remove' && (
        <fieldset class="question" aria-label={`Remove ${name}`}>
          <p>
            Nobody can start a shift at {name} any more. Its scans stay in the log and in the counts. A tablet
            that stands there has to be enrolled at another gate.
          </p>
          <p class="keys">
            <button
              type="button"
              class="key"
              disabled={isBusy}
              onClick={() => void model.removeGate(id).then(end)}
            >
              Remove {name}
            </button>
            <button type="button" class="key" onClick={() => end(true)}>
              Keep it
            </button>
          </p>
        </fieldset>
      )}
    </li>
  );
}
