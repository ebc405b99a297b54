// A film for Chromium's fake camera and the switches that play it, over and over.

import { join } from 'node:path';
import { drawFrame, type FrameOptions } from './draw-frame.ts';
import { writeY4m } from './y4m.ts';

export interface Scene {
  /** Null is the empty room. */
  readonly text: string | null;
  readonly seconds: number;
  readonly options?: FrameOptions;
}

/** Few frames a second keep the file small (1.4 MB each at 1280 x 720); each scene is one still. */
export function makeFilm(folder: string, name: string, scenes: readonly Scene[], fps = 5): string {
  const path = join(folder, `${name}.y4m`);
  writeY4m(path, playScenes(scenes, fps), fps);
  return path;
}

/** With 'granted' nobody is asked; with 'asked' the browser's permission decides, which in a headless one is set by CDP. */
export const fakeCameraArgs = (film: string, permission: 'granted' | 'asked' = 'granted'): string[] => [
  '--use-fake-device-for-media-stream',
  ...(permission === 'granted' ? ['--use-fake-ui-for-media-stream'] : []),
  `--use-file-for-fake-video-capture=${film}`,
];

function* playScenes(scenes: readonly Scene[], fps: number) {
  for (const { text, seconds, options } of scenes) {
    const frame = drawFrame(text, options);
    for (let shown = 0; shown < seconds * fps; shown++) yield frame;
  }
}
