// A verdict fills the screen: field, figure, word, the band that drains, the docket that says why, and the keys.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { timeTextsFor } from '../../core/verdict/moments.ts';
import { Icon } from '../parts/icons.tsx';
import { GateArrow } from '../parts/mark.tsx';
import { Sign } from '../parts/signs.tsx';
import { textsIn } from '../parts/texts/all-texts.ts';
import type { Catalogue } from '../parts/texts/catalogue.ts';
import { Band } from './band.tsx';
import type { GuardModel } from './guard-model.ts';
import type { Shown } from './verdict-model.ts';
import './verdict-screen.css';

export interface VerdictScreenProps {
  readonly model: GuardModel;
  readonly shown: Shown;
}

export function VerdictScreen({ model, shown }: VerdictScreenProps): JSX.Element {
  const { verdict, sign, words, place, displayMs } = shown;
  const { language } = model;
  const texts = textsIn(language);
  const section = useRef<HTMLElement>(null);
  const isHeld = model.verdict.isHeld.value;
  const needsAnswer = verdict.kind === 'check' || verdict.kind === 'unverifiable';
  useEffect(() => section.current?.focus({ preventScroll: true }), []);
  return (
    <section
      ref={section}
      class={`verdict verdict-${verdict.kind}`}
      tabindex={-1}
      aria-labelledby="verdict-word"
    >
      <div class="field">
        <Sign kind={sign} tone="field" class="figure" />
        <div class="field-words">
          <h1 id="verdict-word" class={words.word.includes(' ') ? 'is-long' : ''}>
            {words.word}
          </h1>
          {verdict.kind === 'admit' && (
            <p class="field-line">
              <GateArrow direction={place.direction} />
              {timeTextsFor(language).directions[place.direction]} · {words.reason}
            </p>
          )}
          {verdict.kind === 'admit' && words.printed !== '' && (
            <p class="field-line">{texts.docket.printed(words.printed)}</p>
          )}
          {verdict.kind === 'admit' && shown.ageOfTrust !== '' && (
            <p class="field-line">{texts.docket.listAge(shown.ageOfTrust)}</p>
          )}
        </div>
      </div>
      <Band
        kind={verdict.kind}
        displayMs={displayMs}
        isHeld={isHeld}
        {...(needsAnswer && {
          holdWord: isHeld ? texts.keys.goOn : texts.keys.hold,
          onHold: model.verdict.toggleHold,
        })}
      />
      {verdict.kind !== 'admit' && <Docket shown={shown} texts={texts} />}
      <div class="keys on-housing">
        {needsAnswer ? (
          <>
            <button type="button" class="key" onClick={() => void model.decide('let-in')}>
              <GateArrow direction={place.direction} />
              {texts.keys.letIn}
            </button>
            <button type="button" class="key" onClick={() => void model.decide('sent-away')}>
              <Icon kind="back" />
              {texts.keys.sentAway}
            </button>
          </>
        ) : (
          <>
            <button type="button" class="key" aria-pressed={isHeld} onClick={model.verdict.toggleHold}>
              <Icon kind={isHeld ? 'go' : 'hold'} />
              {isHeld ? texts.keys.goOn : texts.keys.hold}
            </button>
            <button type="button" class="key" onClick={model.verdict.leaveSoon}>
              <Icon kind="next" />
              {texts.keys.next}
            </button>
          </>
        )}
      </div>
    </section>
  );
}

/** A long docket scrolls, and must do so without a finger. */
function scrollByKeyboard(docket: HTMLDivElement | null): void {
  if (docket !== null && docket.scrollHeight > docket.clientHeight) docket.tabIndex = 0;
}

function Docket({ shown, texts }: { readonly shown: Shown; readonly texts: Catalogue }): JSX.Element {
  const { words, verdict } = shown;
  const small = [
    shown.ageOfTrust !== '' && <span class="docket-age">{texts.docket.listAge(shown.ageOfTrust)}</span>,
    words.appeal !== '' && texts.docket.appeal(words.appeal),
    words.rule !== '' && <span class="docket-rule">{texts.docket.rule(words.rule)}</span>,
    verdict.kind === 'unverifiable' && texts.docket.notARefusal,
  ].filter((line) => line !== false);
  return (
    <div class="docket" ref={scrollByKeyboard}>
      <div class="docket-head">
        <div class="docket-why">
          <p class="docket-reason">{words.reason}</p>
          {words.detail !== '' && <p class="docket-detail">{words.detail}</p>}
        </div>
        <p class="docket-code">
          <span>{texts.docket.code}</span>
          <b>{words.code}</b>
        </p>
      </div>
      {words.printed !== '' && (
        <p class="docket-small docket-printed">{texts.docket.printed(words.printed)}</p>
      )}
      <p class="docket-do">
        <Icon kind="next" />
        {words.next}
      </p>
      {small.length > 0 && <p class="docket-small docket-where">{small}</p>}
    </div>
  );
}
