// One sample pass: what it is, its code on pure white, and what the scanner will say of it.

import type { JSX } from 'preact';
import { codeOfReason } from '../../core/verdict/codes.ts';
import { textsFor } from '../../core/verdict/describe.ts';
import { QrPicture } from '../parts/qr-picture.tsx';
import { Sign } from '../parts/signs.tsx';
import type { Sample } from './sample.ts';

export interface SampleCardProps {
  readonly sample: Sample;
  readonly save: () => void;
  readonly copy: () => void;
  readonly copyCommand: () => void;
}

export function SampleCard({ sample, save, copy, copyCommand }: SampleCardProps): JSX.Element {
  const { title, text, expectedVerdict, expectedReason, note, takeBack } = sample;
  return (
    <li class="sample" data-sample={sample.id}>
      <h2>{title}</h2>
      <QrPicture text={text} label={`QR code: ${title}`} />
      <div class="expected">
        <Sign kind={expectedReason === 'seen-before' ? 'seen-before' : expectedVerdict} tone="colour" />
        <p>
          <strong>{textsFor('en').words[expectedVerdict]}</strong>
          {expectedReason !== 'ok' && <span class="reason-code">code {codeOfReason(expectedReason)}</span>}
        </p>
      </div>
      <p class="note">{note}</p>
      <p class="keys">
        <button type="button" class="key" onClick={save}>
          Save picture
        </button>
        <button type="button" class="key" onClick={copy}>
          Copy text
        </button>
      </p>
      {takeBack !== null && (
        <details class="take-back">
          <summary>Take it back</summary>
          <p>As its issuer would, where the server was started. The scanner knows after its next refresh.</p>
          <pre>{takeBack}</pre>
          <button type="button" class="key" onClick={copyCommand}>
            Copy command
          </button>
        </details>
      )}
    </li>
  );
}
