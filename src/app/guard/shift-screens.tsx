// What a shift needs on the screen and the start of one does not: loaded after the first paint.

import type { JSX } from 'preact';
import type { GuardModel } from './guard-model.ts';
import { ScanningScreen } from './scanning-screen.tsx';
import { Strip } from './strip.tsx';
import { type FactsContext, stripCells, troubleBanners } from './tablet-facts.ts';
import { VerdictScreen } from './verdict-screen.tsx';

export interface ShiftScreensProps {
  readonly model: GuardModel;
  readonly video: HTMLVideoElement;
  readonly context: FactsContext;
}

export function ShiftStrip({ model, context }: Omit<ShiftScreensProps, 'video'>): JSX.Element {
  const cells = stripCells(model.tablet.value, model.shift.place.value, context);
  return <Strip cells={cells} label={context.texts.strip.status} />;
}

/** The scanning screen stays under a verdict: the camera must not restart. */
export function ShiftLayers({ model, video, context }: ShiftScreensProps): JSX.Element {
  const shown = model.verdict.shown.value;
  return (
    <>
      <div class="layer" inert={model.stage.value !== 'scanning'}>
        <ScanningScreen model={model} video={video} banners={troubleBanners(model.tablet.value, context)} />
      </div>
      {shown !== null && <VerdictScreen key={`${shown.epoch}-${shown.seq}`} model={model} shown={shown} />}
    </>
  );
}
