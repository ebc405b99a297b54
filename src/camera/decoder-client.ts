// The page's half of the decoder's thread: starts it within a limit, gives looks as promises, and says so when it dies.

import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { errorText } from '../core/error-text.ts';
import { assertNever } from '../core/result.ts';
import type { Point } from '../decode/decoder.ts';
import type { Frame } from './frame-loop.ts';
import workerUrl from './worker/decoder.worker.ts?worker&url';
import type { FromDecoder, ToDecoder } from './worker/messages.ts';

export type DecoderState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly decoder: 'zxing-wasm' | 'zxing-browser' }
  | { readonly kind: 'decoder-failed'; readonly detail: string };

export interface Look {
  readonly kind: 'looked';
  readonly texts: readonly string[];
  /** Of the first text, in pixels of a picture of this width and height. */
  readonly corners: readonly Point[] | null;
  readonly width: number;
  readonly height: number;
  readonly tookMs: number;
}
export type PictureLook = Look | { readonly kind: 'not-a-picture'; readonly detail: string };
export type FailedLook = { readonly kind: 'decoder-failed'; readonly detail: string };

export interface DecoderClient {
  readonly state: DecoderState;
  /** Also the way back after a failure. Does nothing while starting or ready. Resolves when one or the other is known. */
  start(): Promise<DecoderState>;
  /** The frame is closed here or by the thread in any case. */
  look(frame: Frame): Promise<Look | FailedLook>;
  lookAtPicture(file: Blob): Promise<PictureLook | FailedLook>;
  close(): void;
}

export interface DecoderClientOptions {
  readonly onState?: (state: DecoderState) => void;
  readonly workerFactory?: () => Worker;
  readonly wasmUrl?: string;
  readonly decoder?: 'auto' | 'zxing-browser';
  readonly startLimitMs?: number;
  readonly frameLimitMs?: number;
  readonly pictureLimitMs?: number;
}

type Answer = Extract<FromDecoder, { kind: 'looked' | 'not-a-picture' }>;
interface Waiting {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly settle: (answer: Answer | FailedLook) => void;
}

export function createDecoderClient(options: DecoderClientOptions = {}): DecoderClient {
  const { startLimitMs = 8000, frameLimitMs = 8000, pictureLimitMs = 30_000 } = options;
  const makeWorker = options.workerFactory ?? (() => new Worker(workerUrl, { type: 'module' }));
  const waitingById = new Map<number, Waiting>();
  let state: DecoderState = { kind: 'off' };
  let worker: Worker | null = null;
  let starting: Promise<DecoderState> | null = null;
  let endStart: (() => void) | null = null;
  let lastId = 0;

  const setState = (next: DecoderState) => {
    state = next;
    options.onState?.(next);
  };

  const fail = (detail: string) => drop({ kind: 'decoder-failed', detail });

  function drop(next: DecoderState & { kind: 'off' | 'decoder-failed' }): void {
    worker?.terminate();
    worker = null;
    starting = null;
    setState(next);
    endStart?.();
    const detail = next.kind === 'off' ? 'the decoder was closed' : next.detail;
    for (const [id, waiting] of waitingById) {
      clearTimeout(waiting.timer);
      waitingById.delete(id);
      waiting.settle({ kind: 'decoder-failed', detail });
    }
  }

  function start(): Promise<DecoderState> {
    if (starting !== null) return starting;
    const begun = new Promise<DecoderState>((resolve) => {
      const limit = setTimeout(() => fail(`no answer within ${startLimitMs / 1000} s`), startLimitMs);
      endStart = () => {
        clearTimeout(limit);
        endStart = null;
        resolve(state);
      };
    });
    starting = begun;
    setState({ kind: 'starting' });
    try {
      worker = makeWorker();
      listen(worker);
      const message: ToDecoder = {
        kind: 'start',
        decoder: options.decoder ?? 'auto',
        wasmUrl: new URL(options.wasmUrl ?? wasmUrl, document.baseURI).href,
      };
      worker.postMessage(message);
    } catch (error) {
      fail(errorText(error));
    }
    return begun;
  }

  function listen(made: Worker): void {
    made.addEventListener('message', ({ data }: MessageEvent<FromDecoder>) => {
      if (made !== worker) return;
      switch (data.kind) {
        case 'ready':
          setState({ kind: 'ready', decoder: data.decoder });
          return endStart?.();
        case 'start-failed':
          return fail(data.detail);
        case 'looked':
        case 'not-a-picture':
          return settle(data);
        default:
          return assertNever(data);
      }
    });
    const onDeath = (detail: string) => {
      if (made === worker) fail(detail);
    };
    made.addEventListener('error', (event) => onDeath(event.message || 'the decoder did not load'));
    made.addEventListener('messageerror', () => onDeath('a message to the page could not be read'));
  }

  function settle(answer: Answer): void {
    const waiting = waitingById.get(answer.id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waitingById.delete(answer.id);
    waiting.settle(answer);
  }

  function ask(message: ToDecoder & { id: number }, limitMs: number, transfer: Transferable[]) {
    return new Promise<Answer | FailedLook>((resolve) => {
      const timer = setTimeout(() => fail(`no answer to a picture within ${limitMs / 1000} s`), limitMs);
      waitingById.set(message.id, { timer, settle: resolve });
      worker?.postMessage(message, transfer);
    });
  }

  const failure = (): FailedLook => ({
    kind: 'decoder-failed',
    detail: state.kind === 'decoder-failed' ? state.detail : 'the decoder is not running',
  });

  return {
    get state() {
      return state;
    },
    start,
    async look(frame) {
      if (state.kind !== 'ready') {
        frame.close();
        return failure();
      }
      const answer = await ask({ kind: 'frame', id: ++lastId, frame }, frameLimitMs, [frame]);
      return answer.kind === 'not-a-picture' ? { kind: 'decoder-failed', detail: answer.detail } : answer;
    },
    async lookAtPicture(file) {
      const started = await start();
      if (started.kind !== 'ready') return failure();
      return ask({ kind: 'picture', id: ++lastId, file }, pictureLimitMs, []);
    },
    close: () => drop({ kind: 'off' }),
  };
}
