// The tablet's state in one place: changed in parts, told to whoever listens.

import type { TabletState } from './tablet.ts';

export interface StateKeeper {
  get(): TabletState;
  change(part: Partial<TabletState>): void;
  setReachable(isReachable: boolean): void;
  subscribe(listener: (state: TabletState) => void): () => void;
}

export function createStateKeeper(nowMs: () => number, isOnline: boolean): StateKeeper {
  const listeners = new Set<(state: TabletState) => void>();
  let state: TabletState = {
    identity: 'none',
    hasPin: false,
    trust: null,
    trustTrouble: null,
    waiting: 0,
    network: { isReachable: isOnline, sinceMs: nowMs() },
    storage: 'ok',
    clock: 'good',
    log: 'open',
    hasDayKey: false,
  };

  const change = (part: Partial<TabletState>) => {
    state = { ...state, ...part };
    for (const listener of listeners) listener(state);
  };

  return {
    get: () => state,
    change,
    setReachable(isReachable) {
      if (isReachable !== state.network.isReachable) change({ network: { isReachable, sinceMs: nowMs() } });
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
  };
}
