// The guard's page: the start of a shift, drawn at once, and then the shift, which is loaded behind it.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useEffect } from 'preact/hooks';
import { errorText } from '../../core/error-text.ts';
import type { PinModel } from '../pin/pin-model.ts';
import type { PinScreenProps } from '../pin/pin-screen.tsx';
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

export interface GuardPageProps {
  readonly start: StartModel;
  readonly video: HTMLVideoElement;
  /** Once for all who ask, and again after a failure. */
  readonly loadShift: () => Promise<Shift>;
}

export function GuardPage(props: GuardPageProps): JSX.Element {
  const { start, video } = props;
  const { identity, log } = start.tablet.value;
  if (identity === 'wiped' || (identity === 'none' && log === 'open') || start.page.value === 'set-up') {
    const load = () => import('../enrol/enrol-part.tsx').then(({ SetUp }) => SetUp);
    return <Part key="set-up" name="set-up" load={load} props={{ start, video }} onFault={start.fail} />;
  }
  if (start.page.value === 'settings') {
    const load = () => import('../pin/pin-part.tsx').then(({ SettingsScreen }) => SettingsScreen);
    return <Part key="settings" name="settings" load={load} props={{ start }} onFault={start.fail} />;
  }
  return <ShiftPage {...props} />;
}

interface PartProps<Props> {
  readonly name: string;
  readonly load: () => Promise<(props: Props) => JSX.Element | null>;
  readonly props: Props;
  readonly onFault: (error: unknown) => void;
}

interface PinAsking {
  readonly model: PinModel;
  readonly Screen: (props: PinScreenProps) => JSX.Element;
}

/** A page of its own that is loaded when it is shown. */
function Part<Props extends object>({ name, load, props, onFault }: PartProps<Props>): JSX.Element {
  const part = useSignal<((props: Props) => JSX.Element | null) | null>(null);
  useEffect(() => {
    load().then((loaded) => {
      part.value = loaded;
    }, onFault);
  }, [name]);
  const Screen = part.value;
  return (
    <main class="guard" data-stage={name}>
      {Screen !== null && <Screen {...props} />}
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
  const pin = useSignal<PinAsking | null>(null);
  const stopAsking = useCallback(() => {
    pin.value = null;
  }, [pin]);
  const askForPin = async (): Promise<void> => {
    try {
      const [{ createPinModel, PinScreen }, desk] = await Promise.all([
        import('../pin/pin-part.tsx'),
        start.openPin(),
      ]);
      const onDone = () => {
        stopAsking();
        void begin();
      };
      const parts = { desk, goal: 'open-shift', hasPin: true, nowMs: Date.now, onDone } as const;
      pin.value = { model: createPinModel(parts), Screen: PinScreen };
    } catch (error) {
      notice.value = { kind: 'not-loaded', detail: errorText(error) };
    }
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
  // Whatever takes the place of this page, the camera must not run on behind it.
  useEffect(() => () => shift.peek()?.model.endShift(), [shift]);

  const model = shift.value?.model;
  const stage = model?.stage.value ?? 'start';
  const verdict = model?.verdict.shown.value?.verdict;
  return (
    <main
      class="guard"
      data-stage={stage}
      {...(verdict !== undefined && { 'data-verdict': verdict.kind, 'data-reason': verdict.reason })}
    >
      {pin.value !== null && (
        <pin.value.Screen model={pin.value.model} language={start.language} onBack={stopAsking} />
      )}
      {stage === 'start' && pin.value === null && (
        <StartScreen
          model={start}
          nowMs={nowMs}
          notice={notice.value}
          onStart={() => void (start.tablet.value.hasPin ? askForPin() : begin())}
        />
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
