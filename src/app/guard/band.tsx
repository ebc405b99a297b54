// The countdown, in the verdict's own rhythm: solid, hatch, one bar, dots. It drains from the end side; Hold stops it.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { VerdictKind } from '../../core/verdict/verdict.ts';
import { Icon } from '../parts/icons.tsx';
import './band.css';

export interface BandProps {
  readonly kind: VerdictKind;
  readonly displayMs: number;
  readonly isHeld: boolean;
  /** Where the keys below have another use, Hold sits here. */
  readonly holdWord?: string;
  readonly onHold?: () => void;
}

export function Band({ kind, displayMs, isHeld, holdWord, onHold }: BandProps): JSX.Element {
  const bar = useRef<HTMLDivElement>(null);
  const draining = useRef<Animation | null>(null);
  useEffect(() => {
    const element = bar.current;
    if (element === null) return;
    const isRtl = getComputedStyle(element).direction === 'rtl';
    const empty = isRtl ? 'inset(0 0 0 100%)' : 'inset(0 100% 0 0)';
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    draining.current = element.animate([{ clipPath: 'inset(0 0 0 0)' }, { clipPath: empty }], {
      duration: displayMs,
      easing: isCalm ? 'steps(6, end)' : 'linear',
      fill: 'forwards',
    });
    return () => draining.current?.cancel();
  }, [displayMs]);
  useEffect(() => {
    if (isHeld) draining.current?.pause();
    else draining.current?.play();
  }, [isHeld]);
  return (
    <div class={`band band-${kind}`}>
      <div class="band-track">
        <div ref={bar} class="band-bar" />
      </div>
      {holdWord !== undefined && (
        <button type="button" class="band-hold" aria-pressed={isHeld} onClick={onHold}>
          <Icon kind={isHeld ? 'go' : 'hold'} />
          {holdWord}
        </button>
      )}
    </div>
  );
}
