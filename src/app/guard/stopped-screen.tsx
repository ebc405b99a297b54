// Scanning has stopped: what is, what to do, and the way on. No verdict is given here, and none was.

import type { JSX } from 'preact';
import { Sign } from '../parts/signs.tsx';
import { type Catalogue, type Stop as StopWords, textsIn } from '../parts/texts/catalogue.ts';
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
    <div class="stopped on-housing" data-stop={stop.why}>
      <div class="stopped-words">
        <Sign kind="unverifiable" class="stopped-sign" />
        <h1>{words.what}</h1>
        <p>{words.next}</p>
        <p role="status" class="stopped-still">
          {model.isStillStopped.value ? texts.stopped.stillSo : ''}
        </p>
      </div>
      <div class="keys">
        <button
          type="button"
          class="key key-white"
          disabled={model.isBusy.value}
          onClick={() => void model.recover(stop)}
        >
          {words.key}
        </button>
        {model.shift.isOn.value && (
          <button type="button" class="key" onClick={model.endShift}>
            {texts.keys.endShift}
          </button>
        )}
      </div>
    </div>
  );
}

function wordsOf(stop: Stop, { stopped }: Catalogue): StopWords {
  switch (stop.why) {
    case 'no-trust':
      return stopped.noTrust;
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
