// Start of shift: which gate, how the tablet is, and one tap that starts everything.

import type { JSX } from 'preact';
import { clockTime, timeTextsFor } from '../../core/verdict/moments.ts';
import { Sign } from '../parts/signs.tsx';
import type { StartTexts } from '../parts/texts/catalogue.ts';
import { startTextsIn } from '../parts/texts/languages.ts';
import { formatDay } from '../parts/times.ts';
import { DirectionSwitch } from './direction-switch.tsx';
import { type StartContext, type StartRow, startAdvice, startRows } from './start-facts.ts';
import type { StartModel } from './start-model.ts';
import { stopOfState } from './stops.ts';
import './start-screen.css';

/** What became of the tap on Start shift, as long as no shift has come of it. */
export type StartNotice =
  | { readonly kind: 'starting' }
  | { readonly kind: 'not-loaded'; readonly detail: string }
  | null;

export interface StartScreenProps {
  readonly model: StartModel;
  readonly nowMs: number;
  readonly notice: StartNotice;
  readonly onStart: () => void;
}

export function StartScreen({ model, nowMs, notice, onStart }: StartScreenProps): JSX.Element {
  const { shift, language } = model;
  const texts = startTextsIn(language);
  const state = model.tablet.value;
  const place = shift.place.value;
  const context: StartContext = { texts, language, nowMs };
  const site = state.trust?.held.site ?? null;
  const canStart = place !== null && stopOfState(state) === null;
  return (
    <div class="start">
      <header class="start-head on-housing">
        <h1>{texts.title}</h1>
        <time>{clockTime(nowMs, site, timeTextsFor(language))}</time>
        <p>
          {site !== null && <span class="start-site">{site.name}</span>}
          {formatDay(nowMs, site?.timeZone ?? 'UTC', language)}
        </p>
      </header>
      <div class="start-rows">
        {site !== null && (
          <div class="start-place">
            <label for="gate">{texts.gate}</label>
            <select
              id="gate"
              value={place?.gate ?? ''}
              onChange={(event) => shift.chooseGate(event.currentTarget.value)}
            >
              {place === null && <option value="">{texts.chooseGate}</option>}
              {site.gates.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
            <DirectionSwitch
              direction={shift.direction.value}
              onChoose={shift.chooseDirection}
              label={texts.directionOf}
              language={language}
            />
          </div>
        )}
        {startRows(state, context).map((row) => (
          <Row key={row.row} row={row} model={model} />
        ))}
      </div>
      <footer class="start-foot">
        <p role="status">{noticeText(notice, texts) ?? startAdvice(state, place, context)}</p>
        <button type="button" class="start-key" disabled={!canStart} onClick={onStart}>
          {texts.start}
        </button>
      </footer>
    </div>
  );
}

function noticeText(notice: StartNotice, texts: StartTexts): string | null {
  if (notice === null) return null;
  return notice.kind === 'starting' ? texts.starting : texts.notLoaded(notice.detail);
}

function press(key: NonNullable<StartRow['key']>, model: StartModel): void {
  if (key.does === 'settings') model.turnTo('settings');
  else if (key.does === 'save') void model.saveWaiting();
  else void (key.does === 'recover' ? model.recover(key.stop) : model.refresh());
}

function Row({ row, model }: { readonly row: StartRow; readonly model: StartModel }): JSX.Element {
  const { key } = row;
  return (
    <section
      class={`start-row ${row.isTrouble ? 'is-trouble on-housing' : ''}`}
      data-row={row.row}
      data-sign={row.sign}
    >
      <Sign kind={row.sign} tone="colour" class="start-sign" />
      <h2>{row.name}</h2>
      <p>
        {row.text}
        {row.details?.map((line) => (
          <small key={line}>{line}</small>
        ))}
      </p>
      {key !== undefined && (
        <button type="button" disabled={model.isBusy.value} onClick={() => press(key, model)}>
          {key.word}
        </button>
      )}
    </section>
  );
}
