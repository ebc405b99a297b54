// What the sample sheet knows: its passes and when they were made, or why there are none; and what was last done with one.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Result } from '../../core/result.ts';
import type { Sample } from './sample.ts';

/** 'no-demo': this server was started without it. */
export type SampleProblem = 'unreachable' | 'no-demo' | 'unreadable';

export type SheetState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: SampleProblem }
  | { readonly kind: 'shown'; readonly samples: readonly Sample[]; readonly madeAtMs: number };

export interface DemoWorld {
  fetchSamples(): Promise<Result<readonly Sample[], SampleProblem>>;
  nowMs(): number;
}

export interface DemoModel {
  readonly state: ReadonlySignal<SheetState>;
  /** One line about the last key pressed. */
  readonly done: Signal<string>;
  /** Asks for new passes; those shown stay until they come. */
  load(): Promise<void>;
}

export function createDemoModel(world: DemoWorld): DemoModel {
  const state = signal<SheetState>({ kind: 'loading' });
  const done = signal('');
  async function load(): Promise<void> {
    const answer = await world.fetchSamples();
    done.value = '';
    if (answer.ok) {
      state.value = { kind: 'shown', samples: answer.value, madeAtMs: world.nowMs() };
    } else if (state.value.kind === 'shown') {
      done.value = 'No new passes: the server does not answer. These still hold.';
    } else {
      state.value = { kind: 'failed', problem: answer.error };
    }
  }
  return { state, done, load };
}
