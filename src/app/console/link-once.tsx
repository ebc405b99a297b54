// A link that lets somebody in, shown once.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ShownLink } from './people-model.ts';

export interface LinkOnceProps {
  readonly link: ShownLink;
  hide(): void;
}

export function LinkOnce({ link: { link, to, expiresSeconds }, hide }: LinkOnceProps): JSX.Element {
  const isCopied = useSignal(false);
  const until = new Date(expiresSeconds * 1000).toLocaleString('en-GB', {
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
  });
  const copy = async () => {
    await navigator.clipboard.writeText(link);
    isCopied.value = true;
  };
  return (
    <div class="link-once">
      <p>
        <label for="link-once">
          For {to}, once, until {until}. It is not shown again.
        </label>
      </p>
      <input id="link-once" readOnly value={link} onFocus={({ currentTarget }) => currentTarget.select()} />
      <p class="keys">
        <button type="button" class="key key-main" onClick={() => void copy().catch(() => {})}>
          Copy
        </button>
        <button type="button" class="key" onClick={hide}>
          Done
        </button>
        <span role="status">{isCopied.value ? 'Copied. Send it to that person alone.' : ''}</span>
      </p>
    </div>
  );
}
