// A code on pure white with its quiet zone, drawn as sharp squares.

import type { JSX } from 'preact';
import { drawQr, QUIET_MODULES } from './qr-code.ts';

export interface QrPictureProps {
  readonly text: string;
  /** For a screen reader. */
  readonly label: string;
}

export function QrPicture({ text, label }: QrPictureProps): JSX.Element {
  const { side, path } = drawQr(text);
  return (
    <svg
      class="code"
      style={{ '--side': `${side}px` }}
      viewBox={`0 0 ${side} ${side}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" transform={`translate(${QUIET_MODULES} ${QUIET_MODULES})`} />
    </svg>
  );
}
