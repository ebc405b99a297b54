// Start of shift: which gate, how the tablet is, and one tap that starts everything.

import type { JSX } from 'preact';
import { clockTime, textsFor } from '../../core/verdict/describe.ts';
import { Sign } from '../parts/signs.tsx';
import { textsIn } from '../parts/texts/languages.ts';
import { formatDay } from '../parts/times.ts';
import { DirectionSwitch } from './direction-switch.tsx';
import type { GuardModel } from './guard-model.ts';
import { stopOfState } from './stops.ts';
import './start-screen.css';
import { type FactsContext, type StartRow, startAdvice, startRows } from './tablet-facts.ts';

export interface StartScreenProps {
  readonly model: GuardModel;
  readonly nowMs: number;
  readonly onStart: () => void;
}

export function StartScreen({ model, nowMs, onStart }: StartScreenProps): JSX.Element {
  const { shift, language } = model;
  const texts = textsIn(language);
  const state = model.tablet.value;
  const place = shift.place.value;
  const context: FactsContext = { texts, language, nowMs };
  const site = state.trust?.held.site ?? null;
  const canStart = place !== null && stopOfState(state) === null;
  return (
    <div class="start">
      <header class="start-head on-housing">
        <h1>{texts.start.title}</h1>
        <time>{clockTime(nowMs, site, textsFor(language))}</time>
        <p>
          {site !== null && <span class="start-site">{site.name}</span>}
          {formatDay(nowMs, site?.timeZone ?? 'UTC', language)}
        </p>
      </header>
      <div class="start-rows">
        {site !== null && (
          <div class="start-place">
            <label for="gate">{texts.start.gate}</label>
            <select
              id="gate"
              value={place?.gate ?? ''}
              onChange={(event) => shift.chooseGate(event.currentTarget.value)}
            >
              {place === null && <option value="">{texts.start.chooseGate}</option>}
              {site.gates.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
            <DirectionSwitch
              direction={shift.direction.value}
              onChoose={shift.chooseDirection}
              label={texts.start.directionOf}
              language={language}
            />
          </div>
        )}
        {startRows(state, context).map((row) => (
          <Row key={row.row} row={row} model={model} />
        ))}
      </div>
      <footer class="start-foot">
        <p role="status">{startAdvice(state, place, context)}</p>
        <button type="button" class="start-key" disabled={!canStart} onClick={onStart}>
          {texts.start.start}
        </button>
      </footer>
    </div>
  );
}

function Row({ row, model }: { readonly row: StartRow; readonly model: GuardModel }): JSX.Element {
  const { key } = row;
  return (
    <section class={`start-row ${row.isTrouble ? 'is-trouble on-housing' : ''}`} data-row={row.row}>
      <Sign kind={row.sign} tone="colour" class="start-sign" />
      <h2>{row.name}</h2>
      <p>{row.text}</p>
      {key !== undefined && (
        <button
          type="button"
          disabled={model.isBusy.value}
          onClick={() => void (key.does === 'recover' ? model.recover(key.stop) : model.refresh())}
        >
          {key.word}
        </button>
      )}
    </section>
  );
}
