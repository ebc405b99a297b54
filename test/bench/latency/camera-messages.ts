// The whole contract between the page and the camera's thread. Pictures are brightness only, all of one size.

export type ToCamera =
  | {
      readonly kind: 'open';
      readonly frames: WritableStream<VideoFrame>;
      readonly room: ArrayBuffer;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'show'; readonly luma: ArrayBuffer }
  | { readonly kind: 'clear' };

/** When the first frame with the picture left the camera, ms since 1970 by the monotonic clock. */
export interface FromCamera {
  readonly kind: 'shown';
  readonly atMs: number;
}
