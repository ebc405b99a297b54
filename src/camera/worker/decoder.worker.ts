// The decoder's thread: joins the real port, the engines' frames and the two decoders.

import { createDecoderThread } from './decoder-thread.ts';
import type { FromDecoder, ToDecoder } from './messages.ts';

const thread = createDecoderThread((message: FromDecoder) => postMessage(message));

addEventListener('message', ({ data }: MessageEvent<ToDecoder>) => {
  void thread.take(data);
});
