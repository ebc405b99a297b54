// The guard's page without its looks: a reading becomes a record, then a verdict, then a sound; and back by itself.

import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { errorText } from '../../core/error-text.ts';
import { describeVerdict } from '../../core/verdict/describe.ts';
import type { Tablet, TabletState } from '../../device/tablet.ts';
import type { Language } from '../parts/texts/languages.ts';
import type { UpdateNotice } from '../parts/update-notice.ts';
import { type CameraModel, createCameraModel, type OpenScanner } from './camera-model.ts';
import { createShiftModel, type Memory, type ShiftModel } from './shift-model.ts';
import type { Cues } from './sound.ts';
import { isCauseStanding, type Stop, stopOfState } from './stops.ts';
import {
  createVerdictModel,
  SHORTEST_MS,
  type Shown,
  signOfVerdict,
  type VerdictModel,
} from './verdict-model.ts';
import type { WakeLock } from './wake-lock.ts';

export type Stage = 'start' | 'scanning' | 'verdict' | 'stopped';

export interface GuardParts {
  readonly tablet: Tablet;
  readonly openScanner: OpenScanner;
  readonly cues: Cues;
  readonly wakeLock: WakeLock;
  readonly update: UpdateNotice;
  readonly memory: Memory;
  readonly fullScreen: { enter(): void; leave(): void };
  readonly language: Language;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export interface GuardModel {
  readonly language: Language;
  readonly stage: ReadonlySignal<Stage>;
  readonly tablet: ReadonlySignal<TabletState>;
  readonly stop: ReadonlySignal<Stop | null>;
  /** A way on was tried, and the cause still stands. */
  readonly isStillStopped: ReadonlySignal<boolean>;
  readonly isBusy: ReadonlySignal<boolean>;
  readonly isUpdateReady: ReadonlySignal<boolean>;
  /** The guard's answer could not be stored. */
  readonly isDecisionLost: ReadonlySignal<boolean>;
  readonly shift: ShiftModel;
  readonly camera: CameraModel;
  readonly verdict: VerdictModel;
  startShift(video: HTMLVideoElement): Promise<void>;
  endShift(): void;
  takePicture(file: Blob): Promise<void>;
  takeText(text: string): void;
  decide(decision: 'let-in' | 'sent-away'): Promise<void>;
  /** The way on from a stop, and from a row of the start screen that stands for one. */
  recover(stop: Stop): Promise<void>;
  refresh(): Promise<void>;
  takeUpdate(): void;
  /** For the one handler at the top of the page. */
  fail(error: unknown): void;
}

/** Dark between two verdicts, so that two of a kind are two. */
const IDLE_MS = 300;
/** The start screen is left alone this long before a new version is taken. */
const QUIET_MS = 3000;

export function createGuardModel(parts: GuardParts): GuardModel {
  const { tablet, cues, wakeLock, update, fullScreen, language } = parts;
  const state = signal(tablet.state);
  const reported = signal<Stop | null>(null);
  const isStillStopped = signal(false);
  const isJudging = signal(false);
  const isBusy = signal(false);
  const isUpdateReady = signal(false);
  const isDecisionLost = signal(false);
  const shift = createShiftModel(state, parts.memory);
  const camera = createCameraModel(parts.openScanner);
  const verdict = createVerdictModel(parts.nowMs);

  const stop = computed(() => reported.value ?? (shift.isOn.value ? stopOfState(state.value) : null));
  const stage = computed<Stage>(() => {
    if (verdict.shown.value !== null) return 'verdict';
    if (stop.value !== null) return 'stopped';
    return shift.isOn.value ? 'scanning' : 'start';
  });

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

  const judge = async (text: string): Promise<void> => {
    const place = shift.place.value;
    const isWelcome =
      stage.value === 'scanning' || (verdict.shown.value?.verdict.kind === 'admit' && verdict.mayLeave());
    if (place === null || isJudging.value || !isWelcome) return;
    isJudging.value = true;
    try {
      const outcome = await tablet.scan(text, place);
      if (!shift.isOn.value) return;
      if (outcome.kind === 'stopped') {
        reported.value = { why: outcome.why };
        return;
      }
      const trust = tablet.state.trust?.held ?? null;
      const { kind } = outcome.verdict;
      const sign = signOfVerdict(outcome.verdict);
      shift.count(kind);
      isDecisionLost.value = false;
      verdict.show({
        verdict: outcome.verdict,
        sign,
        words: describeVerdict(outcome.verdict, { language, trust, nowMs: outcome.atMs }),
        place,
        epoch: outcome.epoch,
        seq: outcome.seq,
        displayMs: trust?.policy.displayMs[kind] ?? SHORTEST_MS,
      });
      cues.give(sign);
    } catch (error) {
      fail(error);
    } finally {
      isJudging.value = false;
    }
  };

  // Frames are looked at while the guard waits for a code; and under an admit, so that the next in line need not wait.
  let lookTimer: ReturnType<typeof setTimeout> | undefined;
  let stageBefore: Stage = 'start';
  effect(() => {
    clearTimeout(lookTimer);
    const now = stage.value;
    const isAdmit = verdict.shown.value?.verdict.kind === 'admit';
    const cameFromVerdict = stageBefore === 'verdict';
    stageBefore = now;
    if (!shift.isOn.value) return;
    const inMs = now === 'scanning' ? (cameFromVerdict ? IDLE_MS : 0) : isAdmit ? SHORTEST_MS : null;
    if (isJudging.value || inMs !== 0) untracked(() => camera.setLooking(false));
    if (isJudging.value || inMs === null) return;
    if (inMs === 0) untracked(() => camera.setLooking(true));
    else lookTimer = setTimeout(() => camera.setLooking(true), inMs);
  });

  /** One verdict has one answer, however often the key is pressed. */
  let answered: Shown | null = null;

  const takeUpdate = (): void => {
    if (isUpdateReady.value && verdict.shown.value === null && !isJudging.value && !isBusy.value)
      update.take();
  };
  update.onReady(() => {
    isUpdateReady.value = true;
  });
  let quietTimer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    clearTimeout(quietTimer);
    // Every choice on the start screen is read here, so that each begins the quiet time anew.
    shift.place.value;
    if (isUpdateReady.value && stage.value === 'start' && !isBusy.value)
      quietTimer = setTimeout(takeUpdate, QUIET_MS);
  });

  return {
    language,
    stage,
    tablet: state,
    stop,
    isStillStopped,
    isBusy,
    isUpdateReady,
    isDecisionLost,
    shift,
    camera,
    verdict,
    fail,
    takeUpdate,
    async startShift(video) {
      if (shift.place.value === null || stopOfState(state.value) !== null) return;
      shift.begin();
      cues.prepare();
      wakeLock.hold();
      fullScreen.enter();
      await camera.start(video, (text) => void judge(text));
    },
    endShift() {
      verdict.clear();
      reported.value = null;
      shift.end();
      camera.stop();
      wakeLock.release();
      cues.release();
      fullScreen.leave();
    },
    async takePicture(file) {
      if (stage.value === 'verdict' && !verdict.leave()) return;
      if (stage.value === 'scanning') await camera.readPicture(file);
    },
    takeText(text) {
      if (stage.value === 'verdict' && !verdict.leave()) return;
      if (text.trim() !== '') void judge(text.trim());
    },
    async decide(decision) {
      const asked = verdict.shown.value;
      if (asked === null || asked === answered) return;
      answered = asked;
      verdict.leaveSoon();
      try {
        const outcome = await tablet.decide(decision, asked.seq, asked.place);
        if (outcome.kind === 'stopped') {
          isDecisionLost.value = true;
          reported.value = { why: outcome.why };
        }
      } catch (error) {
        isDecisionLost.value = true;
        fail(error);
      }
    },
    recover: (standing) =>
      guarded(async () => {
        isStillStopped.value = false;
        if (standing.why === 'log-vanished' || standing.why === 'log-broken') await tablet.beginNewLog();
        else if (standing.why !== 'fault') await tablet.refresh();
        isStillStopped.value = isCauseStanding(standing, tablet.state);
        if (!isStillStopped.value) reported.value = null;
      }),
    refresh: () => guarded(() => tablet.refresh()),
  };
}
