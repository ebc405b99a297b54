// The camera in its gate, the switch, the keys and the tally. It stays mounted under a verdict: the camera must not restart.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { textsFor } from '../../core/verdict/describe.ts';
import type { VerdictKind } from '../../core/verdict/verdict.ts';
import { Icon, type IconKind } from '../parts/icons.tsx';
import { Sign } from '../parts/signs.tsx';
import { textsIn } from '../parts/texts/all-texts.ts';
import { formatCount } from '../parts/times.ts';
import { CameraView } from './camera-view.tsx';
import { DirectionSwitch } from './direction-switch.tsx';
import type { GuardModel } from './guard-model.ts';
import { PastePanel } from './paste-panel.tsx';
import './scanning-screen.css';

export interface ScanningScreenProps {
  readonly model: GuardModel;
  readonly video: HTMLVideoElement;
  readonly banners: readonly string[];
}

export function ScanningScreen({ model, video, banners }: ScanningScreenProps): JSX.Element {
  const { shift, language } = model;
  const texts = textsIn(language);
  const isPasting = useSignal(false);
  return (
    <div class="scanning on-housing">
      <div class="banners">
        {banners.map((line) => (
          <p key={line} class="banner" role="status">
            {line}
          </p>
        ))}
        {model.isDecisionLost.value && (
          <p class="banner" role="alert">
            {texts.banner.notNoted}
          </p>
        )}
        {model.entry.noted.value !== null && (
          <p class="banner" data-banner="entry" role="status">
            {texts.scanning.entryNoted}
            <button type="button" onClick={() => void model.entry.undo()}>
              {texts.keys.undo}
            </button>
          </p>
        )}
        {model.isUpdateReady.value && (
          <p class="banner" data-banner="update" role="status">
            {texts.scanning.updateReady}
            <button type="button" onClick={model.takeUpdate}>
              {texts.keys.update}
            </button>
          </p>
        )}
      </div>
      <CameraView model={model} video={video} />
      <div class="controls">
        {isPasting.value ? (
          <PastePanel
            texts={texts}
            onText={(text) => {
              isPasting.value = false;
              model.takeText(text);
            }}
            onClose={() => {
              isPasting.value = false;
            }}
          />
        ) : (
          <>
            <DirectionSwitch
              direction={shift.direction.value}
              onChoose={shift.chooseDirection}
              label={texts.scanning.directionOf}
              language={language}
            />
            <CameraKeys
              model={model}
              onPaste={() => {
                isPasting.value = true;
              }}
            />
          </>
        )}
        <div class="scanning-foot">
          <TallyLine model={model} />
          <button type="button" class="key" onClick={model.letInWithoutPass}>
            {texts.keys.withoutPass}
          </button>
          <button type="button" class="key key-end" onClick={model.endShift}>
            {texts.keys.endShift}
          </button>
        </div>
      </div>
    </div>
  );
}

function CameraKeys({
  model,
  onPaste,
}: {
  readonly model: GuardModel;
  readonly onPaste: () => void;
}): JSX.Element {
  const { keys } = textsIn(model.language);
  const input = useRef<HTMLInputElement>(null);
  const on = model.camera.state.value.camera.kind === 'on' ? model.camera.state.value.camera : null;
  const key = (icon: IconKind, word: string, onClick: () => void, isPressed?: boolean): JSX.Element => (
    <button
      type="button"
      class="key key-tall"
      onClick={onClick}
      {...(isPressed !== undefined && { 'aria-pressed': isPressed })}
    >
      <Icon kind={icon} />
      {word}
    </button>
  );
  return (
    <div class="camera-keys">
      {on?.hasTorch &&
        key(
          'torch',
          on.isTorchOn ? keys.torchOn : keys.torch,
          () => void model.camera.toggleTorch(),
          on.isTorchOn,
        )}
      {on?.canSwitch &&
        key('turn', on.facing === 'front' ? keys.rear : keys.front, () => void model.camera.switchFacing())}
      {key('picture', keys.picture, () => input.current?.click())}
      {key('paste', keys.pasteText, onPaste)}
      <input
        ref={input}
        type="file"
        accept="image/*"
        data-testid="picture-input"
        hidden
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          // The same file may be chosen again.
          currentTarget.value = '';
          if (file !== undefined) void model.takePicture(file);
        }}
      />
    </div>
  );
}

const KINDS: readonly VerdictKind[] = ['admit', 'check', 'refuse', 'unverifiable'];

function TallyLine({ model }: { readonly model: GuardModel }): JSX.Element {
  const { words } = textsFor(model.language);
  return (
    <ul class="tally" aria-label={textsIn(model.language).scanning.tally}>
      {KINDS.map((kind) => (
        <li key={kind} data-tally={kind}>
          <Sign kind={kind} label={words[kind]} />
          {formatCount(model.shift.tally.value[kind], model.language)}
        </li>
      ))}
    </ul>
  );
}
