// The page's half of the camera: its pictures come by getUserMedia, as those of any camera do.

import type { FromCamera, ToCamera } from './camera-messages.ts';

export interface BenchCamera {
  /** Resolves with the moment at which the first such frame left the camera. */
  show(luma: ArrayBuffer): Promise<number>;
  clear(): void;
}

/** Chromium's, not yet among the compiler's types. */
declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(init: { kind: 'video' });
  readonly writable: WritableStream<VideoFrame>;
}

export function plugInCamera(room: ArrayBuffer, width: number, height: number): BenchCamera {
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const worker = new Worker(new URL('./camera.worker.ts', import.meta.url), { type: 'module' });
  const tell = (message: ToCamera, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const frames = track.writable;
  tell({ kind: 'open', frames, room, width, height }, [frames as unknown as Transferable, room]);
  navigator.mediaDevices.getUserMedia = async () => new MediaStream([track]);
  return {
    show: (luma) =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<FromCamera>) => resolve(data.atMs);
        tell({ kind: 'show', luma }, [luma]);
      }),
    clear: () => tell({ kind: 'clear' }),
  };
}
