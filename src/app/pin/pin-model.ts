// A PIN as it is typed: to open a shift, to be set or changed, to be given up. The waits after wrong ones are the tablet's
// (core/identity/pin-tries.ts); they are only shown here.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { errorText } from '../../core/error-text.ts';
import type { PinDesk } from '../../device/identity/pin-desk.ts';

export type PinGoal = 'open-shift' | 'set' | 'remove';
export type PinStep = 'current' | 'new' | 'again';

export type PinFault =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-short' }
  | { readonly kind: 'differs' }
  | { readonly kind: 'failed'; readonly detail: string };

export interface PinModel {
  readonly goal: PinGoal;
  readonly step: ReadonlySignal<PinStep>;
  readonly typed: ReadonlySignal<string>;
  readonly fault: ReadonlySignal<PinFault | null>;
  /** No try counts before this moment; wall clock. */
  readonly waitsUntilMs: ReadonlySignal<number>;
  readonly isBusy: ReadonlySignal<boolean>;
  readonly canSubmit: ReadonlySignal<boolean>;
  press(digit: string): void;
  erase(): void;
  submit(): Promise<void>;
}

export interface PinParts {
  readonly desk: PinDesk;
  readonly goal: PinGoal;
  readonly hasPin: boolean;
  readonly nowMs: () => number;
  readonly onDone: () => void;
}

export const LEAST_DIGITS = 4;
export const MOST_DIGITS = 8;

export function createPinModel({ desk, goal, hasPin, nowMs, onDone }: PinParts): PinModel {
  const step = signal<PinStep>(hasPin ? 'current' : 'new');
  const typed = signal('');
  const fault = signal<PinFault | null>(null);
  const waitsUntilMs = signal(0);
  const isBusy = signal(false);
  let first = '';

  const turnTo = (next: PinStep, why: PinFault | null = null): void => {
    typed.value = '';
    fault.value = why;
    step.value = next;
  };

  const check = async (pin: string): Promise<void> => {
    const answer = await desk.check(pin);
    if (answer.kind !== 'right') {
      waitsUntilMs.value = nowMs() + answer.waitSeconds * 1000;
      turnTo('current', answer.kind === 'wrong' ? { kind: 'wrong' } : null);
      return;
    }
    if (goal === 'set') return turnTo('new');
    if (goal === 'remove') await desk.remove();
    onDone();
  };

  const choose = async (pin: string): Promise<void> => {
    if (step.value === 'new') {
      first = pin;
      return turnTo('again');
    }
    if (pin !== first) return turnTo('new', { kind: 'differs' });
    await desk.set(pin);
    onDone();
  };

  return {
    goal,
    step,
    typed,
    fault,
    waitsUntilMs,
    isBusy,
    canSubmit: computed(() => typed.value.length >= LEAST_DIGITS && !isBusy.value),
    press(digit) {
      if (isBusy.value || typed.value.length >= MOST_DIGITS) return;
      fault.value = null;
      typed.value += digit;
    },
    erase() {
      typed.value = typed.value.slice(0, -1);
    },
    async submit() {
      if (isBusy.value) return;
      if (typed.value.length < LEAST_DIGITS) {
        fault.value = { kind: 'too-short' };
        return;
      }
      isBusy.value = true;
      try {
        await (step.value === 'current' ? check(typed.value) : choose(typed.value));
      } catch (error) {
        turnTo(step.value, { kind: 'failed', detail: errorText(error) });
      } finally {
        isBusy.value = false;
      }
    },
  };
}
