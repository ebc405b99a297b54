// The decoder's thread: joins the real port, the engines' frames and the two decoders.

import { createDecoderThread } from './decoder-thread.ts';
import type { FromDecoder, ToDecoder } from './messages.ts';

const thread = createDecoderThread((message: FromDecoder) => postMessage(message));

addEventListener('message', ({ data }: MessageEvent<ToDecoder>) => {
  // An accident reaches the page as this worker's error event.
  thread.take(data).catch(reportError);
});
