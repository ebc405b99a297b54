// The verdict on the screen: how long it stays, who may send it away, and when the next may take its place.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { DescribedVerdict } from '../../core/verdict/describe.ts';
import type { Verdict } from '../../core/verdict/verdict.ts';
import type { GatePlace } from '../../device/tablet.ts';
import type { SignKind } from '../parts/signs.tsx';

/** No verdict leaves sooner: at most one flash pair a second, and no tap that was meant for the screen before. */
export const SHORTEST_MS = 700;

export interface Shown {
  readonly verdict: Verdict;
  readonly sign: SignKind;
  readonly words: DescribedVerdict;
  /** '4 days', where what was judged by is so old that it should be said; else empty. */
  readonly ageOfTrust: string;
  readonly place: GatePlace;
  readonly epoch: number;
  readonly seq: number;
  readonly displayMs: number;
}

export interface VerdictModel {
  readonly shown: ReadonlySignal<Shown | null>;
  readonly isHeld: ReadonlySignal<boolean>;
  show(next: Shown): void;
  /** Stops the countdown, or lets it go on from where it stood. */
  toggleHold(): void;
  /** Ends the verdict, unless it only just came. Says whether it went. */
  leave(): boolean;
  /** Ends it as soon as it may end: a key was pressed, not merely the screen touched. */
  leaveSoon(): void;
  /** Ends it in any case. */
  clear(): void;
  mayLeave(): boolean;
}

export const signOfVerdict = (verdict: Verdict): SignKind =>
  verdict.reason === 'seen-before' ? 'seen-before' : verdict.kind;

export function createVerdictModel(nowMs: () => number): VerdictModel {
  const shown = signal<Shown | null>(null);
  const isHeld = signal(false);
  let shownAtMs = 0;
  let endsAtMs = 0;
  let leftMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const clear = (): void => {
    clearTimeout(timer);
    isHeld.value = false;
    shown.value = null;
  };

  const runFor = (ms: number): void => {
    endsAtMs = nowMs() + ms;
    timer = setTimeout(clear, ms);
  };

  const mayLeave = (): boolean => shown.value !== null && nowMs() - shownAtMs >= SHORTEST_MS;

  return {
    shown,
    isHeld,
    clear,
    mayLeave,
    show(next) {
      clearTimeout(timer);
      isHeld.value = false;
      shownAtMs = nowMs();
      const displayMs = Math.max(SHORTEST_MS, next.displayMs);
      shown.value = { ...next, displayMs };
      runFor(displayMs);
    },
    toggleHold() {
      if (shown.value === null) return;
      if (isHeld.value) {
        isHeld.value = false;
        runFor(leftMs);
      } else {
        clearTimeout(timer);
        leftMs = Math.max(0, endsAtMs - nowMs());
        isHeld.value = true;
      }
    },
    leave() {
      if (!mayLeave()) return false;
      clear();
      return true;
    },
    leaveSoon() {
      if (shown.value === null) return;
      clearTimeout(timer);
      isHeld.value = false;
      runFor(Math.max(0, shownAtMs + SHORTEST_MS - nowMs()));
    },
  };
}
