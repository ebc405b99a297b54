// A tablet in memory, a scanner that is spoken into, and one site's trust: what the guard's model is joined to in these tests.

import type { OpenScanner } from '../../../src/app/guard/camera-model.ts';
import type { GuardParts } from '../../../src/app/guard/guard-model.ts';
import type { Memory } from '../../../src/app/guard/shift-model.ts';
import type { PictureAnswer, ScannerState } from '../../../src/camera/scanner.ts';
import type { Trust } from '../../../src/core/trust/trust.ts';
import type { JudgedPass, Verdict } from '../../../src/core/verdict/verdict.ts';
import type { GatePlace, ScanOutcome, Tablet, TabletState } from '../../../src/device/tablet.ts';
import { createTestIssuer } from '../../support/test-issuer.ts';
import { testTrust } from '../../support/test-trust.ts';

const NOW_SECONDS = Date.UTC(2026, 10, 23, 14, 32) / 1000;

const { issuer } = await createTestIssuer({ id: 'city' });

export const trust: Trust = testTrust([issuer], {
  issuedAt: NOW_SECONDS - 3600,
  site: {
    timeZone: 'UTC',
    gates: [
      { id: 'g1', name: 'Gate 1 East' },
      { id: 'g2', name: 'Gate 2 West' },
    ],
  },
});
export const { policy } = trust;

const pass: JudgedPass = {
  claims: {
    expiresAt: NOW_SECONDS + 7200,
    issuedAt: NOW_SECONDS - 3600,
    id: { list: 0, index: 1 },
    colour: 'green',
    ruleset: 1,
    reason: 1,
  },
  issuer,
};

/** What the tablet in memory answers to these texts; anything else is not a pass. */
export const VERDICTS: Readonly<Record<string, Verdict>> = {
  green: { kind: 'admit', reason: 'ok', pass },
  late: { kind: 'refuse', reason: 'expired', endedAt: NOW_SECONDS - 60, pass, policy },
  again: {
    kind: 'check',
    reason: 'seen-before',
    sighting: { minute: NOW_SECONDS / 60 - 4, gate: 'g2', direction: 'in' },
    pass,
    policy,
  },
};

export const wellState: TabletState = {
  trust: { held: trust, ageSeconds: 5 * 3600, state: 'fresh' },
  identity: 'enrolled',
  hasPin: false,
  trustTrouble: null,
  waiting: 0,
  network: { isReachable: true, sinceMs: NOW_SECONDS * 1000 },
  storage: 'ok',
  clock: 'good',
  log: 'open',
  hasDayKey: true,
};

export interface MemoryTablet extends Tablet {
  readonly scans: { readonly text: string; readonly place: GatePlace }[];
  readonly decisions: { readonly decision: string; readonly refersTo: number }[];
  readonly notes: { readonly kind: string; readonly place: GatePlace }[];
  become(change: Partial<TabletState>): void;
  /** The next scans end so, until null. */
  answerWith(outcome: ScanOutcome | Error | null): void;
}

export function createMemoryTablet(): MemoryTablet {
  let state = wellState;
  let forced: ScanOutcome | Error | null = null;
  const listeners = new Set<(state: TabletState) => void>();
  const scans: MemoryTablet['scans'] = [];
  const decisions: MemoryTablet['decisions'] = [];
  const notes: MemoryTablet['notes'] = [];
  const become = (change: Partial<TabletState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener(state);
  };
  return {
    scans,
    decisions,
    notes,
    become,
    answerWith(outcome) {
      forced = outcome;
    },
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
    async scan(text, place) {
      scans.push({ text, place });
      if (forced instanceof Error) throw forced;
      if (forced !== null) return forced;
      const verdict = VERDICTS[text] ?? { kind: 'unverifiable', reason: 'not-a-pass' };
      return { kind: 'recorded', verdict, seq: scans.length, epoch: 1, atMs: NOW_SECONDS * 1000 };
    },
    async decide(decision, refersTo) {
      if (forced instanceof Error) throw forced;
      if (forced?.kind === 'stopped') return forced;
      decisions.push({ decision, refersTo });
      return { kind: 'noted', seq: scans.length + 1, epoch: 1 };
    },
    async note(kind, place) {
      if (forced instanceof Error) throw forced;
      if (forced?.kind === 'stopped') return forced;
      notes.push({ kind, place });
      return { kind: 'noted', seq: scans.length + 1, epoch: 1 };
    },
    async undo(refersTo, place) {
      notes.push({ kind: `undo ${refersTo}`, place });
      return { kind: 'noted', seq: scans.length + 1, epoch: 1 };
    },
    async exportWaiting() {
      return null;
    },
    async refresh() {},
    openPin: () => Promise.reject(new Error('nobody has a PIN here')),
    openEnrolment: () => Promise.reject(new Error('nobody enrols here')),
    async beginNewLog() {
      become({ log: 'open' });
    },
  };
}

export interface SpokenScanner {
  readonly open: OpenScanner;
  /** A frame was read, as long as frames are looked at. Says whether they were. */
  read(text: string): boolean;
  isLooking(): boolean;
  answerPicture(answer: PictureAnswer): void;
}

export function createSpokenScanner(): SpokenScanner {
  let say: ((text: string) => void) | null = null;
  let tell: ((state: ScannerState) => void) | null = null;
  let isOn = false;
  let isPaused = false;
  let answer: PictureAnswer = { kind: 'no-code' };
  const state = (): ScannerState => ({
    camera: isOn
      ? { kind: 'on', label: 'c', facing: 'rear', hasTorch: true, canSwitch: true, isTorchOn: false }
      : { kind: 'off' },
    decoder: { kind: 'ready', decoder: 'zxing-wasm' },
    isLooking: isOn && !isPaused,
  });
  const change = (on: boolean, paused: boolean): void => {
    isOn = on;
    isPaused = paused;
    tell?.(state());
  };
  return {
    read(text) {
      if (!isOn || isPaused) return false;
      say?.(text);
      return true;
    },
    isLooking: () => isOn && !isPaused,
    answerPicture(next) {
      answer = next;
    },
    open: async ({ onReading, onState }) => {
      say = (text) => onReading(text, { at: 0, frameReadAt: 0 });
      tell = onState;
      return {
        get state() {
          return state();
        },
        start: async () => change(true, isPaused),
        stop: () => change(false, isPaused),
        pause: () => change(isOn, true),
        resume: () => change(isOn, false),
        retry: async () => change(true, isPaused),
        readPicture: async () => {
          if (answer.kind === 'read') say?.(answer.text);
          return answer;
        },
        setTorch: async () => true,
        switchFacing: async () => undefined,
      };
    },
  };
}

export interface KeptParts extends Omit<GuardParts, 'tablet' | 'openScanner' | 'cues'> {
  readonly memory: Memory;
}

/** The parts that only leave traces. */
export function createQuietParts(): KeptParts & { readonly updates: { tell: () => void; taken: number } } {
  const kept = new Map<string, string>();
  const updates = { tell(): void {}, taken: 0 };
  return {
    updates,
    wakeLock: { hold() {}, release() {} },
    update: {
      onReady(callback) {
        updates.tell = callback;
      },
      take() {
        updates.taken += 1;
      },
    },
    memory: { read: (key) => kept.get(key) ?? null, write: (key, value) => void kept.set(key, value) },
    fullScreen: { enter() {}, leave() {} },
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
  };
}
