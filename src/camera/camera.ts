// The camera as a guard meets it: off, asked for, on, or gone for a reason; and how each goes on by itself.
// refused: goes on when the permission changes. missing, lost: when a device appears. busy, lost: tried again every few seconds.
// A hidden page holds no camera.

import {
  type Facing,
  readStreamFacts,
  rememberedFacing,
  rememberFacing,
  type StreamFacts,
} from './camera-choice.ts';
import { type CameraFailure, toCameraFailure } from './camera-failure.ts';

export type CameraState =
  | { readonly kind: 'off' }
  | { readonly kind: 'asking' }
  | ({ readonly kind: 'on'; readonly isTorchOn: boolean } & StreamFacts)
  /** It was on and stopped giving pictures: unplugged, taken by a call, permission withdrawn. */
  | { readonly kind: 'lost'; readonly detail: string }
  | CameraFailure;

export interface Camera {
  readonly state: CameraState;
  start(): Promise<void>;
  stop(): void;
  /** Asks again, whatever the state; nothing after stop(). */
  retry(): Promise<void>;
  setTorch(isOn: boolean): Promise<boolean>;
  switchFacing(): Promise<void>;
}

export interface CameraOptions {
  readonly onState?: (state: CameraState) => void;
  readonly retryMs?: number;
  /** A camera that was granted and gives nothing within this counts as lost. */
  readonly firstPictureMs?: number;
  /** A muted track (a phone call, a closed lid) counts as lost after this. */
  readonly muteMs?: number;
}

export function createCamera(video: HTMLVideoElement, options: CameraOptions = {}): Camera {
  const { retryMs = 3000, firstPictureMs = 6000, muteMs = 1500 } = options;
  let state: CameraState = { kind: 'off' };
  let isWanted = false;
  /** Counts openings: whatever an older one still answers is dropped, and its stream stopped. */
  let opening = 0;
  let stream: MediaStream | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopWatching: (() => void) | null = null;

  function setState(next: CameraState): void {
    state = next;
    options.onState?.(next);
  }

  async function open(): Promise<void> {
    const mine = ++opening;
    release();
    if (!isWanted || document.hidden) return;
    if (!navigator.mediaDevices?.getUserMedia) {
      return setState({ kind: 'insecure', detail: 'this page is not served over a secure connection' });
    }
    setState({ kind: 'asking' });
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ audio: false, video: constraintsNow() });
      if (mine !== opening) return stopTracks(opened);
      stream = opened;
      const [track] = opened.getVideoTracks();
      if (track === undefined) throw new DOMException('the stream has no picture', 'NotFoundError');
      watchTrack(track, mine);
      const isPlaying = await Promise.race([play(opened), isOver(firstPictureMs)]);
      if (mine !== opening) return;
      if (!isPlaying) return lose('the camera gives no pictures');
      const facts = await readStreamFacts(track);
      if (mine === opening) setState({ kind: 'on', isTorchOn: false, ...facts });
    } catch (error) {
      if (mine !== opening) return;
      release();
      fail(toCameraFailure(error));
    }
  }

  function fail(failure: CameraFailure | { kind: 'lost'; detail: string }): void {
    setState(failure);
    if (failure.kind === 'busy' || failure.kind === 'lost') timer = setTimeout(() => void open(), retryMs);
  }

  function lose(detail: string): void {
    opening++;
    release();
    fail({ kind: 'lost', detail });
  }

  function release(): void {
    clearTimeout(timer);
    if (stream === null) return;
    stopTracks(stream);
    stream = null;
    video.srcObject = null;
  }

  async function play(opened: MediaStream): Promise<true> {
    video.muted = true;
    video.playsInline = true;
    video.srcObject = opened;
    await video.play();
    return true;
  }

  function watchTrack(track: MediaStreamTrack, mine: number): void {
    const loseMine = (detail: string) => {
      if (mine === opening) lose(detail);
    };
    let mutedFor: ReturnType<typeof setTimeout> | undefined;
    track.addEventListener('ended', () => {
      clearTimeout(mutedFor);
      loseMine('the camera stopped');
    });
    track.addEventListener('mute', () => {
      mutedFor = setTimeout(() => loseMine('the camera gives no pictures'), muteMs);
    });
    track.addEventListener('unmute', () => clearTimeout(mutedFor));
  }

  function watchWorld(): () => void {
    const end = new AbortController();
    const { signal } = end;
    document.addEventListener('visibilitychange', () => (document.hidden ? hide() : void open()), { signal });
    navigator.mediaDevices?.addEventListener(
      'devicechange',
      () => {
        if (state.kind === 'missing' || state.kind === 'lost' || state.kind === 'busy') void open();
      },
      { signal },
    );
    void watchPermission(signal, (permission) => {
      if (permission === 'denied' ? state.kind === 'on' : state.kind === 'refused') void open();
    });
    return () => end.abort();
  }

  function hide(): void {
    opening++;
    release();
    setState({ kind: 'off' });
  }

  return {
    get state() {
      return state;
    },
    async start() {
      isWanted = true;
      stopWatching ??= watchWorld();
      if (state.kind !== 'on' && state.kind !== 'asking') await open();
    },
    stop() {
      isWanted = false;
      stopWatching?.();
      stopWatching = null;
      hide();
    },
    retry: () => open(),
    async setTorch(isOn) {
      const [track] = stream?.getVideoTracks() ?? [];
      if (track === undefined || state.kind !== 'on' || !state.hasTorch) return false;
      try {
        // 'torch' is of the Image Capture specification, which the compiler's DOM types leave out.
        await track.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] });
      } catch {
        return false;
      }
      if (state.kind !== 'on') return false;
      setState({ ...state, isTorchOn: isOn });
      return true;
    },
    async switchFacing() {
      rememberFacing(otherFacing(state.kind === 'on' ? state.facing : rememberedFacing()));
      await open();
    },
  };
}

/** Wishes, not demands: a tablet with one camera gives that one. */
const constraintsNow = (): MediaTrackConstraints => ({
  facingMode: { ideal: rememberedFacing() === 'front' ? 'user' : 'environment' },
  width: { ideal: 1280 },
  height: { ideal: 720 },
});

const otherFacing = (facing: Facing): Facing => (facing === 'front' ? 'rear' : 'front');

const isOver = (ms: number) => new Promise<false>((resolve) => setTimeout(resolve, ms, false));

const stopTracks = (stream: MediaStream) => {
  for (const track of stream.getTracks()) track.stop();
};

/** Some engines know no permission called 'camera': there the guard's retry is the way on. */
async function watchPermission(signal: AbortSignal, onChange: (state: PermissionState) => void) {
  try {
    const status = await navigator.permissions.query({ name: 'camera' as PermissionName });
    if (signal.aborted) return;
    status.addEventListener('change', () => onChange(status.state), { signal });
    // Without this reference the status, and its event with it, may be collected as garbage.
    signal.addEventListener('abort', () => void status.state);
  } catch {
    // Nothing to watch.
  }
}
