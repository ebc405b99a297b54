// Scanning has stopped, or cannot begin: what is, what to do, and the way on. No verdict is given here, and none was.

import type { ComponentChildren, JSX } from 'preact';
import { Sign } from '../parts/signs.tsx';
import { textsIn } from '../parts/texts/all-texts.ts';
import type { Catalogue, Stop as StopWords } from '../parts/texts/catalogue.ts';
import type { Language } from '../parts/texts/languages.ts';
import type { GuardModel } from './guard-model.ts';
import './stopped-screen.css';
import type { Stop } from './stops.ts';

export function StoppedScreen({
  model,
  stop,
}: {
  readonly model: GuardModel;
  readonly stop: Stop;
}): JSX.Element {
  const texts = textsIn(model.language);
  const words = wordsOf(stop, texts);
  return (
    <Stopped why={stop.why} words={words} status={model.isStillStopped.value ? texts.stopped.stillSo : ''}>
      <button
        type="button"
        class="key key-white"
        disabled={model.isBusy.value}
        onClick={() => void model.recover(stop)}
      >
        {words.key}
      </button>
      {model.tablet.value.waiting > 0 && (
        <button
          type="button"
          class="key"
          disabled={model.isBusy.value}
          onClick={() => void model.saveWaiting()}
        >
          {texts.keys.saveFile}
        </button>
      )}
      {model.shift.isOn.value && (
        <button type="button" class="key" onClick={model.endShift}>
          {texts.keys.endShift}
        </button>
      )}
    </Stopped>
  );
}

/** Before there is a tablet to ask: its memory did not open. */
export function NotOpenedScreen({
  detail,
  language,
}: {
  readonly detail: string;
  readonly language: Language;
}): JSX.Element {
  const words = textsIn(language).stopped.notOpened(detail);
  return (
    <main class="guard" data-stage="stopped">
      <Stopped why="not-opened" words={words} status="">
        <button type="button" class="key key-white" onClick={() => location.reload()}>
          {words.key}
        </button>
      </Stopped>
    </main>
  );
}

interface StoppedProps {
  readonly why: string;
  readonly words: StopWords;
  readonly status: string;
  readonly children: ComponentChildren;
}

function Stopped({ why, words, status, children }: StoppedProps): JSX.Element {
  return (
    <div class="stopped on-housing" data-stop={why}>
      <div class="stopped-words" role="alert">
        <Sign kind="unverifiable" class="stopped-sign" />
        <h1>{words.what}</h1>
        <p>{words.next}</p>
        <p class="stopped-still">{status}</p>
      </div>
      <div class="keys">{children}</div>
    </div>
  );
}

function wordsOf(stop: Stop, { stopped }: Catalogue): StopWords {
  switch (stop.why) {
    case 'revoked':
      return stopped.revoked;
    case 'no-trust':
      return stopped.noTrust;
    case 'no-day-key':
      return stopped.noDayKey;
    case 'storage-full':
      return stopped.storageFull;
    case 'log-vanished':
      return stopped.logVanished;
    case 'log-blocked':
      return stopped.logBlocked;
    case 'log-broken':
      return stopped.logBroken;
    case 'fault':
      return stopped.fault(stop.detail);
  }
}
