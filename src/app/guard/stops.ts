// What ends scanning until something is done about it, and whether the tablet's own state says so.

import type { ScanOutcome, TabletState } from '../../device/tablet.ts';

type StoppedOutcome = Extract<ScanOutcome, { kind: 'stopped' }>;

export type Stop =
  | { readonly why: StoppedOutcome['why'] }
  /** A mistake of the program itself. */
  | { readonly why: 'fault'; readonly detail: string };

/** What the state alone says, before any pass is held up. */
export function stopOfState(state: TabletState): Stop | null {
  if (state.log !== 'open') return { why: `log-${state.log}` };
  if (state.identity === 'revoked') return { why: 'revoked' };
  if (state.trust === null) return { why: 'no-trust' };
  if (!state.hasDayKey) return { why: 'no-day-key' };
  return state.storage === 'full' ? { why: 'storage-full' } : null;
}

/** Whether this state still shows that cause. */
export function isCauseStanding(stop: Stop, state: TabletState): boolean {
  switch (stop.why) {
    case 'revoked':
      return state.identity === 'revoked';
    case 'no-trust':
      return state.trust === null;
    case 'no-day-key':
      return !state.hasDayKey;
    case 'storage-full':
      return state.storage === 'full';
    case 'fault':
      return false;
    default:
      return stop.why === `log-${state.log}`;
  }
}
