// What the first screen stands on, without its looks: how the tablet is, which gate this is, and what can be mended from
// here. A shift stands on it too.

import { type ReadonlySignal, signal } from '@preact/signals';
import { errorText } from '../../core/error-text.ts';
import type { Tablet, TabletState } from '../../device/tablet.ts';
import type { Language } from '../parts/texts/languages.ts';
import { createShiftModel, type Memory, type ShiftModel } from './shift-model.ts';
import { isCauseStanding, type Stop } from './stops.ts';

export type StartPage = 'shift' | 'settings' | 'set-up';

export interface StartModel {
  readonly language: Language;
  readonly tablet: ReadonlySignal<TabletState>;
  readonly shift: ShiftModel;
  readonly isBusy: ReadonlySignal<boolean>;
  /** A stop that something ran into; it goes when its cause does. */
  readonly reported: ReadonlySignal<Stop | null>;
  /** A way on was tried, and the cause still stands. */
  readonly isStillStopped: ReadonlySignal<boolean>;
  /** What the page shows of an enrolled tablet. */
  readonly page: ReadonlySignal<StartPage>;
  turnTo(page: StartPage): void;
  openEnrolment: Tablet['openEnrolment'];
  openPin: Tablet['openPin'];
  report(stop: Stop | null): void;
  /** The way on from a stop, and from a row of the start screen that stands for one. */
  recover(stop: Stop): Promise<void>;
  refresh(): Promise<void>;
  /** Saves what waits as a file, for a tablet that will not reach its server. */
  saveWaiting(): Promise<void>;
  /** For the one handler at the top of the page. */
  fail(error: unknown): void;
}

export function createStartModel(tablet: Tablet, memory: Memory, language: Language): StartModel {
  const state = signal(tablet.state);
  const reported = signal<Stop | null>(null);
  const isStillStopped = signal(false);
  const isBusy = signal(false);
  const page = signal<StartPage>('shift');
  const shift = createShiftModel(state, memory);

  tablet.subscribe((next) => {
    const { value: standing } = reported;
    const isMended =
      standing !== null && isCauseStanding(standing, state.value) && !isCauseStanding(standing, next);
    state.value = next;
    if (isMended) reported.value = null;
  });

  const fail = (error: unknown): void => {
    reported.value = { why: 'fault', detail: errorText(error) };
  };

  const guarded = async (work: () => Promise<void>): Promise<void> => {
    isBusy.value = true;
    try {
      await work();
    } catch (error) {
      fail(error);
    } finally {
      isBusy.value = false;
    }
  };

  return {
    language,
    tablet: state,
    shift,
    isBusy,
    reported,
    isStillStopped,
    page,
    turnTo(next) {
      page.value = next;
    },
    openEnrolment: tablet.openEnrolment,
    openPin: tablet.openPin,
    fail,
    report(stop) {
      reported.value = stop;
    },
    recover: (standing) =>
      guarded(async () => {
        isStillStopped.value = false;
        if (standing.why === 'revoked') {
          reported.value = null;
          page.value = 'set-up';
          return;
        }
        if (standing.why === 'log-vanished' || standing.why === 'log-broken') await tablet.beginNewLog();
        else if (standing.why !== 'fault') await tablet.refresh();
        isStillStopped.value = isCauseStanding(standing, tablet.state);
        if (!isStillStopped.value) reported.value = null;
      }),
    refresh: () => guarded(() => tablet.refresh()),
    saveWaiting: () => guarded(async () => (await import('./save-waiting.ts')).saveWaiting(tablet)),
  };
}
