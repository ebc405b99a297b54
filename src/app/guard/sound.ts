// Gives a verdict to ear and hand. Buffers are made once, at the tap that starts the shift: browsers allow sound only after one.

import type { SignKind } from '../parts/signs.tsx';
import { renderTune, VIBRATIONS } from './tunes.ts';

export interface Cues {
  /** Inside a tap. Safe to call again. */
  prepare(): void;
  give(kind: SignKind): void;
  /** 'none': this browser has no sound, or refuses it. */
  readonly sound: 'ready' | 'silent' | 'none';
  release(): void;
}

const KINDS: readonly SignKind[] = ['admit', 'check', 'seen-before', 'refuse', 'unverifiable'];

export function createCues(): Cues {
  let context: AudioContext | null = null;
  let playing: AudioBufferSourceNode | null = null;
  const buffersByKind = new Map<SignKind, AudioBuffer>();

  const prepare = (): void => {
    if (typeof AudioContext !== 'function') return;
    context ??= new AudioContext({ latencyHint: 'interactive' });
    void context.resume().catch(() => undefined);
    if (buffersByKind.size > 0) return;
    for (const kind of KINDS) {
      const samples = renderTune(kind, context.sampleRate);
      const buffer = context.createBuffer(1, samples.length, context.sampleRate);
      buffer.copyToChannel(samples, 0);
      buffersByKind.set(kind, buffer);
    }
  };

  const play = (kind: SignKind): void => {
    const buffer = buffersByKind.get(kind);
    if (context === null || buffer === undefined) return;
    // A tablet that slept or took a call leaves the context suspended or interrupted.
    if (context.state !== 'running') void context.resume().catch(() => undefined);
    playing?.stop();
    playing = new AudioBufferSourceNode(context, { buffer });
    playing.connect(context.destination);
    playing.start();
  };

  return {
    prepare,
    give(kind) {
      play(kind);
      navigator.vibrate?.([...VIBRATIONS[kind]]);
    },
    get sound() {
      if (typeof AudioContext !== 'function') return 'none';
      return context?.state === 'running' ? 'ready' : 'silent';
    },
    release() {
      void context?.suspend().catch(() => undefined);
    },
  };
}
