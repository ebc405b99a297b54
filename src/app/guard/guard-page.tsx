// The guard's page: the start of a shift, drawn at once, and then the shift, which is loaded behind it.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { errorText } from '../../core/error-text.ts';
import type { EnrolModel } from '../enrol/enrol-model.ts';
import type { EnrolScreenProps } from '../enrol/enrol-screen.tsx';
import './guard-page.css';
import type { GuardModel } from './guard-model.ts';
import type { ShiftScreensProps } from './shift-part.tsx';
import type { StartModel } from './start-model.ts';
import { type StartNotice, StartScreen } from './start-screen.tsx';

const RESTS_AFTER_MS = 1000;

export interface Shift {
  readonly model: GuardModel;
  readonly Screens: (props: ShiftScreensProps) => JSX.Element;
}

export interface SetUp {
  readonly model: EnrolModel;
  readonly Screen: (props: EnrolScreenProps) => JSX.Element;
}

export interface GuardPageProps {
  readonly start: StartModel;
  readonly video: HTMLVideoElement;
  /** Once for all who ask, and again after a failure. */
  readonly loadShift: () => Promise<Shift>;
  readonly loadSetUp: () => Promise<SetUp>;
}

export function GuardPage(props: GuardPageProps): JSX.Element {
  const { identity, log } = props.start.tablet.value;
  const isSetUp = identity === 'enrolled' || identity === 'revoked';
  const isSettingUp = props.start.isSettingUp.value || (!isSetUp && log === 'open');
  return isSettingUp ? <SetUpPage {...props} /> : <ShiftPage {...props} />;
}

function SetUpPage({ start, video, loadSetUp }: GuardPageProps): JSX.Element {
  const setUp = useSignal<SetUp | null>(null);
  useEffect(() => {
    loadSetUp().then((loaded) => {
      setUp.value = loaded;
    }, start.fail);
  }, [loadSetUp, setUp, start]);
  return (
    <main class="guard" data-stage="set-up">
      {setUp.value !== null && (
        <setUp.value.Screen model={setUp.value.model} tablet={start.tablet.value} video={video} />
      )}
    </main>
  );
}

function ShiftPage({ start, video, loadShift }: GuardPageProps): JSX.Element {
  const nowMs = useMinute();
  const shift = useSignal<Shift | null>(null);
  const notice = useSignal<StartNotice>(null);
  const load = async (): Promise<Shift> => {
    const loaded = await loadShift();
    shift.value = loaded;
    return loaded;
  };
  const begin = async (): Promise<void> => {
    notice.value = { kind: 'starting' };
    try {
      const { model } = await load();
      notice.value = null;
      await model.startShift(video);
    } catch (error) {
      notice.value = { kind: 'not-loaded', detail: errorText(error) };
    }
  };
  const isReported = start.reported.value !== null;
  useEffect(() => {
    // On the start screen nothing is lost yet when it does not come: the tap that starts a shift asks again, and says so.
    const timer = setTimeout(() => void load().catch(() => undefined), isReported ? 0 : RESTS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [loadShift, isReported]);

  const model = shift.value?.model;
  const stage = model?.stage.value ?? 'start';
  const verdict = model?.verdict.shown.value?.verdict;
  return (
    <main
      class="guard"
      data-stage={stage}
      {...(verdict !== undefined && { 'data-verdict': verdict.kind, 'data-reason': verdict.reason })}
    >
      {stage === 'start' && (
        <StartScreen model={start} nowMs={nowMs} notice={notice.value} onStart={() => void begin()} />
      )}
      {shift.value !== null && <shift.value.Screens model={shift.value.model} video={video} nowMs={nowMs} />}
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
