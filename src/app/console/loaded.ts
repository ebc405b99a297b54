// What a room of the console knows from the server: nothing yet, nothing at all, or the last answer and whether it is old.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Result } from '../../core/result.ts';
import type { AskProblem } from './ask-server.ts';

export type LoadedState<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: AskProblem }
  | { readonly kind: 'shown'; readonly value: T; readonly trouble: AskProblem | null };

export interface Loaded<T> {
  readonly state: ReadonlySignal<LoadedState<T>>;
  /** Asks now; of several answers the one that was asked for last stands. */
  refresh(): Promise<void>;
  /** What an answer to something else told of it. */
  put(value: T): void;
}

export function createLoaded<T>(load: () => Promise<Result<T, AskProblem>>): Loaded<T> {
  const state = signal<LoadedState<T>>({ kind: 'loading' });
  let asked = 0;
  return {
    state,
    async refresh() {
      const turn = ++asked;
      const answer = await load();
      if (turn !== asked) return;
      const before = state.value;
      if (answer.ok) state.value = { kind: 'shown', value: answer.value, trouble: null };
      else if (before.kind === 'shown') state.value = { ...before, trouble: answer.error };
      else state.value = { kind: 'failed', problem: answer.error };
    },
    put(value) {
      asked++;
      state.value = { kind: 'shown', value, trouble: null };
    },
  };
}

export const shownIn = <T>({ state }: Loaded<T>): T | null =>
  state.value.kind === 'shown' ? state.value.value : null;

/** Something that a manager does: one at a time, with what stands against it. */
export interface Doing {
  readonly isBusy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<AskProblem | null>;
  /** Null: refused, or something is being done already. */
  run<T>(work: () => Promise<Result<T, AskProblem>>): Promise<T | null>;
  refuse(problem: AskProblem | null): void;
}

export function createDoing(): Doing {
  const isBusy = signal(false);
  const problem = signal<AskProblem | null>(null);
  return {
    isBusy,
    problem,
    async run(work) {
      if (isBusy.value) return null;
      isBusy.value = true;
      problem.value = null;
      const answer = await work();
      isBusy.value = false;
      if (answer.ok) return answer.value;
      problem.value = answer.error;
      return null;
    },
    refuse(found) {
      problem.value = found;
    },
  };
}
