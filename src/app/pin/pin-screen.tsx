// Large keys for a PIN, and what is said beside them. A keyboard works too.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Language } from '../parts/texts/languages.ts';
import { type PinTexts, pinTextsIn } from '../parts/texts/pin-texts.ts';
import { formatCount } from '../parts/times.ts';
import type { PinModel } from './pin-model.ts';
import './pin-screen.css';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

export interface PinScreenProps {
  readonly model: PinModel;
  readonly language: Language;
  readonly onBack: () => void;
}

export function PinScreen({ model, language, onBack }: PinScreenProps): JSX.Element {
  const texts = pinTextsIn(language);
  const waitSeconds = useSecondsUntil(model.waitsUntilMs.value);
  useEffect(() => listenToKeys(model, onBack), [model, onBack]);
  const step = model.step.value;
  return (
    <div class="pin on-housing" data-pin={step}>
      <div class="pin-words">
        <h1>{texts[step]}</h1>
        <p
          class="pin-typed"
          role="img"
          aria-label={texts.typed(formatCount(model.typed.value.length, language))}
        >
          {Array.from({ length: Math.max(4, model.typed.value.length) }, (_, at) => (
            <i key={at} class={at < model.typed.value.length ? 'is-typed' : ''} />
          ))}
        </p>
        <p class="pin-fault" role="alert" data-fault={model.fault.value?.kind ?? ''}>
          {faultText(model, waitSeconds, texts, language)}
        </p>
        {model.goal === 'open-shift' && <p class="pin-forgotten">{texts.forgotten}</p>}
      </div>
      <div class="pin-keys" dir="ltr">
        {DIGITS.map((digit) => (
          <PadKey
            key={digit}
            word={formatCount(Number(digit), language)}
            onClick={() => model.press(digit)}
          />
        ))}
        <PadKey word={texts.erase} isWord onClick={model.erase} />
        <PadKey word={formatCount(0, language)} onClick={() => model.press('0')} />
        <PadKey
          word={texts.ok}
          isWord
          isMain
          isDisabled={!model.canSubmit.value || waitSeconds > 0}
          onClick={() => void model.submit()}
        />
        <PadKey word={texts.back} isWord isWide onClick={onBack} />
      </div>
    </div>
  );
}

interface PadKeyProps {
  readonly word: string;
  readonly onClick: () => void;
  readonly isWord?: boolean;
  readonly isMain?: boolean;
  readonly isWide?: boolean;
  readonly isDisabled?: boolean;
}

function PadKey({ word, onClick, isWord, isMain, isWide, isDisabled }: PadKeyProps): JSX.Element {
  const looks = [isMain && 'key-white', isWord && 'pin-word', isWide && 'pin-wide'].filter(Boolean);
  return (
    <button type="button" class={`key ${looks.join(' ')}`} disabled={isDisabled === true} onClick={onClick}>
      {word}
    </button>
  );
}

function faultText(model: PinModel, waitSeconds: number, texts: PinTexts, language: Language): string {
  const wait = waitSeconds > 0 ? texts.wait(formatCount(waitSeconds, language)) : '';
  const fault = model.fault.value;
  switch (fault?.kind) {
    case undefined:
      return wait;
    case 'wrong':
      return `${texts.wrong} ${wait}`.trim();
    case 'too-short':
      return texts.tooShort;
    case 'differs':
      return texts.differs;
    case 'failed':
      return texts.failed(fault.detail);
  }
}

function useSecondsUntil(untilMs: number): number {
  const nowMs = useSignal(Date.now());
  useEffect(() => {
    nowMs.value = Date.now();
    if (untilMs <= Date.now()) return;
    const timer = setInterval(() => {
      nowMs.value = Date.now();
    }, 500);
    return () => clearInterval(timer);
  }, [untilMs, nowMs]);
  return Math.max(0, Math.ceil((untilMs - nowMs.value) / 1000));
}

/** Returns how to stop listening. */
function listenToKeys(model: PinModel, onBack: () => void): () => void {
  const listening = new AbortController();
  document.addEventListener(
    'keydown',
    (event) => {
      if (/^[0-9]$/.test(event.key)) model.press(event.key);
      else if (event.key === 'Backspace') model.erase();
      else if (event.key === 'Escape') onBack();
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) void model.submit();
    },
    listening,
  );
  return () => listening.abort();
}
