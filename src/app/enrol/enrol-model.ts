// The set-up of a tablet without its looks: a code is read or typed, the server is asked, digits are compared.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { errorText } from '../../core/error-text.ts';
import { ENROLMENT_PREFIX } from '../../core/identity/enrolment-code.ts';
import type { Result } from '../../core/result.ts';
import type { EnrolmentDesk, EnrolmentState, Invited } from '../../device/identity/enrolment-desk.ts';
import type { Language } from '../parts/texts/languages.ts';
import type { TypedFault } from './read-typed.ts';

export type EnrolStep =
  | 'opening'
  | 'start'
  | 'scan'
  | 'type'
  | 'asking'
  | 'compare'
  | 'ended'
  | 'done'
  | 'fault';

/** What was held up to the camera, or pasted, instead of a set-up code. */
export type ReadingFault = 'a-pass' | 'not-a-code' | 'damaged';

export interface EnrolParts {
  readonly desk: EnrolmentDesk;
  readonly readInvitation: (text: string) => Invited | null;
  readonly language: Language;
  /** Set up already: there is a way back. */
  readonly isAgain: boolean;
  readonly onDone: (gate: string) => void;
  readonly onLeave: () => void;
}

export interface EnrolModel {
  readonly language: Language;
  readonly isAgain: boolean;
  readonly state: ReadonlySignal<EnrolmentState>;
  readonly step: ReadonlySignal<EnrolStep>;
  readonly readingFault: ReadonlySignal<ReadingFault | null>;
  readonly typedFault: ReadonlySignal<TypedFault | null>;
  readonly fault: ReadonlySignal<string | null>;
  /** Goes on with what was interrupted, or by an open invitation. */
  open(): Promise<void>;
  choose(way: 'scan' | 'type'): void;
  /** From the camera or a picture. */
  takeText(text: string): void;
  takeTyped(typed: Result<Invited, TypedFault>): void;
  /** One step back: from a way to the choice, from what is under way to nothing, from the choice to where it began. */
  back(): void;
}

/** A server that does not answer may invite openly once it does. */
const ASK_AGAIN_MS = 5000;

export function createEnrolModel(parts: EnrolParts): EnrolModel {
  const { desk } = parts;
  const state = signal<EnrolmentState>(desk.state);
  const way = signal<'scan' | 'type' | null>(null);
  const isOpening = signal(true);
  const readingFault = signal<ReadingFault | null>(null);
  const typedFault = signal<TypedFault | null>(null);
  const fault = signal<string | null>(null);
  desk.subscribe((next) => {
    state.value = next;
    if (next.kind === 'done') parts.onDone(next.gate);
  });

  const step = computed<EnrolStep>(() => {
    if (fault.value !== null) return 'fault';
    switch (state.value.kind) {
      case 'asking':
        return 'asking';
      case 'claimed':
        return 'compare';
      case 'ended':
        return 'ended';
      case 'done':
        return 'done';
      case 'idle':
        return isOpening.value ? 'opening' : (way.value ?? 'start');
    }
  });

  const guarded = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      fault.value = errorText(error);
    }
  };
  const begin = (invited: Invited) => void guarded(desk.begin(invited));
  const reset = () => {
    readingFault.value = null;
    typedFault.value = null;
  };

  const enterOpenly = async (): Promise<void> => {
    if (desk.state.kind !== 'idle' || way.value !== null) return;
    const came = await desk.enterOpenly();
    if (came === 'unreachable') setTimeout(() => void guarded(enterOpenly()), ASK_AGAIN_MS);
  };

  return {
    language: parts.language,
    isAgain: parts.isAgain,
    state,
    step,
    readingFault,
    typedFault,
    fault,
    async open() {
      await guarded(desk.resume());
      if (!parts.isAgain) await guarded(enterOpenly());
      isOpening.value = false;
    },
    choose(next) {
      reset();
      way.value = next;
    },
    takeText(text) {
      if (state.value.kind !== 'idle') return;
      const invited = parts.readInvitation(text.trim());
      readingFault.value = invited === null ? faultOfReading(text.trim()) : null;
      if (invited !== null) begin(invited);
    },
    takeTyped(typed) {
      typedFault.value = typed.ok ? null : typed.error;
      if (typed.ok) begin(typed.value);
    },
    back() {
      reset();
      fault.value = null;
      if (state.value.kind === 'ended') way.value = null;
      if (state.value.kind !== 'idle') void guarded(desk.cancel());
      else if (way.value !== null) way.value = null;
      else parts.onLeave();
    },
  };
}

function faultOfReading(text: string): ReadingFault {
  if (text.startsWith(ENROLMENT_PREFIX)) return 'damaged';
  return /^(GL1:|HC1:|shc:\/|NZCP:)/.test(text) ? 'a-pass' : 'not-a-code';
}
