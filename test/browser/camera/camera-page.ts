// The page's half of these tests: the real modules within reach of page.evaluate, and a list of what they said.

import { createCamera } from '../../../src/camera/camera.ts';
import { createDecoderClient } from '../../../src/camera/decoder-client.ts';
import { watchPictures } from '../../../src/camera/picture-source.ts';
import { createScanner, type Scanner, type ScannerState } from '../../../src/camera/scanner.ts';

const made = {
  createCamera,
  createDecoderClient,
  createScanner,
  watchPictures,
  readings: [] as string[],
  states: [] as ScannerState[],
  startScanner,
};
export type CameraPage = typeof made & { scanner: Scanner; video: HTMLVideoElement };

declare global {
  interface Window {
    page: CameraPage;
  }
}

const video = document.createElement('video');
document.body.append(video);
window.page = Object.assign(made, { video, scanner: null as unknown as Scanner });

async function startScanner(): Promise<void> {
  const scanner = createScanner({
    video,
    onReading: (text) => made.readings.push(text),
    onState: (state) => made.states.push(state),
  });
  window.page.scanner = scanner;
  await scanner.start();
}
