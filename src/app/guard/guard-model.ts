// The guard's page without its looks: a reading becomes a record, then a verdict, then a sound; and back by itself.

import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { describeVerdict } from '../../core/verdict/describe.ts';
import { describeAge, timeTextsFor } from '../../core/verdict/moments.ts';
import type { Verdict } from '../../core/verdict/verdict.ts';
import type { NoteOutcome, Tablet, TabletState } from '../../device/tablet.ts';
import type { Language } from '../parts/texts/languages.ts';
import type { UpdateNotice } from '../parts/update-notice.ts';
import { type CameraModel, createCameraModel, type OpenScanner } from './camera-model.ts';
import { createEntryModel, type EntryModel } from './entry-model.ts';
import { createShiftNotes } from './shift-notes.ts';
import type { Cues } from './sound.ts';
import type { StartModel } from './start-model.ts';
import { type Stop, stopOfState } from './stops.ts';
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
  readonly fullScreen: { enter(): void; leave(): void };
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly wallMs: () => number;
}

export interface GuardModel extends StartModel {
  readonly stage: ReadonlySignal<Stage>;
  readonly stop: ReadonlySignal<Stop | null>;
  readonly isUpdateReady: ReadonlySignal<boolean>;
  /** The guard's answer could not be stored. */
  readonly isDecisionLost: ReadonlySignal<boolean>;
  readonly camera: CameraModel;
  readonly verdict: VerdictModel;
  readonly entry: EntryModel;
  startShift(video: HTMLVideoElement): Promise<void>;
  endShift(): void;
  takePicture(file: Blob): Promise<void>;
  takeText(text: string): void;
  decide(decision: 'let-in' | 'sent-away'): Promise<void>;
  letInWithoutPass(): void;
  takeUpdate(): void;
}

/** Dark between two verdicts, so that two of a kind are two. */
const IDLE_MS = 300;
/** The start screen is left alone this long before a new version is taken. */
const QUIET_MS = 3000;

export function createGuardModel(start: StartModel, parts: GuardParts): GuardModel {
  const { tablet, cues, wakeLock, update, fullScreen } = parts;
  const { language, tablet: state, shift, isBusy, fail } = start;
  const isJudging = signal(false);
  const isUpdateReady = signal(false);
  const isDecisionLost = signal(false);
  const camera = createCameraModel(parts.openScanner);
  const verdict = createVerdictModel(parts.nowMs);

  const reportStopped = (outcome: NoteOutcome): void => {
    if (outcome.kind === 'stopped' && shift.isOn.value) start.report({ why: outcome.why });
  };
  const entry = createEntryModel(tablet, reportStopped, fail);
  const notes = createShiftNotes({
    tablet,
    place: () => shift.place.value,
    nowMs: parts.wallMs,
    onNoted: reportStopped,
    onFault: fail,
  });

  // A reading that is being judged is answered first: its record may have taken the last room there was.
  const stop = computed(
    () => start.reported.value ?? (shift.isOn.value && !isJudging.value ? stopOfState(state.value) : null),
  );
  const stage = computed<Stage>(() => {
    if (verdict.shown.value !== null) return 'verdict';
    if (stop.value !== null) return 'stopped';
    return shift.isOn.value ? 'scanning' : 'start';
  });

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
        start.report({ why: outcome.why });
        return;
      }
      const { trust: known } = tablet.state;
      const trust = known?.held ?? null;
      const { kind } = outcome.verdict;
      const sign = signOfVerdict(outcome.verdict);
      shift.count(kind);
      isDecisionLost.value = false;
      verdict.show({
        verdict: outcome.verdict,
        sign,
        words: describeVerdict(outcome.verdict, { language, trust, nowMs: outcome.atMs }),
        ageOfTrust: ageWorthSaying(known, outcome.verdict, language),
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

  /** One verdict has one answer, however often the key is pressed; it is forgotten with the verdict. */
  let answered: Shown | null = null;
  effect(() => {
    if (verdict.shown.value === null) answered = null;
  });

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
    ...start,
    stage,
    stop,
    isUpdateReady,
    isDecisionLost,
    camera,
    verdict,
    entry,
    takeUpdate,
    letInWithoutPass() {
      if (stage.value === 'scanning' && shift.place.value !== null) void entry.letIn(shift.place.value);
    },
    async startShift(video) {
      const place = shift.place.value;
      if (place === null || stopOfState(state.value) !== null) return;
      shift.begin();
      notes.begin(place);
      cues.prepare();
      wakeLock.hold();
      fullScreen.enter();
      await camera.start(video, (text) => void judge(text));
    },
    endShift() {
      verdict.clear();
      entry.clear();
      start.report(null);
      if (shift.isOn.value && shift.place.value !== null) notes.end(shift.place.value);
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
          start.report({ why: outcome.why });
        }
      } catch (error) {
        isDecisionLost.value = true;
        fail(error);
      }
    },
  };
}

/** From stale on it stands in every verdict, unless that is the reason itself. */
function ageWorthSaying(trust: TabletState['trust'], { reason }: Verdict, language: Language): string {
  const isOld = trust !== null && (trust.state === 'stale' || trust.state === 'dead');
  if (!isOld || reason === 'trust-stale' || reason === 'trust-expired') return '';
  return describeAge(trust.ageSeconds, timeTextsFor(language));
}
