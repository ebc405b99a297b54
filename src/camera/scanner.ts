// The join that the page uses: camera, frames, the decoder's thread and the same-code rule as one scanner.

import { toBitmapPicture } from './bitmap-picture.ts';
import { type Camera, type CameraState, createCamera } from './camera.ts';
import { createDecoderClient, type DecoderClient, type DecoderState } from './decoder-client.ts';
import { createFrameLoop, type Frame } from './frame-loop.ts';
import { carryOver, noCodes, noteCode, type SeenCodes } from './same-code.ts';

export type { CameraState } from './camera.ts';
export type { DecoderState } from './decoder-client.ts';

/** Both on the performance.now() clock. */
export interface SeenAt {
  /** When the frame was taken from the camera (or the picture was handed in). */
  readonly at: number;
  /** When the decoder had read it. */
  readonly frameReadAt: number;
}

export interface ScannerState {
  readonly camera: CameraState;
  readonly decoder: DecoderState;
  /** Frames are being looked at right now: camera on, decoder ready, not paused. */
  readonly isLooking: boolean;
}

export type PictureAnswer =
  /** The reading also went to onReading, as every reading does. */
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'no-code' }
  | { readonly kind: 'not-a-picture'; readonly detail: string }
  | { readonly kind: 'decoder-failed'; readonly detail: string };

export interface Scanner {
  readonly state: ScannerState;
  /** Starts camera and decoder; call it from a tap. Resolves when the camera is on or known not to be. */
  start(): Promise<void>;
  stop(): void;
  /** A verdict is up: the camera stays on, frames are not looked at. */
  pause(): void;
  resume(): void;
  /** After any failure of camera or decoder. */
  retry(): Promise<void>;
  /** Read at any time, the camera off or paused; no same-code rule: somebody asked for this one. */
  readPicture(file: Blob): Promise<PictureAnswer>;
  /** False where the camera has no torch or would not switch it. */
  setTorch(isOn: boolean): Promise<boolean>;
  /** Front to rear and back; the choice is remembered. */
  switchFacing(): Promise<void>;
}

export interface ScannerOptions {
  readonly video: HTMLVideoElement;
  readonly onReading: (text: string, seen: SeenAt) => void;
  readonly onState: (state: ScannerState) => void;
  readonly workerFactory?: () => Worker;
  /** A test asks for the decoder of engines without WebAssembly. */
  readonly decoder?: 'auto' | 'zxing-browser';
}

export function createScanner(options: ScannerOptions): Scanner {
  const { video, onReading, onState } = options;
  let isPaused = false;
  let isLooking = false;
  let pausedAtMs = 0;
  let seen: SeenCodes = noCodes;

  const decoder: DecoderClient = createDecoderClient({
    onState: () => update(),
    ...(options.workerFactory && { workerFactory: options.workerFactory }),
    ...(options.decoder && { decoder: options.decoder }),
  });
  const camera: Camera = createCamera(video, { onState: () => update() });
  const frames = createFrameLoop(video, lookAtFrame);
  const readState = (): ScannerState => ({ camera: camera.state, decoder: decoder.state, isLooking });

  function update(): void {
    const shouldLook = camera.state.kind === 'on' && decoder.state.kind === 'ready' && !isPaused;
    if (shouldLook !== isLooking) {
      isLooking = shouldLook;
      if (shouldLook) frames.start();
      else frames.stop();
    }
    onState(readState());
  }

  async function lookAtFrame(frame: Frame, at: number): Promise<void> {
    const look = await decoder.look(frame);
    if (look.kind === 'decoder-failed' || !isLooking) return;
    const frameReadAt = performance.now();
    for (const text of look.texts) {
      const noted = noteCode(seen, text, frameReadAt);
      seen = noted.seen;
      if (!noted.isNew) continue;
      onReading(text, { at, frameReadAt });
      return;
    }
  }

  return {
    get state() {
      return readState();
    },
    async start() {
      isPaused = false;
      void decoder.start();
      await camera.start();
    },
    stop() {
      camera.stop();
      decoder.close();
      seen = noCodes;
    },
    pause() {
      if (isPaused) return;
      isPaused = true;
      pausedAtMs = performance.now();
      update();
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      seen = carryOver(seen, pausedAtMs, performance.now());
      update();
    },
    async retry() {
      await Promise.all([decoder.start(), camera.state.kind === 'on' ? undefined : camera.retry()]);
    },
    async readPicture(file) {
      const at = performance.now();
      const look = await decoder.lookAtPicture(await toBitmapPicture(file));
      if (look.kind !== 'looked') return { kind: look.kind, detail: look.detail };
      const text = look.texts[0];
      if (text === undefined) return { kind: 'no-code' };
      const frameReadAt = performance.now();
      seen = noteCode(seen, text, frameReadAt).seen;
      onReading(text, { at, frameReadAt });
      return { kind: 'read', text };
    },
    setTorch: (isOn) => camera.setTorch(isOn),
    switchFacing: () => camera.switchFacing(),
  };
}
