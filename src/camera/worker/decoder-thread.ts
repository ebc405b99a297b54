// What the decoder's thread does: opens a decoder, turns frames and picture files into planes, answers in order.

import { errorText } from '../../core/error-text.ts';
import type { Decoder, LumaPlane, Reading } from '../../decode/decoder.ts';
import { drawWarmUpPlane } from '../../decode/warm-up.ts';
import { openZxingWasm } from '../../decode/zxing-wasm-decoder.ts';
import { createFrameReader } from './frame-planes.ts';
import type { FromDecoder, ToDecoder } from './messages.ts';

export interface DecoderThread {
  take(message: ToDecoder): Promise<void>;
}

const WARM_UP_LOOKS = 24;

export function createDecoderThread(post: (message: FromDecoder) => void): DecoderThread {
  const planes = createFrameReader();
  let decoder: Decoder | null = null;
  let isAsked = false;
  /** Looks happen one after another, in the order they were asked for. */
  let queue: Promise<void> = Promise.resolve();

  async function start({ decoder: wish, wasmUrl }: ToDecoder & { kind: 'start' }): Promise<void> {
    try {
      decoder = await openDecoder(wish, wasmUrl);
    } catch (error) {
      return post({ kind: 'start-failed', detail: errorText(error) });
    }
    post({ kind: 'ready', decoder: decoder.name });
    void warmUp(decoder);
  }

  /** In slices, so that the first frame waits for one of them at most. */
  async function warmUp(warmed: Decoder): Promise<void> {
    for (let look = 0; look < WARM_UP_LOOKS && !isAsked; look++) {
      warmed.decode(drawWarmUpPlane(640, 360, look + 1), 'video');
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  async function look(message: ToDecoder & { kind: 'frame' | 'picture' }): Promise<void> {
    const since = performance.now();
    let plane: LumaPlane;
    try {
      plane =
        message.kind === 'frame'
          ? await planes.readFrame(message.frame)
          : await planes.readFile(message.file);
    } catch (error) {
      return post({ kind: 'not-a-picture', id: message.id, detail: errorText(error) });
    } finally {
      if (message.kind === 'frame') message.frame.close();
    }
    // An accident inside the decoder is not caught: the page hears of it as the worker's error and may start a new one.
    const readings = decoder?.decode(plane, message.kind === 'frame' ? 'video' : 'file') ?? [];
    post(toLooked(message.id, readings, plane, performance.now() - since));
  }

  return {
    take(message) {
      if (message.kind === 'start') return start(message);
      isAsked = true;
      queue = queue.then(() => look(message));
      return queue;
    },
  };
}

async function openDecoder(wish: 'auto' | 'zxing-browser', wasmUrl: string): Promise<Decoder> {
  if (wish === 'auto' && typeof WebAssembly === 'object') return openZxingWasm({ locateFile: () => wasmUrl });
  const { openZxingBrowser } = await import('../../decode/zxing-browser-decoder.ts');
  return openZxingBrowser();
}

function toLooked(id: number, readings: readonly Reading[], plane: LumaPlane, tookMs: number): FromDecoder {
  return {
    kind: 'looked',
    id,
    texts: readings.map((reading) => reading.text),
    corners: readings[0]?.corners ?? null,
    width: plane.width,
    height: plane.height,
    tookMs,
  };
}
