// The real guard's page over the real tablet (trust, signatures, IndexedDB, sync), with a camera that is told what to
// show and a scanner that can be exchanged. Measures one showing at a time: from the first frame to the painted verdict.

import { render } from 'preact';
import { createGuardModel } from '../../../src/app/guard/guard-model.ts';
import { GuardPage } from '../../../src/app/guard/guard-page.tsx';
import { createCues } from '../../../src/app/guard/sound.ts';
import { createStartModel } from '../../../src/app/guard/start-model.ts';
import { createWakeLock } from '../../../src/app/guard/wake-lock.ts';
import { createUpdateNotice } from '../../../src/app/parts/update-notice.ts';
import '../../../src/app/styles/base.css';
import { openTablet } from '../../../src/device/open-tablet.ts';
import { plugInCamera } from './bench-camera.ts';
import { type Contender, createSwitchedScanner, type SwitchedScanner } from './contenders.ts';

export interface LatencyBench {
  /** Milliseconds, or null when no verdict came in time; the verdict's kind beside it. */
  measure(
    contender: Contender,
    pass: number,
    pauseMs: number,
  ): Promise<{ ms: number | null; verdict: string }>;
}

declare global {
  interface Window {
    latencyBench?: LatencyBench;
  }
}

const WIDTH = 1280;
const HEIGHT = 720;
const GIVE_UP_MS = 8000;
/** So long the camera has shown the empty room again before anyone looks at it. */
const ROOM_MS = 250;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const nextFrame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
const fetchLuma = async (name: string) => (await fetch(`/frames/${name}`)).arrayBuffer();

async function openBench(): Promise<LatencyBench> {
  const camera = plugInCamera(await fetchLuma('room'), WIDTH, HEIGHT);
  const tablet = await openTablet();
  if (tablet.state.identity === 'none') {
    const entered = await (await tablet.openEnrolment()).enterOpenly();
    if (entered !== 'entered') throw new Error(`the tablet was not enrolled: ${entered}`);
  }
  while (tablet.state.identity !== 'enrolled') await wait(50);
  await tablet.refresh();
  let scanner: SwitchedScanner | null = null;
  const start = createStartModel(tablet, { read: () => 'gate-1', write: () => {} }, 'en');
  const model = createGuardModel(start, {
    tablet,
    openScanner: async (options) => {
      scanner = createSwitchedScanner(options);
      return scanner;
    },
    cues: createCues(),
    wakeLock: createWakeLock(),
    update: createUpdateNotice(undefined),
    fullScreen: { enter() {}, leave() {} },
    nowMs: () => performance.now(),
    wallMs: Date.now,
  });
  const video = document.createElement('video');
  const loadShift = async () => {
    await tablet.prepare();
    const { ShiftScreens } = await import('../../../src/app/guard/shift-part.tsx');
    return { model, Screens: ShiftScreens };
  };
  const page = document.getElementById('page') ?? document.body;
  render(<GuardPage start={start} video={video} loadShift={loadShift} />, page);
  await model.startShift(video);
  const isShown = () => document.querySelector('main[data-stage=scanning]') !== null;
  while (!model.camera.state.value.isLooking || !isShown()) await wait(50);

  return {
    async measure(contender, pass, pauseMs) {
      const luma = await fetchLuma(String(pass));
      scanner?.use(contender);
      await wait(pauseMs);
      const painted = paintedVerdict();
      const shownAtMs = await camera.show(luma);
      const answer = await painted;
      camera.clear();
      await wait(ROOM_MS);
      const stopped = model.stop.value;
      if (stopped !== null) throw new Error(`the page stopped: ${JSON.stringify(stopped)}`);
      model.verdict.clear();
      return { ms: answer.atMs === null ? null : answer.atMs - shownAtMs, verdict: answer.verdict };
    },
  };
}

/** When a verdict has been in the page for two of its frames: then it is on the screen. */
function paintedVerdict(): Promise<{ atMs: number | null; verdict: string }> {
  return new Promise((resolve) => {
    const main = document.querySelector('main');
    const end = (atMs: number | null) => {
      clearTimeout(limit);
      watcher.disconnect();
      resolve({ atMs, verdict: main?.dataset.verdict ?? '' });
    };
    const watcher = new MutationObserver(async () => {
      if (main?.dataset.verdict === undefined) return;
      watcher.disconnect();
      await nextFrame();
      await nextFrame();
      end(performance.timeOrigin + performance.now());
    });
    if (main !== null) watcher.observe(main, { attributes: true, attributeFilter: ['data-verdict'] });
    const limit = setTimeout(() => end(null), GIVE_UP_MS);
  });
}

window.latencyBench = await openBench();
