// A site's settings as a manager changes them: a draft of texts, sent whole, with each refusal at its field.

import { type ReadonlySignal, signal } from '@preact/signals';
import { ok, type Result, refused } from '../../core/result.ts';
import type { Site } from '../../core/trust/trust.ts';
import { type Ask, type AskProblem, problemOf } from './ask-server.ts';
import { createDoing, createLoaded, type Doing, type Loaded, shownIn } from './loaded.ts';
import { hoursToRows, type OpeningRow, rowsToHours, timeMinutes, timeText } from './opening-hours.ts';
import { POLICY_FIELDS, readField, withValue, writeNumber } from './policy-fields.ts';
import { fetchSite, type ShownSite, siteIn } from './site-feed.ts';

export interface SiteDraft {
  readonly name: string;
  readonly timeZone: string;
  readonly dayStart: string;
  readonly hours: readonly OpeningRow[];
  /** Of the policy's other fields, by place. */
  readonly textsByPlace: Readonly<Record<string, string>>;
}

export interface SiteModel {
  readonly held: Loaded<ShownSite>;
  /** Null until the site is known. */
  readonly draft: ReadonlySignal<SiteDraft | null>;
  readonly isSaved: ReadonlySignal<boolean>;
  readonly saving: Doing;
  readonly gating: Doing;
  load(): Promise<void>;
  edit(change: Partial<SiteDraft>): void;
  editField(place: string, text: string): void;
  /** Whether there is anything to be saved. */
  isChanged(): boolean;
  save(): Promise<boolean>;
  undo(): void;
  addGate(name: string): Promise<boolean>;
  renameGate(id: string, name: string): Promise<boolean>;
  removeGate(id: string): Promise<boolean>;
}

export function createSiteModel(site: string, ask: Ask): SiteModel {
  const path = `/sites/${encodeURIComponent(site)}`;
  const held = createLoaded(() => fetchSite(ask, site));
  const draft = signal<SiteDraft | null>(null);
  const isSaved = signal(false);
  const saving = createDoing();
  const gating = createDoing();

  const startOver = (): void => {
    const shown = shownIn(held);
    draft.value = shown === null ? null : draftOf(shown);
    saving.refuse(null);
  };

  /** Changes of gates come at once, and leave what is being written as it is. */
  const changeGates = async (...[method, at, json]: [Parameters<Ask>[0], string, unknown?]) => {
    const told = await gating.run(async () => siteIn(await ask(method, `${path}/gates${at}`, { json })));
    if (told !== null) held.put(told);
    return told !== null;
  };

  return {
    held,
    draft,
    isSaved,
    saving,
    gating,
    async load() {
      await held.refresh();
      startOver();
    },
    edit(change) {
      isSaved.value = false;
      if (draft.value !== null) draft.value = { ...draft.value, ...change };
    },
    editField(place, text) {
      isSaved.value = false;
      const { value } = draft;
      if (value !== null) draft.value = { ...value, textsByPlace: { ...value.textsByPlace, [place]: text } };
    },
    isChanged() {
      const shown = shownIn(held);
      return shown !== null && JSON.stringify(draftOf(shown)) !== JSON.stringify(draft.value);
    },
    async save() {
      const [shown, written] = [shownIn(held), draft.value];
      if (shown === null || written === null) return false;
      const told = await saving.run(async () => {
        const json = settingsOf(written, shown);
        if (!json.ok) return json;
        return siteIn(await ask('PUT', `${path}/settings`, { json: json.value, ifMatch: shown.etag }));
      });
      if (told === null) return false;
      held.put(told);
      startOver();
      isSaved.value = true;
      return true;
    },
    undo: startOver,
    addGate: (name) => changeGates('POST', '', { name }),
    renameGate: (id, name) => changeGates('PUT', `/${id}`, { name }),
    removeGate: (id) => changeGates('DELETE', `/${id}`),
  };
}

function draftOf({ settings: { site, policy }, policy: used }: ShownSite): SiteDraft {
  return {
    name: site.name,
    timeZone: site.timeZone,
    dayStart: timeText(site.dayStartMinutes),
    hours: hoursToRows(policy.hours),
    textsByPlace: Object.fromEntries(
      POLICY_FIELDS.map((field) => [field.place, readField(field, policy, used)]),
    ),
  };
}

/** Whatever the form has no field for stays as it is. */
function settingsOf(
  { name, timeZone, dayStart, hours: rows, textsByPlace }: SiteDraft,
  { settings }: ShownSite,
): Result<ShownSite['settings'], AskProblem> {
  const dayStartMinutes = timeMinutes(dayStart);
  if (dayStartMinutes === null) return refused(problemOf('not-a-time', 'site.dayStartMinutes'));
  const hours = rowsToHours(rows);
  if ('badRow' in hours) return refused(problemOf('not-a-time', `policy.hours.${hours.badRow}`));
  let policy = { ...settings.policy, hours };
  for (const field of POLICY_FIELDS) {
    const text = textsByPlace[field.place] ?? '';
    const value = field.kind === 'choice' ? text : writeNumber(field, text);
    if (value === undefined) return refused(problemOf('not-a-number', field.place));
    policy = withValue(policy, field.place, value);
  }
  const site: Site = { ...settings.site, name: name.trim(), timeZone: timeZone.trim(), dayStartMinutes };
  return ok({ site, policy });
}
