// A pass as text: typed by a wedge scanner, or copied from a message. It goes the same way as a frame.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Catalogue } from '../parts/texts/catalogue.ts';
import './paste-panel.css';

export interface PastePanelProps {
  readonly texts: Catalogue;
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}

export function PastePanel({ texts, onText, onClose }: PastePanelProps): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  const submit = (): void => onText(area.current?.value ?? '');
  return (
    <form
      class="paste-panel"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label for="pass-text">{texts.scanning.pasteLabel}</label>
      <textarea
        id="pass-text"
        ref={area}
        rows={3}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={texts.scanning.pasteHint}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key !== 'Enter') return;
          event.preventDefault();
          submit();
        }}
      />
      <div class="paste-keys">
        <button type="submit" class="key key-white">
          {texts.keys.check}
        </button>
        <button type="button" class="key" onClick={onClose}>
          {texts.keys.close}
        </button>
      </div>
    </form>
  );
}
