// The guard's page: one stage at a time over a camera that stays, and the ways in that belong to no screen (drop, paste, tap).

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { textsIn } from '../parts/texts/languages.ts';
import './guard-page.css';
import type { GuardModel, Stage } from './guard-model.ts';
import { listenToPage } from './page-input.ts';
import { StartScreen } from './start-screen.tsx';
import { StoppedScreen } from './stopped-screen.tsx';
import type { FactsContext } from './tablet-facts.ts';

const RESTS_AFTER_MS = 1000;

type ShiftScreens = typeof import('./shift-screens.tsx');

export interface GuardPageProps {
  readonly model: GuardModel;
  readonly video: HTMLVideoElement;
  readonly loadShiftScreens: () => Promise<ShiftScreens>;
}

export function GuardPage({ model, video, loadShiftScreens }: GuardPageProps): JSX.Element {
  const nowMs = useMinute();
  const stage = model.stage.value;
  const screens = useShiftScreens(loadShiftScreens, model, stage);
  useEffect(() => listenToPage(model), [model]);
  const { language } = model;
  const context: FactsContext = { texts: textsIn(language), language, nowMs };
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
      {stage !== 'start' && screens !== null && <screens.ShiftStrip model={model} context={context} />}
      {stage === 'start' && (
        <StartScreen model={model} nowMs={nowMs} onStart={() => void model.startShift(video)} />
      )}
      <div class="layers" hidden={stage === 'start'}>
        {model.shift.isOn.value && screens !== null && (
          <screens.ShiftLayers model={model} video={video} context={context} />
        )}
        {stage === 'stopped' && stop !== null && <StoppedScreen model={model} stop={stop} />}
      </div>
    </main>
  );
}

/** Asked for once the first screen rests, and at once when a shift starts. */
function useShiftScreens(
  load: () => Promise<ShiftScreens>,
  model: GuardModel,
  stage: Stage,
): ShiftScreens | null {
  const screens = useSignal<ShiftScreens | null>(null);
  useEffect(() => {
    if (screens.peek() !== null) return;
    const ask = (): void => {
      load().then(
        (loaded) => {
          screens.value = loaded;
        },
        // On the start screen nothing is lost yet: the shift asks again, and then it is said.
        (error) => model.shift.isOn.value && model.fail(error),
      );
    };
    if (stage !== 'start') return ask();
    const timer = setTimeout(ask, RESTS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [load, model, screens, stage]);
  return screens.value;
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
