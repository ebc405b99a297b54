// The scanner itself reads the set-up code: the same camera, the same decoder.

import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { createCameraModel } from '../guard/camera-model.ts';
import { CameraView } from '../guard/camera-view.tsx';
import type { Language } from '../parts/texts/languages.ts';

export interface ScanCodeProps {
  readonly language: Language;
  readonly video: HTMLVideoElement;
  readonly onText: (text: string) => void;
}

export function ScanCode({ language, video, onText }: ScanCodeProps): JSX.Element {
  const camera = useMemo(
    () =>
      createCameraModel(async (options) => (await import('../../camera/scanner.ts')).createScanner(options)),
    [],
  );
  useEffect(() => {
    void camera.start(video, onText);
    return camera.stop;
  }, [camera, video, onText]);
  return <CameraView model={{ language, camera }} video={video} />;
}
