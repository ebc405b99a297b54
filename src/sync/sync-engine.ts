// When to send, retry and stop. Runs in the page and, for one pass, in the service worker; knows no platform.

import { waitMs } from './back-off.ts';
import type { SyncPorts } from './ports.ts';
import { type OnReceipt, type Sent, type StopReason, sendWaiting } from './send-waiting.ts';

export type SyncState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'backing-off'; readonly untilMs: number; readonly why: StopReason };

/** 'appended' lets a back-off run its time; the others mean that the world has changed, and cut it short. */
export type WakeReason = 'appended' | 'online' | 'opened' | 'asked';

export interface SyncEngine {
  /** Sends, waits and retries until stopped. */
  run(): Promise<void>;
  wake(reason: WakeReason): void;
  stop(): void;
}

export interface SyncEvents {
  readonly onState: (state: SyncState) => void;
  readonly onReceipt: OnReceipt;
}

/** Lets only one tab or worker send at a time: runs the pass under a lock, or answers 'busy'. */
export type OnePass = (pass: () => Promise<Sent>) => Promise<Sent | 'busy'>;

const BUSY_WAIT_MS = 2000;

export function createSyncEngine(ports: SyncPorts, events: SyncEvents, onePass: OnePass): SyncEngine {
  let failures = 0;
  let isStopped = false;
  let isWoken = false;
  let ring = () => {};

  /** Sleeps until the time is over (null: for ever) or someone wakes us; a wake during the pass before counts. */
  const rest = async (ms: number | null) => {
    if (!isWoken && !isStopped) {
      await new Promise<void>((resolve) => {
        const callOff = ms === null ? () => {} : ports.clock.startTimer(ms, resolve);
        ring = () => {
          callOff();
          resolve();
        };
      });
    }
    isWoken = false;
  };

  const step = async () => {
    events.onState({ kind: 'sending' });
    const sent = await onePass(() => sendWaiting(ports, events.onReceipt, () => isStopped));
    if (sent === 'busy') return rest(BUSY_WAIT_MS);
    if (sent.kind === 'drained') {
      failures = 0;
      events.onState({ kind: 'idle' });
      return rest(null);
    }
    failures += 1;
    const ms = waitMs(failures, sent.retryAfterMs, ports.random);
    events.onState({ kind: 'backing-off', untilMs: ports.clock.nowMs() + ms, why: sent.why });
    return rest(ms);
  };

  return {
    async run() {
      while (!isStopped) await step();
    },
    wake(reason) {
      if (reason === 'appended' && failures > 0) return;
      if (reason !== 'appended') failures = 0;
      isWoken = true;
      ring();
    },
    stop() {
      isStopped = true;
      ring();
    },
  };
}
