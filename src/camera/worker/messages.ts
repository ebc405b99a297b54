// The whole contract between the page and the decoder's thread.

import type { Point } from '../../decode/decoder.ts';

export type ToDecoder =
  /** Load a decoder; 'zxing-browser' only where WebAssembly is missing (or a test asks for it). */
  | { readonly kind: 'start'; readonly decoder: 'auto' | 'zxing-browser'; readonly wasmUrl: string }
  /** One frame of the camera; exactly one is under way at a time. The frame is closed by the worker. */
  | { readonly kind: 'frame'; readonly id: number; readonly frame: VideoFrame | ImageBitmap }
  /** A picture file, or a picture that was pasted. */
  | { readonly kind: 'picture'; readonly id: number; readonly file: Blob };

export type FromDecoder =
  | { readonly kind: 'ready'; readonly decoder: 'zxing-wasm' | 'zxing-browser' }
  | { readonly kind: 'start-failed'; readonly detail: string }
  | {
      readonly kind: 'looked';
      readonly id: number;
      readonly texts: readonly string[];
      readonly corners: readonly Point[] | null;
      readonly width: number;
      readonly height: number;
      readonly tookMs: number;
    }
  /** This picture could not be opened at all; the decoder itself is well. */
  | { readonly kind: 'not-a-picture'; readonly id: number; readonly detail: string };
