// The guard's page: one stage at a time over a camera that stays, and the ways in that belong to no screen (drop, paste, tap).

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { textsIn } from '../parts/texts/catalogue.ts';
import './guard-page.css';
import type { GuardModel } from './guard-model.ts';
import { listenToPage } from './page-input.ts';
import { ScanningScreen } from './scanning-screen.tsx';
import { StartScreen } from './start-screen.tsx';
import { StoppedScreen } from './stopped-screen.tsx';
import { Strip } from './strip.tsx';
import { type FactsContext, stripCells, troubleBanners } from './tablet-facts.ts';
import { VerdictScreen } from './verdict-screen.tsx';

export interface GuardPageProps {
  readonly model: GuardModel;
  readonly video: HTMLVideoElement;
}

export function GuardPage({ model, video }: GuardPageProps): JSX.Element {
  const nowMs = useMinute();
  useEffect(() => listenToPage(model), [model]);
  const { language } = model;
  const context: FactsContext = { texts: textsIn(language), language, nowMs };
  const stage = model.stage.value;
  const state = model.tablet.value;
  const shown = model.verdict.shown.value;
  const stop = model.stop.value;
  return (
    <main
      class="guard"
      data-stage={stage}
      {...(shown !== null && { 'data-verdict': shown.verdict.kind, 'data-reason': shown.verdict.reason })}
    >
      <p class="only-spoken" role="alert">
        {shown !== null && `${shown.words.word}. ${shown.words.reason}. ${shown.words.next}`}
      </p>
      {stage !== 'start' && (
        <Strip
          cells={stripCells(state, model.shift.place.value, context)}
          label={context.texts.strip.status}
        />
      )}
      {stage === 'start' && (
        <StartScreen model={model} nowMs={nowMs} onStart={() => void model.startShift(video)} />
      )}
      <div class="layers" hidden={stage === 'start'}>
        {model.shift.isOn.value && (
          <div class="layer" inert={stage !== 'scanning'}>
            <ScanningScreen model={model} video={video} banners={troubleBanners(state, context)} />
          </div>
        )}
        {stage === 'verdict' && shown !== null && (
          <VerdictScreen key={`${shown.epoch}-${shown.seq}`} model={model} shown={shown} />
        )}
        {stage === 'stopped' && stop !== null && <StoppedScreen model={model} stop={stop} />}
      </div>
    </main>
  );
}

/** The wall clock, to the minute. */
function useMinute(): number {
  const minute = useSignal(startOfMinute());
  useEffect(() => {
    const timer = setInterval(() => {
      minute.value = startOfMinute();
    }, 1000);
    return () => clearInterval(timer);
  }, [minute]);
  return minute.value;
}

const startOfMinute = (): number => Math.floor(Date.now() / 60_000) * 60_000;
