// The scanner as the page sees it: loaded after the first paint, its state as a signal, and the line under the picture.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Scanner, ScannerOptions, ScannerState } from '../../camera/scanner.ts';
import { errorText } from '../../core/error-text.ts';

export type Hint = 'show' | 'picture-under-way' | 'no-code' | 'not-a-picture' | 'help';

export interface CameraModel {
  readonly state: ReadonlySignal<ScannerState>;
  readonly hint: ReadonlySignal<Hint>;
  /** Called with every reading, whatever it came from. */
  start(video: HTMLVideoElement, onReading: (text: string) => void): Promise<void>;
  stop(): void;
  setLooking(isLooking: boolean): void;
  retry(): Promise<void>;
  readPicture(file: Blob): Promise<void>;
  toggleTorch(): Promise<void>;
  switchFacing(): Promise<void>;
}

/** The scanner's code is not part of the first screen. */
export type OpenScanner = (options: ScannerOptions) => Promise<Scanner>;

export const HINT_LASTS_MS = 3000;
export const HELP_AFTER_MS = 30_000;

const OFF: ScannerState = { camera: { kind: 'off' }, decoder: { kind: 'off' }, isLooking: false };

export function createCameraModel(openScanner: OpenScanner): CameraModel {
  const state = signal<ScannerState>(OFF);
  const hint = signal<Hint>('show');
  let scanner: Scanner | null = null;
  let begin: () => Promise<void> = async () => undefined;
  let isWanted = false;
  let isLookingWanted = true;
  let hintTimer: ReturnType<typeof setTimeout> | undefined;
  let helpTimer: ReturnType<typeof setTimeout> | undefined;

  const waitForHelp = (): void => {
    clearTimeout(helpTimer);
    if (state.value.isLooking) helpTimer = setTimeout(() => setHint('help'), HELP_AFTER_MS);
  };

  const setHint = (next: Hint, lastsMs?: number): void => {
    clearTimeout(hintTimer);
    hint.value = next;
    if (lastsMs !== undefined) hintTimer = setTimeout(() => setHint('show'), lastsMs);
    waitForHelp();
  };

  const setState = (next: ScannerState): void => {
    const wasLooking = state.value.isLooking;
    state.value = next;
    if (next.isLooking !== wasLooking) waitForHelp();
  };

  const open = async (options: ScannerOptions): Promise<void> => {
    try {
      scanner ??= await openScanner(options);
      if (!isWanted) return;
      if (!isLookingWanted) scanner.pause();
      await scanner.start();
      if (isWanted && !isLookingWanted) scanner.pause();
    } catch (error) {
      const detail = errorText(error);
      setState({ ...state.value, decoder: { kind: 'decoder-failed', detail } });
    }
  };

  return {
    state,
    hint,
    async start(video, onReading) {
      isWanted = true;
      isLookingWanted = true;
      setHint('show');
      const options: ScannerOptions = {
        video,
        onState: setState,
        onReading(text) {
          setHint('show');
          onReading(text);
        },
      };
      begin = () => open(options);
      await begin();
    },
    stop() {
      isWanted = false;
      scanner?.stop();
      clearTimeout(hintTimer);
      clearTimeout(helpTimer);
    },
    setLooking(isLooking) {
      isLookingWanted = isLooking;
      if (isLooking) scanner?.resume();
      else scanner?.pause();
    },
    async retry() {
      if (scanner === null) await begin();
      else await scanner.retry();
    },
    async readPicture(file) {
      if (scanner === null) return;
      setHint('picture-under-way');
      const answer = await scanner.readPicture(file);
      if (answer.kind === 'no-code' || answer.kind === 'not-a-picture') setHint(answer.kind, HINT_LASTS_MS);
      else if (answer.kind === 'decoder-failed') setHint('show');
    },
    async toggleTorch() {
      const { camera } = state.value;
      if (camera.kind === 'on') await scanner?.setTorch(!camera.isTorchOn);
    },
    async switchFacing() {
      await scanner?.switchFacing();
    },
  };
}
