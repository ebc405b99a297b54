// The set-up of a tablet: how the code comes in, the digits to compare, and every way that it can end.

import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { clockTime, timeTextsFor } from '../../core/verdict/moments.ts';
import type { TabletState } from '../../device/tablet.ts';
import type { Notice } from '../parts/texts/catalogue.ts';
import { type EnrolTexts, enrolTextsIn } from '../parts/texts/enrol-texts.ts';
import type { Language } from '../parts/texts/languages.ts';
import { formatCount } from '../parts/times.ts';
import type { EnrolModel } from './enrol-model.ts';
import type { ScanCodeProps } from './scan-code.tsx';
import './enrol-screen.css';
import type { TypedFormProps } from './typed-form.tsx';

export interface EnrolScreenProps {
  readonly model: EnrolModel;
  readonly tablet: TabletState;
  readonly video: HTMLVideoElement;
}

export function EnrolScreen({ model, tablet, video }: EnrolScreenProps): JSX.Element {
  const texts = enrolTextsIn(model.language);
  const step = model.step.value;
  return (
    <div class="enrol on-housing" data-enrol={step}>
      <Step model={model} tablet={tablet} video={video} texts={texts} />
    </div>
  );
}

/** After a reload nothing is left that says so: the tablet is set up like any other then. */
export function WipedScreen({ language }: { readonly language: Language }): JSX.Element {
  const texts = enrolTextsIn(language);
  return (
    <div class="enrol on-housing" data-enrol="wiped">
      <Words notice={texts.wiped}>
        <Key word={texts.setUp} onClick={() => location.reload()} />
      </Words>
    </div>
  );
}

type StepProps = EnrolScreenProps & { readonly texts: EnrolTexts };

function Step(props: StepProps): JSX.Element {
  const { model, texts } = props;
  switch (model.step.value) {
    case 'opening':
      return <Words notice={{ what: texts.title, next: '' }} />;
    case 'start':
      return <Start {...props} />;
    case 'scan':
      return <Scan {...props} />;
    case 'type':
      return <Typed {...props} />;
    case 'asking':
    case 'compare':
      return <UnderWay {...props} />;
    case 'ended':
      return (
        <Words notice={endedWords(model, texts)}>
          <Key word={texts.tryAgain} isMain onClick={model.back} />
        </Words>
      );
    case 'done':
      return <Words notice={{ what: texts.done, next: '' }} />;
    case 'fault':
      return (
        <Words notice={texts.fault(model.fault.value ?? '')}>
          <Key word={texts.tryAgain} isMain onClick={() => location.reload()} />
        </Words>
      );
  }
}

function Start({ model, tablet, texts }: StepProps): JSX.Element {
  return (
    <Words
      notice={{ what: texts.title, next: model.isAgain ? texts.again : texts.how }}
      more={tablet.waiting > 0 ? texts.waiting(formatCount(tablet.waiting, model.language)) : ''}
    >
      <Key word={texts.scan} isMain onClick={() => model.choose('scan')} />
      <Key word={texts.type} onClick={() => model.choose('type')} />
      {model.isAgain && <Key word={texts.back} onClick={model.back} />}
    </Words>
  );
}

type Part<Props> = (props: Props) => JSX.Element;

/** What most set-ups never show comes when it is asked for; where it does not come there is another way. */
function usePart<Props>(load: () => Promise<Part<Props>>, onMissing: () => void): Part<Props> | null {
  const part = useSignal<Part<Props> | null>(null);
  useEffect(() => {
    load().then((loaded) => {
      part.value = loaded;
    }, onMissing);
  }, []);
  return part.value;
}

function Typed({ model, texts }: StepProps): JSX.Element | null {
  const Form = usePart<TypedFormProps>(async () => (await import('./typed-form.tsx')).TypedForm, model.back);
  return Form === null ? null : <Form model={model} texts={texts} />;
}

/** The camera and its decoder come when they are asked for. */
function Scan({ model, video, texts }: StepProps): JSX.Element {
  const Camera = usePart<ScanCodeProps>(
    async () => (await import('./scan-code.tsx')).ScanCode,
    () => model.choose('type'),
  );
  const fault = model.readingFault.value;
  const faults = { 'a-pass': texts.isPass, 'not-a-code': texts.notACode, damaged: texts.isDamaged };
  return (
    <>
      {Camera !== null && <Camera language={model.language} video={video} onText={model.takeText} />}
      <p class="enrol-line" role="alert" data-fault={fault ?? ''}>
        {fault === null ? texts.showCode : faults[fault]}
      </p>
      <div class="keys">
        <Key word={texts.type} onClick={() => model.choose('type')} />
        <Key word={texts.back} onClick={model.back} />
      </div>
    </>
  );
}

function UnderWay({ model, texts }: StepProps): JSX.Element {
  const state = model.state.value;
  const isReached = (state.kind !== 'asking' && state.kind !== 'claimed') || state.isReached;
  const notice = state.kind === 'claimed' ? texts.compare : texts.asking;
  return (
    <Words notice={notice} more={isReached ? '' : texts.unreachable}>
      {state.kind === 'claimed' && (
        <p class="enrol-digits" data-digits={state.digits}>
          <span>{state.digits.slice(0, 3)}</span> <span>{state.digits.slice(3)}</span>
          <small>{texts.endsAt(clockTime(state.endsAtMs, null, timeTextsFor(model.language)))}</small>
        </p>
      )}
      <Key word={texts.cancel} onClick={model.back} />
    </Words>
  );
}

function Words({
  notice,
  more = '',
  children,
}: {
  readonly notice: Notice;
  readonly more?: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <div class="enrol-words" role="status">
        <h1>{notice.what}</h1>
        <p>{notice.next}</p>
        {more !== '' && <p class="enrol-more">{more}</p>}
      </div>
      <div class="enrol-keys">{children}</div>
    </>
  );
}

function Key({
  word,
  isMain = false,
  onClick,
}: {
  readonly word: string;
  readonly isMain?: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class={isMain ? 'key key-white' : 'key'} onClick={onClick}>
      {word}
    </button>
  );
}

function endedWords({ state }: EnrolModel, texts: EnrolTexts): Notice {
  const { ended } = texts;
  const { value } = state;
  if (value.kind !== 'ended') return ended.expired;
  const { end } = value;
  switch (end.why) {
    case 'refused':
      return end.boundTo === null ? ended.refused : ended.refusedBound(end.boundTo);
    case 'expired':
      return ended.expired;
    case 'wrong-server':
      return ended.wrongServer(end.code);
    case 'other-origin':
      return ended.otherOrigin(end.origin);
  }
}
