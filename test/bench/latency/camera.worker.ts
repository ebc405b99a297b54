// A camera of 30 frames a second that shows the empty room until it is handed a picture. It is a thread of its own, as a
// camera is: slowing the page does not slow it. Says when the first frame with the picture left it.

import type { FromCamera, ToCamera } from './camera-messages.ts';

const FRAME_MS = 1000 / 30;

let writer: WritableStreamDefaultWriter<VideoFrame> | null = null;
let room: Picture | null = null;
let shown: Picture | null = null;
let isNew = false;
let frames = 0;

interface Picture {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

addEventListener('message', ({ data }: MessageEvent<ToCamera>) => {
  switch (data.kind) {
    case 'open':
      writer = data.frames.getWriter();
      room = toPicture(data.room, data.width, data.height);
      void run();
      break;
    case 'show':
      shown = room === null ? null : toPicture(data.luma, room.width, room.height);
      isNew = true;
      break;
    case 'clear':
      shown = null;
  }
});

/** I420: brightness, then two planes of no colour. */
function toPicture(luma: ArrayBuffer, width: number, height: number): Picture {
  const pixels = new Uint8Array((width * height * 3) / 2).fill(128);
  pixels.set(new Uint8Array(luma));
  return { pixels, width, height };
}

async function run(): Promise<void> {
  const startedAtMs = performance.now();
  for (;;) {
    const waitMs = startedAtMs + ++frames * FRAME_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
    const picture = shown ?? room;
    if (picture === null || writer === null) continue;
    const { pixels, width, height } = picture;
    const timestamp = Math.round(frames * FRAME_MS * 1000);
    const frame = new VideoFrame(pixels, {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp,
    });
    const atMs = performance.timeOrigin + performance.now();
    await writer.write(frame);
    if (!isNew || picture !== shown) continue;
    isNew = false;
    const message: FromCamera = { kind: 'shown', atMs };
    postMessage(message);
  }
}
