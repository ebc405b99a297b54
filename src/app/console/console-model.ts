// What the console knows: the last report, how it came, and what is wrong. It asks again when told that something
// changed, at most once a second; every 5 s while it is not told; every 30 s anyway, because silence has no event.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { DayReport } from '../../core/log/day-report.ts';
import type { Result } from '../../core/result.ts';

export type Problem =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'not-a-report' };

export type ConsoleState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem; readonly sinceMs: number }
  | {
      readonly kind: 'shown';
      readonly report: DayReport;
      readonly fetchedAtMs: number;
      /** The last tries failed since then; the report shown is older. */
      readonly trouble: { readonly problem: Problem; readonly sinceMs: number } | null;
    };

/** 'told': the server says when something changed. 'asking': it does not, so the page asks every 5 s. */
export type Link = 'told' | 'asking';

export interface ConsoleWorld {
  nowMs(): number;
  fetchReport(): Promise<Result<DayReport, Problem>>;
  /** Listens for 'changed'; says when it begins and ceases to hear. Returns how to stop. */
  listen(onHearing: (isHearing: boolean) => void, onChanged: () => void): () => void;
  /** Calls once after ms; returns how to call it off. */
  after(ms: number, call: () => void): () => void;
}

export interface ConsoleModel {
  readonly state: ReadonlySignal<ConsoleState>;
  readonly link: ReadonlySignal<Link>;
  readonly isTable: Signal<boolean>;
  /** Asks now. */
  refresh(): Promise<void>;
  /** Begins to ask and listen; returns how to stop. */
  start(): () => void;
}

export const LEAST_GAP_MS = 1000;
export const ASKING_MS = 5000;
export const TOLD_MS = 30_000;

export function createConsoleModel(world: ConsoleWorld): ConsoleModel {
  const state = signal<ConsoleState>({ kind: 'loading' });
  const link = signal<Link>('asking');
  const isTable = signal(false);
  let isAsking = false;
  let isAskedMeanwhile = false;
  let isStopped = true;
  let lastAskedMs = Number.NEGATIVE_INFINITY;
  let callOff = () => {};

  async function refresh(): Promise<void> {
    if (isAsking) {
      isAskedMeanwhile = true;
      return;
    }
    isAsking = true;
    isAskedMeanwhile = false;
    callOff();
    lastAskedMs = world.nowMs();
    const answer = await world.fetchReport();
    isAsking = false;
    state.value = nextState(state.value, answer, world.nowMs());
    plan(isAskedMeanwhile ? LEAST_GAP_MS : link.value === 'told' ? TOLD_MS : ASKING_MS);
  }

  function plan(ms: number): void {
    callOff();
    if (isStopped) return;
    callOff = world.after(Math.max(0, ms), () => void refresh());
  }

  function start(): () => void {
    isStopped = false;
    const deafen = world.listen(
      (isHearing) => {
        const wasTold = link.value === 'told';
        link.value = isHearing ? 'told' : 'asking';
        if (!isHearing && wasTold && !isAsking) plan(ASKING_MS);
      },
      () => {
        if (isAsking) isAskedMeanwhile = true;
        else plan(lastAskedMs + LEAST_GAP_MS - world.nowMs());
      },
    );
    void refresh();
    return () => {
      isStopped = true;
      callOff();
      deafen();
    };
  }

  return { state, link, isTable, refresh, start };
}

function nextState(before: ConsoleState, answer: Result<DayReport, Problem>, nowMs: number): ConsoleState {
  if (answer.ok) return { kind: 'shown', report: answer.value, fetchedAtMs: nowMs, trouble: null };
  const problem = answer.error;
  switch (before.kind) {
    case 'loading':
      return { kind: 'failed', problem, sinceMs: nowMs };
    case 'failed':
      return { kind: 'failed', problem, sinceMs: before.sinceMs };
    case 'shown':
      return { ...before, trouble: { problem, sinceMs: before.trouble?.sinceMs ?? before.fetchedAtMs } };
  }
}
