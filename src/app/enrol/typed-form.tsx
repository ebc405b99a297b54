// The set-up code typed by hand: the server's address, as the console shows it, and seven groups of four.

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { EnrolTexts } from '../parts/texts/enrol-texts.ts';
import { formatCount } from '../parts/times.ts';
import type { EnrolModel } from './enrol-model.ts';
import { readTyped, type TypedFault } from './read-typed.ts';

export interface TypedFormProps {
  readonly model: EnrolModel;
  readonly texts: EnrolTexts;
}

export function TypedForm({ model, texts }: TypedFormProps): JSX.Element {
  const address = useRef<HTMLInputElement>(null);
  const code = useRef<HTMLTextAreaElement>(null);
  const fault = model.typedFault.value;
  return (
    <form
      class="enrol-form"
      onSubmit={(event) => {
        event.preventDefault();
        model.takeTyped(readTyped(address.current?.value ?? '', code.current?.value ?? ''));
      }}
    >
      <div class="enrol-words">
        <h1>{texts.type}</h1>
        <label for="enrol-address">{texts.address}</label>
        <input
          id="enrol-address"
          ref={address}
          type="text"
          inputMode="url"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          dir="ltr"
          defaultValue={location.host}
          aria-invalid={fault?.field === 'address'}
        />
        <label for="enrol-code">
          {texts.code} <small>{texts.codeHint}</small>
        </label>
        <textarea
          id="enrol-code"
          ref={code}
          rows={2}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          dir="ltr"
          aria-invalid={fault?.field === 'code'}
        />
        <p class="enrol-more" role="alert" data-fault={fault === null ? '' : faultCode(fault)}>
          {fault === null ? '' : faultText(fault, model, texts)}
        </p>
      </div>
      <div class="enrol-keys">
        <button type="submit" class="key key-white">
          {texts.enrol}
        </button>
        <button type="button" class="key" onClick={model.back}>
          {texts.back}
        </button>
      </div>
    </form>
  );
}

const faultCode = (fault: TypedFault): string => (fault.field === 'address' ? 'bad-origin' : fault.code);

function faultText(fault: TypedFault, { language }: EnrolModel, texts: EnrolTexts): string {
  if (fault.field === 'address') return texts.addressWrong;
  const group = fault.group === null ? null : formatCount(fault.group, language);
  switch (fault.code) {
    case 'code-length':
      return texts.codeWrong.length(formatCount(fault.length, language));
    case 'code-character':
      return group === null ? texts.codeWrong.mistypedSomewhere : texts.codeWrong.character(group);
    case 'code-mistyped':
      return group === null ? texts.codeWrong.mistypedSomewhere : texts.codeWrong.mistyped(group);
  }
}
