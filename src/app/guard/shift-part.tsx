// What a shift needs and the start of one does not, model and screens: loaded once the first screen rests, or at the tap
// that starts a shift.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Tablet } from '../../device/tablet.ts';
import { textsIn } from '../parts/texts/all-texts.ts';
import { createUpdateNotice } from '../parts/update-notice.ts';
import { fullScreen } from './full-screen.ts';
import { createGuardModel, type GuardModel } from './guard-model.ts';
import { listenToPage } from './page-input.ts';
import { ScanningScreen } from './scanning-screen.tsx';
import { createCues } from './sound.ts';
import type { StartModel } from './start-model.ts';
import { StoppedScreen } from './stopped-screen.tsx';
import { Strip } from './strip.tsx';
import { type FactsContext, stripCells, troubleBanners } from './tablet-facts.ts';
import { VerdictScreen } from './verdict-screen.tsx';
import { createWakeLock } from './wake-lock.ts';

export { NotOpenedScreen } from './stopped-screen.tsx';

export const openGuard = (start: StartModel, tablet: Tablet): GuardModel =>
  createGuardModel(start, {
    tablet,
    openScanner: async (options) => (await import('../../camera/scanner.ts')).createScanner(options),
    cues: createCues(),
    wakeLock: createWakeLock(),
    update: createUpdateNotice(navigator.serviceWorker),
    fullScreen,
    nowMs: () => performance.now(),
    wallMs: Date.now,
  });

export interface ShiftScreensProps {
  readonly model: GuardModel;
  readonly video: HTMLVideoElement;
  readonly nowMs: number;
}

/** The scanning screen stays under a verdict: the camera must not restart. */
export function ShiftScreens({ model, video, nowMs }: ShiftScreensProps): JSX.Element {
  const { language } = model;
  const context: FactsContext = { texts: textsIn(language), language, nowMs };
  const stage = model.stage.value;
  const shown = model.verdict.shown.value;
  const stop = model.stop.value;
  useEffect(() => listenToPage(model), [model]);
  return (
    <>
      <p class="only-spoken" role="alert">
        {shown !== null && `${shown.words.word}. ${shown.words.reason}. ${shown.words.next}`}
      </p>
      {stage !== 'start' && (
        <Strip
          cells={stripCells(model.tablet.value, model.shift.place.value, context)}
          label={context.texts.strip.status}
        />
      )}
      <div class="layers" hidden={stage === 'start'}>
        {model.shift.isOn.value && (
          <>
            <div class="layer" inert={stage !== 'scanning'}>
              <ScanningScreen
                model={model}
                video={video}
                banners={troubleBanners(model.tablet.value, context)}
              />
            </div>
            {shown !== null && (
              <VerdictScreen key={`${shown.epoch}-${shown.seq}`} model={model} shown={shown} />
            )}
          </>
        )}
        {stage === 'stopped' && stop !== null && <StoppedScreen model={model} stop={stop} />}
      </div>
    </>
  );
}
