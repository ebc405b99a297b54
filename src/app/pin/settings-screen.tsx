// The tablet's own settings: what it is, its PIN, and a new set-up.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { StartModel } from '../guard/start-model.ts';
import { settingsTextsIn } from '../parts/texts/pin-texts.ts';
import { createPinModel, type PinGoal, type PinModel } from './pin-model.ts';
import { PinScreen } from './pin-screen.tsx';

export function SettingsScreen({ start }: { readonly start: StartModel }): JSX.Element {
  const texts = settingsTextsIn(start.language);
  const pin = useSignal<PinModel | null>(null);
  const tablet = start.tablet.value;
  const ask = async (goal: PinGoal): Promise<void> => {
    const desk = await start.openPin();
    const onDone = () => {
      pin.value = null;
    };
    pin.value = createPinModel({ desk, goal, hasPin: tablet.hasPin, nowMs: Date.now, onDone });
  };
  const stopAsking = useCallback(() => {
    pin.value = null;
  }, [pin]);
  if (pin.value !== null)
    return <PinScreen model={pin.value} language={start.language} onBack={stopAsking} />;
  const site = tablet.trust?.held.site ?? null;
  const key = (word: string, onClick: () => void, isMain = false): JSX.Element => (
    <button type="button" class={isMain ? 'key key-white' : 'key'} onClick={onClick}>
      {word}
    </button>
  );
  return (
    <div class="pin on-housing" data-settings="">
      <div class="pin-words">
        <h1>{texts.title}</h1>
        <dl class="settings-facts">
          <dt>{texts.site}</dt>
          <dd>{site?.name ?? texts.unknown}</dd>
          <dt>{texts.pin}</dt>
          <dd>{tablet.hasPin ? texts.pinOn : texts.pinOff}</dd>
        </dl>
      </div>
      <div class="settings-keys">
        {key(tablet.hasPin ? texts.changePin : texts.setPin, () => void ask('set').catch(start.fail), true)}
        {tablet.hasPin && key(texts.removePin, () => void ask('remove').catch(start.fail))}
        {tablet.waiting > 0 && key(texts.saveFile, () => void start.saveWaiting())}
        {key(texts.setUpAgain, () => start.turnTo('set-up'))}
        {key(texts.back, () => start.turnTo('shift'))}
      </div>
    </div>
  );
}
