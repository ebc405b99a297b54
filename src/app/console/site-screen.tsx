// A site: what it is called, when its day begins, its gates, and what it chose within the bounds of its class.

import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { RoomProps } from './app.tsx';
import { Field, fieldId, fieldMarks } from './field.tsx';
import { LoadedNotice, ProblemLine } from './frame.tsx';
import { GateList } from './gate-list.tsx';
import { OpeningRows } from './opening-rows.tsx';
import { boundWords, FIELD_GROUPS, type PolicyField } from './policy-fields.ts';
import type { ShownSite } from './site-feed.ts';
import { createSiteModel, type SiteDraft, type SiteModel } from './site-model.ts';
import { VERDICT_WORDS } from './wording.ts';
import { ZoneInput } from './zone-input.tsx';

export interface SiteScreenProps extends RoomProps {
  sitesChanged(): Promise<void>;
}

export function SiteScreen({ site, ask, canChange, sitesChanged }: SiteScreenProps): JSX.Element {
  const model = useMemo(() => createSiteModel(site, ask), []);
  useEffect(() => void model.load(), []);
  const state = model.held.state.value;
  const draft = model.draft.value;
  return (
    <>
      <div class="room-head">
        <h1>{state.kind === 'shown' ? state.value.name : 'Site'}</h1>
        {state.kind === 'shown' && (
          <p class="second">
            {state.value.bounds.name.en ?? state.value.class}, id {state.value.id}
          </p>
        )}
      </div>
      <LoadedNotice state={state} retry={() => void model.load()} />
      {state.kind === 'shown' && draft !== null && (
        <div class="columns site-columns">
          <SettingsForm
            model={model}
            held={state.value}
            draft={draft}
            isFixed={!canChange}
            saved={sitesChanged}
          />
          <GateList model={model} gates={state.value.gates} isFixed={!canChange} />
        </div>
      )}
    </>
  );
}

interface FormProps {
  readonly model: SiteModel;
  readonly held: ShownSite;
  readonly draft: SiteDraft;
  readonly isFixed: boolean;
  saved(): Promise<void>;
}

function SettingsForm({ model, held, draft, isFixed, saved }: FormProps): JSX.Element {
  const problem = model.saving.problem.value;
  const isBusy = model.saving.isBusy.value;
  return (
    <form
      class="settings"
      aria-busy={isBusy}
      onSubmit={(event) => {
        event.preventDefault();
        void model.save().then((isDone) => {
          if (isDone) return saved();
          focusField(model.saving.problem.value?.place ?? '');
        });
      }}
    >
      <section aria-labelledby="about-site">
        <h2 id="about-site" class="ruled">
          The site
        </h2>
        <Field place="site.name" label="Name" problem={problem}>
          <input
            {...fieldMarks('site.name', problem)}
            value={draft.name}
            readOnly={isFixed}
            maxLength={80}
            onInput={({ currentTarget }) => model.edit({ name: currentTarget.value })}
          />
        </Field>
        <Field place="site.timeZone" label="Time zone" problem={problem}>
          <ZoneInput
            marks={fieldMarks('site.timeZone', problem)}
            value={draft.timeZone}
            isFixed={isFixed}
            change={(timeZone) => model.edit({ timeZone })}
          />
        </Field>
        <Field
          place="site.dayStartMinutes"
          label="Its day begins"
          note="When counts start anew."
          problem={problem}
        >
          <input
            {...fieldMarks('site.dayStartMinutes', problem)}
            type="time"
            value={draft.dayStart}
            readOnly={isFixed}
            onInput={({ currentTarget }) => model.edit({ dayStart: currentTarget.value })}
          />
        </Field>
        <OpeningRows
          rows={draft.hours}
          problem={problem}
          isFixed={isFixed}
          change={(hours) => model.edit({ hours })}
        />
      </section>
      {FIELD_GROUPS.map(({ name, fields }) => (
        <section key={name} aria-label={name}>
          <h2 class="ruled">{name}</h2>
          {fields.map((field) => (
            <PolicyInput
              key={field.place}
              field={field}
              model={model}
              held={held}
              draft={draft}
              isFixed={isFixed}
            />
          ))}
        </section>
      ))}
      {!isFixed && (
        <div class="save-line">
          <button type="submit" class="key key-main" disabled={isBusy || !model.isChanged()}>
            Save
          </button>
          <button type="button" class="key" disabled={isBusy || !model.isChanged()} onClick={model.undo}>
            Undo
          </button>
          <p role="status">{model.isSaved.value ? 'Saved. Tablets take it with their next refresh.' : ''}</p>
          {problem?.code === 'changed-meanwhile' && (
            <button type="button" class="key" onClick={() => void model.load()}>
              Show what is new
            </button>
          )}
          {problem !== null && problem.place !== '' ? (
            <p class="problem" role="alert">
              Nothing is saved: one field needs another look.
            </p>
          ) : (
            <ProblemLine problem={problem} />
          )}
        </div>
      )}
    </form>
  );
}

/** The field of a place, or the one that the place is a part of. */
function focusField(place: string): void {
  const parts = place.split('.');
  const fields = parts.map((_, at) =>
    document.getElementById(fieldId(parts.slice(0, parts.length - at).join('.'))),
  );
  fields.find((field) => field !== null)?.focus();
}

interface InputProps extends Omit<FormProps, 'saved'> {
  readonly field: PolicyField;
}

function PolicyInput({ field, model, held, draft, isFixed }: InputProps): JSX.Element {
  const problem = model.saving.problem.value;
  const { place } = field;
  const marks = fieldMarks(place, problem);
  const value = draft.textsByPlace[place] ?? '';
  const bound = boundWords(field, held.bounds);
  const note = field.kind === 'number' ? `${field.unit}. ${bound}` : bound;
  return (
    <Field place={place} label={field.label} note={note} problem={problem}>
      {field.kind === 'number' ? (
        <input
          {...marks}
          class="short"
          inputMode="decimal"
          autocomplete="off"
          value={value}
          readOnly={isFixed}
          onInput={({ currentTarget }) => model.editField(place, currentTarget.value)}
        />
      ) : (
        <select
          {...marks}
          value={value}
          disabled={isFixed}
          onChange={({ currentTarget }) => model.editField(place, currentTarget.value)}
        >
          {field.choices.map((one) => (
            <option key={one} value={one}>
              {VERDICT_WORDS[one]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
