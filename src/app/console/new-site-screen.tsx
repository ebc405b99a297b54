// Founding a site, for an owner: what it is and its first gate. All else has the defaults of its class until it is changed.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { PolicyBounds } from '../../core/trust/targets/targets.ts';
import { type Ask, listIn } from './ask-server.ts';
import { Field, fieldMarks } from './field.tsx';
import { LoadedNotice, ProblemLine } from './frame.tsx';
import { createDoing, createLoaded, shownIn } from './loaded.ts';
import { siteIn } from './site-feed.ts';
import { suggestId } from './suggest-id.ts';
import { ZoneInput } from './zone-input.tsx';

export interface NewSiteScreenProps {
  readonly ask: Ask;
  founded(id: string): Promise<void>;
}

export function NewSiteScreen({ ask, founded }: NewSiteScreenProps): JSX.Element {
  const classes = useMemo(
    () => createLoaded(async () => listIn<PolicyBounds>(await ask('GET', '/site-classes'), 'classes')),
    [],
  );
  const founding = useMemo(createDoing, []);
  const refresh = () => void classes.refresh();
  useEffect(refresh, []);
  const name = useSignal('');
  const ownId = useSignal<string | null>(null);
  const zone = useSignal(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const chosenClass = useSignal('');
  const gate = useSignal('Gate 1');
  const known = shownIn(classes) ?? [];
  const problem = founding.problem.value;
  const id = ownId.value ?? suggestId(name.value);
  const found = async () => {
    const site = {
      id,
      name: name.value.trim(),
      class: chosenClass.value || known[0]?.class,
      timeZone: zone.value.trim(),
      dayStartMinutes: 240,
      gates: [{ id: 'gate-1', name: gate.value.trim() }],
    };
    const told = await founding.run(async () => siteIn(await ask('POST', '/sites', { json: { site } })));
    if (told !== null) await founded(told.id);
  };
  return (
    <>
      <div class="room-head">
        <h1>New site</h1>
      </div>
      <LoadedNotice state={classes.state.value} retry={refresh} />
      {shownIn(classes)?.length === 0 && (
        <p class="none">
          This server may found no sites. Whoever publishes the trust data lists it for a class of sites.
        </p>
      )}
      {known.length > 0 && (
        <form
          class="settings new-site"
          aria-busy={founding.isBusy.value}
          onSubmit={(event) => {
            event.preventDefault();
            void found();
          }}
        >
          <Field place="site.name" label="Name" problem={problem}>
            <input
              {...fieldMarks('site.name', problem)}
              value={name.value}
              maxLength={80}
              required
              onInput={({ currentTarget }) => {
                name.value = currentTarget.value;
              }}
            />
          </Field>
          <Field
            place="site.id"
            label="Id"
            note="Stays for good. Up to 24 small letters, digits and dashes."
            problem={problem}
          >
            <input
              {...fieldMarks('site.id', problem)}
              value={id}
              maxLength={24}
              required
              spellcheck={false}
              autocapitalize="none"
              onInput={({ currentTarget }) => {
                ownId.value = currentTarget.value;
              }}
            />
          </Field>
          <Field
            place="site.class"
            label="Class"
            note="Stays for good. It bounds what the site may choose."
            problem={problem}
          >
            <select
              {...fieldMarks('site.class', problem)}
              value={chosenClass.value || (known[0]?.class ?? '')}
              onChange={({ currentTarget }) => {
                chosenClass.value = currentTarget.value;
              }}
            >
              {known.map((bounds) => (
                <option key={bounds.class} value={bounds.class}>
                  {bounds.name.en ?? bounds.class}
                </option>
              ))}
            </select>
          </Field>
          <Field place="site.timeZone" label="Time zone" problem={problem}>
            <ZoneInput
              marks={fieldMarks('site.timeZone', problem)}
              value={zone.value}
              change={(value) => {
                zone.value = value;
              }}
            />
          </Field>
          <Field place="site.gates" label="First gate" problem={problem}>
            <input
              {...fieldMarks('site.gates', problem)}
              value={gate.value}
              maxLength={80}
              required
              onInput={({ currentTarget }) => {
                gate.value = currentTarget.value;
              }}
            />
          </Field>
          <div class="save-line">
            <button type="submit" class="key key-main" disabled={founding.isBusy.value}>
              Found this site
            </button>
            <ProblemLine problem={problem} />
          </div>
        </form>
      )}
    </>
  );
}
