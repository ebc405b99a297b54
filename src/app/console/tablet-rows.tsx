// One row for each tablet, and under it what can be done with it: first what happens, then the question.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Gate } from '../../core/trust/trust.ts';
import { ProblemLine } from './frame.tsx';
import type { ListedTablet, TabletAction, TabletsModel } from './tablets-model.ts';
import { ago } from './wording.ts';

export interface TabletRowsProps {
  readonly tablets: readonly ListedTablet[];
  readonly gates: readonly Gate[];
  readonly model: TabletsModel;
  readonly nowSeconds: number;
  readonly canChange: boolean;
}

export function TabletRows(props: TabletRowsProps): JSX.Element {
  const { tablets, canChange } = props;
  return (
    <table class="tablets">
      <thead>
        <tr>
          <th scope="col">Tablet</th>
          <th scope="col">Gate</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Last seen
          </th>
          <th scope="col" class="number wide-only">
            Key age
          </th>
          <th scope="col" class="number wide-only">
            Log
          </th>
          {canChange && (
            <th scope="col">
              <span class="only-spoken">What to do</span>
            </th>
          )}
        </tr>
      </thead>
      {tablets.map((tablet) => (
        <Row key={tablet.device} tablet={tablet} {...props} />
      ))}
    </table>
  );
}

type RowProps = Omit<TabletRowsProps, 'tablets'> & { readonly tablet: ListedTablet };

function Row({ tablet, gates, model, nowSeconds, canChange }: RowProps): JSX.Element {
  const { device, gate, epoch, state, keySince, lastSeenAt } = tablet;
  const isOut = state === 'revoked' || state === 'wiped';
  const question = model.question.value;
  const isOpen = question?.device === device;
  return (
    <tbody data-device={device} class={isOut ? 'out' : ''}>
      <tr>
        <th scope="row">{device.slice(0, 4)}</th>
        <td>{gates.find(({ id }) => id === gate)?.name ?? gate}</td>
        <td>{stateWords(tablet)}</td>
        <td class="number">{lastSeenAt === null ? 'never' : ago(nowSeconds - lastSeenAt)}</td>
        <td class="number wide-only">{isOut ? '' : ageWords(nowSeconds - keySince)}</td>
        <td class="number wide-only">{epoch}</td>
        {canChange && (
          <td class="number">
            {!isOut && (
              <button
                type="button"
                class="text-key"
                aria-expanded={isOpen}
                aria-label={`Change tablet ${device.slice(0, 4)}`}
                onClick={() => model.choose(isOpen ? null : { device, action: null })}
              >
                Change
              </button>
            )}
          </td>
        )}
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7}>
            {question.action === null ? (
              <Choices tablet={tablet} model={model} />
            ) : (
              <Sure tablet={tablet} action={question.action} model={model} />
            )}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function stateWords({ state, isPinResetOrdered }: ListedTablet): string {
  switch (state) {
    case 'in-service':
      return isPinResetOrdered ? 'In service, PIN reset is ordered' : 'In service';
    case 'leaving':
      return 'Wipe is ordered';
    case 'wiped':
      return 'Wiped';
    case 'revoked':
      return 'Revoked';
  }
}

const ageWords = (seconds: number): string => (seconds < 60 ? 'new' : ago(seconds));

interface ActionWords {
  readonly name: string;
  readonly about: string;
  readonly question: string;
  readonly yes: string;
}

const ACTIONS: Readonly<Record<TabletAction, ActionWords>> = {
  'pin-reset': {
    name: 'Reset PIN',
    about: 'The guards forgot it. They choose a new one at the tablet’s next contact.',
    question: 'The PIN of this tablet ends at its next contact, and whoever holds it then chooses the next.',
    yes: 'Reset the PIN',
  },
  wipe: {
    name: 'Wipe',
    about: 'It leaves service. It hands over what waits, then forgets everything.',
    question:
      'At its next contact this tablet hands over what waits and then forgets its keys, lists and scans. It scans no more until it is enrolled again.',
    yes: 'Wipe this tablet',
  },
  revoke: {
    name: 'Revoke',
    about: 'It is lost or stolen. This server takes nothing from it any more.',
    question:
      'This server takes nothing from this tablet from now on: scans that still wait on it are lost to the day. All other tablets get new keys. This cannot be taken back; the tablet can be enrolled again.',
    yes: 'Revoke this tablet',
  },
};

interface PartProps {
  readonly tablet: ListedTablet;
  readonly model: TabletsModel;
}

function Choices({ tablet: { device, state }, model }: PartProps): JSX.Element {
  const order: readonly TabletAction[] = state === 'leaving' ? ['revoke'] : ['pin-reset', 'wipe', 'revoke'];
  return (
    <ul class="choices">
      {order.map((action) => (
        <li key={action}>
          <button type="button" class="key" onClick={() => model.choose({ device, action })}>
            {ACTIONS[action].name}
          </button>
          <span>{ACTIONS[action].about}</span>
        </li>
      ))}
    </ul>
  );
}

function Sure({
  tablet: { device },
  action,
  model,
}: PartProps & { readonly action: TabletAction }): JSX.Element {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const isBusy = model.doing.isBusy.value;
  return (
    <fieldset class="question" aria-label={ACTIONS[action].name}>
      <p>{ACTIONS[action].question}</p>
      <p class="keys">
        <button type="button" class="key" disabled={isBusy} onClick={() => void model.confirm()}>
          {ACTIONS[action].yes}
        </button>
        <button type="button" class="key" ref={first} onClick={() => model.choose({ device, action: null })}>
          Leave it as it is
        </button>
      </p>
      <ProblemLine problem={model.doing.problem.value} />
    </fieldset>
  );
}
