// Enrolling a tablet: what to do is said at each step, and the digits to compare are large.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Gate } from '../../core/trust/trust.ts';
import { QrPicture } from '../parts/qr-picture.tsx';
import { countdown, type EnrolmentModel, type EnrolmentStep } from './enrolment-model.ts';
import './enrolment-panel.css';
import { ProblemLine } from './frame.tsx';
import { useNow, useRepeated } from './use-now.ts';

const LOOK_MS = 1500;

export interface EnrolmentPanelProps {
  readonly model: EnrolmentModel;
  readonly gates: readonly Gate[];
}

export function EnrolmentPanel({ model, gates }: EnrolmentPanelProps): JSX.Element | null {
  const step = model.step.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step.kind]);
  useRepeated(() => void model.look(), LOOK_MS);
  if (step.kind === 'closed') return null;
  return (
    <section class="enrolment" aria-labelledby="enrolment" data-step={step.kind}>
      <h2 id="enrolment" class="ruled" tabIndex={-1} ref={heading}>
        {HEADINGS[step.kind]}
      </h2>
      <Step model={model} gates={gates} step={step} />
      <ProblemLine problem={model.doing.problem.value} />
    </section>
  );
}

const HEADINGS: Readonly<Record<Exclude<EnrolmentStep['kind'], 'closed'>, string>> = {
  choose: 'Where will this tablet stand?',
  offered: 'Show this code to the tablet',
  claimed: 'Does the tablet show the same digits?',
  enrolled: 'The tablet is enrolled',
  ended: 'This code is over',
};

interface StepProps extends EnrolmentPanelProps {
  readonly step: EnrolmentStep;
}

function Step({ model, gates, step }: StepProps): JSX.Element | null {
  const isBusy = model.doing.isBusy.value;
  const next = (
    <button type="button" class="key key-main" disabled={isBusy} onClick={() => void model.offer()}>
      {step.kind === 'enrolled' ? 'Enrol the next' : 'Make a new code'}
    </button>
  );
  const close = (word: string) => (
    <button type="button" class="key" onClick={() => void model.close()}>
      {word}
    </button>
  );
  switch (step.kind) {
    case 'closed':
      return null;
    case 'choose':
      return <ChooseGate model={model} gates={gates} />;
    case 'offered':
      return <Offered model={model} step={step} gates={gates} />;
    case 'claimed':
      return (
        <>
          <p class="digits" data-digits={step.digits}>
            {step.digits.slice(0, 3)} {step.digits.slice(3)}
          </p>
          <p>Look at the tablet in your hand. Confirm only if it shows these very digits.</p>
          <p class="keys">
            <button type="button" class="key key-main" disabled={isBusy} onClick={() => void model.confirm()}>
              The same: confirm
            </button>
            <button type="button" class="key" onClick={() => void model.stop()}>
              Not the same: stop
            </button>
          </p>
        </>
      );
    case 'enrolled':
      return (
        <>
          <p>
            Tablet <strong>{step.device.slice(0, 4)}</strong> works at{' '}
            {gates.find(({ id }) => id === model.gate.value)?.name ?? model.gate.value}. It shows that by
            itself.
          </p>
          <p class="keys">
            {next}
            {close('Done')}
          </p>
        </>
      );
    case 'ended':
      return (
        <>
          <p>
            {step.why === 'expired'
              ? 'Its ten minutes ended before a tablet was confirmed.'
              : 'It was stopped, and no tablet is enrolled by it. If the digits differed, somebody else may have read the code: make a new one where nobody looks on.'}
          </p>
          <p class="keys">
            {next}
            {close('Close')}
          </p>
        </>
      );
  }
}

function ChooseGate({ model, gates }: EnrolmentPanelProps): JSX.Element {
  if (model.gate.value === '' && gates[0] !== undefined) model.chooseGate(gates[0].id);
  return (
    <form
      class="line-form"
      onSubmit={(event) => {
        event.preventDefault();
        void model.offer();
      }}
    >
      <label for="enrolment-gate">Gate</label>
      <select
        id="enrolment-gate"
        value={model.gate.value}
        onChange={({ currentTarget }) => model.chooseGate(currentTarget.value)}
      >
        {gates.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit" class="key key-main" disabled={model.doing.isBusy.value || gates.length === 0}>
        Make a code
      </button>
      <button type="button" class="key" onClick={() => void model.close()}>
        Cancel
      </button>
    </form>
  );
}

interface OfferedProps extends EnrolmentPanelProps {
  readonly step: Extract<EnrolmentStep, { kind: 'offered' }>;
}

function Offered({ model, step: { code, trouble }, gates }: OfferedProps): JSX.Element {
  const left = countdown(code.expiresSeconds, useNow());
  const gate = gates.find(({ id }) => id === model.gate.value)?.name ?? model.gate.value;
  return (
    <div class="offer">
      <QrPicture text={code.invitation} label="QR code that enrols a tablet" />
      <div>
        <p>
          On the tablet, open <strong>{code.origin}</strong> and choose to scan the code. It will stand at{' '}
          <strong>{gate}</strong>.
        </p>
        <p>Has it no camera that works? Type this there:</p>
        <p class="typed-code" translate={false}>
          {code.typed.split('-').map((group, at) => (
            <span key={at}>{group}</span>
          ))}
        </p>
        <p>
          For one tablet, and for another <strong class="left">{left ?? '0:00'}</strong> minutes.
        </p>
        <p class="keys">
          <button type="button" class="key" onClick={() => void model.stop()}>
            Stop
          </button>
        </p>
        <ProblemLine problem={trouble} />
      </div>
    </div>
  );
}
