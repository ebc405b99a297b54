// Gives a verdict to ear and hand. Buffers are made once, at the tap that starts the shift: browsers allow sound only after one,
// and the tunes are not part of the first screen.

import type { SignKind } from '../parts/signs.tsx';

export interface Cues {
  /** Inside a tap. Safe to call again. */
  prepare(): void;
  give(kind: SignKind): void;
  release(): void;
}

const KINDS: readonly SignKind[] = ['admit', 'check', 'seen-before', 'refuse', 'unverifiable'];

export function createCues(): Cues {
  let context: AudioContext | null = null;
  let playing: AudioBufferSourceNode | null = null;
  let vibrations: Readonly<Record<SignKind, readonly number[]>> | null = null;
  const buffersByKind = new Map<SignKind, AudioBuffer>();

  const fill = async (into: AudioContext | null): Promise<void> => {
    const { renderTune, VIBRATIONS } = await import('./tunes.ts');
    vibrations = VIBRATIONS;
    if (into === null || buffersByKind.size > 0) return;
    for (const kind of KINDS) {
      const samples = renderTune(kind, into.sampleRate);
      const buffer = into.createBuffer(1, samples.length, into.sampleRate);
      buffer.copyToChannel(samples, 0);
      buffersByKind.set(kind, buffer);
    }
  };

  const prepare = (): void => {
    if (typeof AudioContext === 'function') context ??= new AudioContext({ latencyHint: 'interactive' });
    void context?.resume().catch(() => undefined);
    // A shift without sound is still a shift: the screen says the verdict.
    void fill(context).catch(() => undefined);
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
      if (vibrations !== null) navigator.vibrate?.([...vibrations[kind]]);
    },
    release() {
      void context?.suspend().catch(() => undefined);
    },
  };
}
