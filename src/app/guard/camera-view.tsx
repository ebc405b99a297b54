// What the camera sees, under the gate that is its guide: the lamp is lit while frames are looked at.

import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import { textsIn } from '../parts/texts/all-texts.ts';
import type { Language } from '../parts/texts/languages.ts';
import './camera-view.css';
import type { CameraModel } from './camera-model.ts';
import { cameraLine, cameraNotice, hintLine } from './camera-words.ts';

export interface CameraViewProps {
  readonly model: { readonly language: Language; readonly camera: CameraModel };
  readonly video: HTMLVideoElement;
}

export function CameraView({ model, video }: CameraViewProps): JSX.Element {
  const texts = textsIn(model.language);
  const state = model.camera.state.value;
  const notice = cameraNotice(state, texts);
  // Nothing can be shown to a camera that does not look; what a picture file gave is still said.
  const isIdle = notice !== null && model.camera.hint.value === 'show';
  const hold = useCallback((holder: HTMLDivElement | null) => holder?.prepend(video), [video]);
  const isFront = state.camera.kind === 'on' && state.camera.facing === 'front';
  return (
    <div class="camera-view" data-camera={state.camera.kind} data-decoder={state.decoder.kind}>
      <div ref={hold} class={`camera-picture ${isFront ? 'is-front' : ''}`} />
      <div class={`guide ${state.isLooking ? 'is-looking' : ''}`}>
        <div class="guide-opening" />
        <div class="guide-lamp" />
      </div>
      {notice !== null && (
        <div class="camera-notice" role="alert">
          <p class="camera-what">{notice.what}</p>
          <p>{notice.next}</p>
          <button type="button" class="key key-white" onClick={() => void model.camera.retry()}>
            {notice.key}
          </button>
        </div>
      )}
      <div class="hint" hidden={isIdle}>
        <p class="hint-line" role="status" data-hint={model.camera.hint.value}>
          {hintLine(model.camera.hint.value, texts)}
        </p>
        <p class="hint-camera">{cameraLine(state, texts)}</p>
      </div>
    </div>
  );
}
