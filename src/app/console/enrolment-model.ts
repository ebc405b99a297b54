// Enrolling a tablet, from the manager's side: a gate, a code for the tablet, the same digits on both, and the next one.

import { type ReadonlySignal, signal } from '@preact/signals';
import { ok, type Result, refused } from '../../core/result.ts';
import { type Ask, type AskProblem, problemOf, type Told } from './ask-server.ts';
import { createDoing, type Doing } from './loaded.ts';

export interface OfferedCode {
  readonly id: string;
  /** For the QR code. */
  readonly invitation: string;
  /** In groups of four, to be typed. */
  readonly typed: string;
  readonly origin: string;
  readonly expiresSeconds: number;
}

interface EnrolmentState {
  readonly state: 'offered' | 'claimed' | 'confirmed' | 'expired';
  readonly digits: string | null;
  readonly device: string | null;
}

export type EnrolmentStep =
  | { readonly kind: 'closed' }
  | { readonly kind: 'choose' }
  /** The tablet may read the code; `trouble`: the server does not answer at the moment. */
  | { readonly kind: 'offered'; readonly code: OfferedCode; readonly trouble: AskProblem | null }
  /** A tablet has read it, and shows the same digits if it is the right one. */
  | { readonly kind: 'claimed'; readonly code: OfferedCode; readonly digits: string }
  | { readonly kind: 'enrolled'; readonly device: string }
  | { readonly kind: 'ended'; readonly why: 'expired' | 'stopped' };

export interface EnrolmentModel {
  readonly step: ReadonlySignal<EnrolmentStep>;
  /** Of the next tablet; stays when one is done. */
  readonly gate: ReadonlySignal<string>;
  readonly doing: Doing;
  open(): void;
  /** Ends a code that is open. */
  close(): Promise<void>;
  chooseGate(gate: string): void;
  offer(): Promise<void>;
  /** How far the tablet is. */
  look(): Promise<void>;
  confirm(): Promise<void>;
  /** Not the same digits. */
  stop(): Promise<void>;
}

export function createEnrolmentModel(
  site: string,
  ask: Ask,
  enrolled: () => void = () => {},
): EnrolmentModel {
  const path = `/sites/${encodeURIComponent(site)}/enrolments`;
  const step = signal<EnrolmentStep>({ kind: 'closed' });
  const gate = signal('');
  const doing = createDoing();
  const openCode = (): OfferedCode | null =>
    step.value.kind === 'offered' || step.value.kind === 'claimed' ? step.value.code : null;

  async function withdraw(): Promise<void> {
    const code = openCode();
    if (code !== null) await ask('DELETE', `${path}/${code.id}`);
  }

  function take(code: OfferedCode, { state, digits, device }: EnrolmentState): void {
    if (openCode()?.id !== code.id) return;
    if (state === 'expired') step.value = { kind: 'ended', why: 'expired' };
    else if (state === 'confirmed' && device !== null) finish(device);
    else if (state === 'claimed' && digits !== null) step.value = { kind: 'claimed', code, digits };
    else step.value = { kind: 'offered', code, trouble: null };
  }

  function finish(device: string): void {
    step.value = { kind: 'enrolled', device };
    enrolled();
  }

  return {
    step,
    gate,
    doing,
    open() {
      step.value = { kind: 'choose' };
    },
    async close() {
      const withdrawn = withdraw();
      doing.refuse(null);
      step.value = { kind: 'closed' };
      await withdrawn;
    },
    chooseGate(next) {
      gate.value = next;
    },
    async offer() {
      const code = await doing.run(async () =>
        codeIn(await ask('POST', path, { json: { gate: gate.value } })),
      );
      if (code !== null) step.value = { kind: 'offered', code, trouble: null };
    },
    async look() {
      const code = openCode();
      if (code === null) return;
      const told = await ask('GET', `${path}/${code.id}`);
      if (told.ok) take(code, told.value.json as EnrolmentState);
      else if (openCode()?.id !== code.id) return;
      else if (told.error.code === 'enrolment-unknown') step.value = { kind: 'ended', why: 'expired' };
      else if (step.value.kind === 'offered') step.value = { ...step.value, trouble: told.error };
    },
    async confirm() {
      const at = step.value;
      if (at.kind !== 'claimed') return;
      const { code, digits } = at;
      const told = await doing.run(() => ask('POST', `${path}/${code.id}/confirm`, { json: { digits } }));
      const device = (told?.json as { readonly device?: unknown } | undefined)?.device;
      if (typeof device === 'string') finish(device);
    },
    async stop() {
      const withdrawn = withdraw();
      doing.refuse(null);
      step.value = { kind: 'ended', why: 'stopped' };
      await withdrawn;
    },
  };
}

function codeIn(told: Result<Told, AskProblem>): Result<OfferedCode, AskProblem> {
  if (!told.ok) return told;
  const code = told.value.json as Partial<OfferedCode> | null;
  const texts = [code?.id, code?.invitation, code?.typed, code?.origin];
  return texts.every((text) => typeof text === 'string') && typeof code?.expiresSeconds === 'number'
    ? ok(code as OfferedCode)
    : refused(problemOf('not-understood'));
}

/** '9:05' until then; null when it is over. */
export function countdown(expiresSeconds: number, nowMs: number): string | null {
  const left = Math.ceil(expiresSeconds - nowMs / 1000);
  if (left <= 0) return null;
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}
