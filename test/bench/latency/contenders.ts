// Those who read: our scanner, and @zxing/browser's own loop in its place, behind the one interface that the guard's page
// speaks to. Only one of them looks at the camera at a time.

import { BrowserQRCodeReader } from '@zxing/browser';
import { createScanner, type Scanner, type ScannerOptions } from '../../../src/camera/scanner.ts';

export const CONTENDERS = ['gatelight', '@zxing/browser', '@zxing/browser, no waits'] as const;
export type Contender = (typeof CONTENDERS)[number];

export interface SwitchedScanner extends Scanner {
  use(contender: Contender): void;
}

interface Loop {
  start(): void;
  stop(): void;
}

export function createSwitchedScanner(options: ScannerOptions): SwitchedScanner {
  let active: Contender = 'gatelight';
  let isPaused = false;
  const ours = createScanner(options);
  const loops: Readonly<Record<Contender, Loop>> = {
    gatelight: { start: () => ours.resume(), stop: () => ours.pause() },
    '@zxing/browser': createZxingLoop(options, {}),
    '@zxing/browser, no waits': createZxingLoop(options, {
      delayBetweenScanAttempts: 0,
      delayBetweenScanSuccess: 0,
    }),
  };
  const settle = () => {
    for (const name of CONTENDERS) {
      if (name === active && !isPaused) loops[name].start();
      else loops[name].stop();
    }
  };
  return {
    get state() {
      return ours.state;
    },
    start: () => ours.start(),
    stop: () => ours.stop(),
    retry: () => ours.retry(),
    readPicture: (file) => ours.readPicture(file),
    setTorch: (isOn) => ours.setTorch(isOn),
    switchFacing: () => ours.switchFacing(),
    pause() {
      isPaused = true;
      settle();
    },
    resume() {
      isPaused = false;
      settle();
    },
    use(contender) {
      active = contender;
      settle();
    },
  };
}

/** As its readme starts it; without options it waits 500 ms between two tries. */
function createZxingLoop(
  { video, onReading }: ScannerOptions,
  waits: { delayBetweenScanAttempts?: number; delayBetweenScanSuccess?: number },
): Loop {
  const reader = new BrowserQRCodeReader(undefined, waits);
  let run = 0;
  let stopScan: (() => void) | null = null;
  return {
    start() {
      if (stopScan !== null) return;
      const mine = ++run;
      stopScan = () => run++;
      const onResult = (result?: { getText(): string }) => {
        const at = performance.now();
        if (mine === run && result !== undefined) onReading(result.getText(), { at, frameReadAt: at });
      };
      void reader.decodeFromVideoElement(video, onResult).then((controls) => {
        if (mine !== run) return controls.stop();
        stopScan = () => {
          run++;
          controls.stop();
        };
      });
    },
    stop() {
      stopScan?.();
      stopScan = null;
    },
  };
}
