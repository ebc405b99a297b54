import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFrameLoop, type LookAtFrame } from '../../../src/camera/frame-loop.ts';

/** A video whose frames come when the test says so. */
class HandVideo {
  readonly readyState = 4;
  readonly videoWidth = 1280;
  #callbacks: (() => void)[] = [];
  frame = 0;

  requestVideoFrameCallback(callback: () => void): number {
    return this.#callbacks.push(callback);
  }

  get isListenedTo(): boolean {
    return this.#callbacks.length > 0;
  }

  show(frame: number): void {
    this.frame = frame;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}

class HandFrame {
  readonly shown: number;
  constructor(video: HandVideo) {
    this.shown = video.frame;
  }
  close(): void {}
}

beforeEach(() => {
  vi.stubGlobal('VideoFrame', HandFrame);
  vi.stubGlobal('HTMLMediaElement', { HAVE_CURRENT_DATA: 2 });
});
afterEach(() => vi.unstubAllGlobals());

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Looks that end when the test says so. */
function openLoop() {
  const video = new HandVideo();
  const looked: number[] = [];
  let endLook = () => {};
  const look: LookAtFrame = (frame) => {
    looked.push((frame as unknown as HandFrame).shown);
    return new Promise((resolve) => {
      endLook = resolve;
    });
  };
  const loop = createFrameLoop(video as unknown as HTMLVideoElement, look);
  return { video, looked, loop, endLook: () => endLook() };
}

test('one frame at a time; the newest that came during a look is looked at as soon as it ends', async () => {
  const { video, looked, loop, endLook } = openLoop();
  loop.start();
  video.show(1);
  await settle();
  video.show(2);
  video.show(3);
  await settle();
  expect(looked).toEqual([1]);
  endLook();
  await settle();
  expect(looked).toEqual([1, 3]);
  endLook();
  await settle();
  expect(looked).toEqual([1, 3]);
  video.show(4);
  await settle();
  expect(looked).toEqual([1, 3, 4]);
});

test('after a stop no frame is taken, and nobody listens any more', async () => {
  const { video, looked, loop, endLook } = openLoop();
  loop.start();
  video.show(1);
  await settle();
  loop.stop();
  video.show(2);
  endLook();
  await settle();
  expect(looked).toEqual([1]);
  expect(video.isListenedTo).toBe(false);
});

test('started anew it waits for a new frame', async () => {
  const { video, looked, loop, endLook } = openLoop();
  loop.start();
  video.show(1);
  await settle();
  loop.stop();
  video.show(2);
  endLook();
  loop.start();
  await settle();
  expect(looked).toEqual([1]);
  video.show(3);
  await settle();
  expect(looked).toEqual([1, 3]);
});
