// A machine without a camera, and a page that may not have one.

import { expect, openCameraPage, test } from './camera-test.ts';

test('a machine without a camera says so, and looks again when a device appears', async ({ page }) => {
  const states = await page.evaluate(async () => {
    const { mediaDevices } = navigator;
    let asked = 0;
    const real = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (wishes) => {
      asked++;
      return real(wishes);
    };
    const camera = window.page.createCamera(window.page.video);
    await camera.start();
    const first = camera.state;
    mediaDevices.dispatchEvent(new Event('devicechange'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { first, asked };
  });
  expect(states.first).toMatchObject({ kind: 'missing', detail: expect.stringContaining('NotFoundError') });
  expect(states.asked).toBe(2);
});

test('a camera that another program holds is tried again until it is free', async ({ page }) => {
  const states = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    setInterval(() => context?.fillRect(0, 0, Math.random() * 9, 9), 50);
    let refusals = 2;
    navigator.mediaDevices.getUserMedia = async () => {
      if (refusals-- > 0) throw new DOMException('Could not start video source', 'NotReadableError');
      return canvas.captureStream(10);
    };
    const kinds: string[] = [];
    const camera = window.page.createCamera(window.page.video, {
      retryMs: 50,
      onState: (state) => kinds.push(state.kind),
    });
    await camera.start();
    while (camera.state.kind !== 'on') await new Promise((resolve) => setTimeout(resolve, 20));
    return kinds;
  });
  expect(states).toEqual(['asking', 'busy', 'asking', 'busy', 'asking', 'on']);
});

test('a camera that is granted and gives no picture does not keep the guard waiting', async ({ page }) => {
  const states = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d');
    const stream = canvas.captureStream(0);
    navigator.mediaDevices.getUserMedia = async () => stream;
    const kinds: string[] = [];
    const camera = window.page.createCamera(window.page.video, {
      firstPictureMs: 300,
      onState: (state) => kinds.push(state.kind),
    });
    await camera.start();
    return { kinds, track: stream.getVideoTracks()[0]?.readyState };
  });
  expect(states).toEqual({ kinds: ['asking', 'lost'], track: 'ended' });
});

test('a page over plain http is told from a missing camera', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
  });
  await openCameraPage(page);
  const state = await page.evaluate(async () => {
    const camera = window.page.createCamera(window.page.video);
    await camera.start();
    return camera.state;
  });
  expect(state.kind).toBe('insecure');
});
