// Hands frames of a running video to one looker, one at a time. Some engines never call requestVideoFrameCallback
// for a camera's stream: after 500 ms of silence a timer takes frames instead, until the callback is heard from.

export type Frame = VideoFrame | ImageBitmap;

/** takenAtMs is on the performance.now() clock. Whoever is handed the frame closes it (or transfers it). */
export type LookAtFrame = (frame: Frame, takenAtMs: number) => Promise<void>;

export interface FrameLoop {
  start(): void;
  /** No frame is taken after this; one that is under way is left to end. */
  stop(): void;
}

const SILENCE_MS = 500;
const TIMER_MS = 66;

export function createFrameLoop(video: HTMLVideoElement, look: LookAtFrame): FrameLoop {
  let run = 0;

  async function loop(mine: number): Promise<void> {
    const next = createTicker(video, () => run === mine);
    while (run === mine) {
      await next();
      if (run !== mine) return;
      const takenAtMs = performance.now();
      const frame = await grabFrame(video);
      if (frame === null) continue;
      if (run !== mine) return frame.close();
      await look(frame, takenAtMs);
    }
  }

  return {
    start: () => void loop(++run),
    stop: () => void run++,
  };
}

/**
 * Resolves when there is a frame that nobody was handed: at once if one came during the last look, otherwise at the next,
 * by callback or by timer. A video that stands still keeps the timer's slow beat.
 */
function createTicker(video: HTMLVideoElement, isWanted: () => boolean): () => Promise<void> {
  const hasCallback = typeof video.requestVideoFrameCallback === 'function';
  let isSilent = !hasCallback;
  let isArmed = false;
  let isNew = false;
  let wake: (() => void) | null = null;

  const arm = () => {
    if (!hasCallback || isArmed || !isWanted()) return;
    isArmed = true;
    video.requestVideoFrameCallback(() => {
      isArmed = false;
      isSilent = false;
      isNew = true;
      arm();
      wake?.();
    });
  };

  return () =>
    new Promise((resolve) => {
      arm();
      const take = () => {
        isNew = false;
        resolve();
      };
      if (isNew) return take();
      const timer = setTimeout(
        () => {
          isSilent = true;
          wake?.();
        },
        isSilent ? TIMER_MS : SILENCE_MS,
      );
      wake = () => {
        wake = null;
        clearTimeout(timer);
        take();
      };
    });
}

/** Null while the video has no picture yet, or when the engine lost it between two frames. */
async function grabFrame(video: HTMLVideoElement): Promise<Frame | null> {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
  try {
    if (typeof VideoFrame === 'function') return new VideoFrame(video);
    return await createImageBitmap(video);
  } catch {
    return null;
  }
}
