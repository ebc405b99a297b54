// The entry of the guard's page: gathers what is real and starts the model.

import { render } from 'preact';
import { openTablet } from '../../device/open-tablet.ts';
import '../styles/base.css';
import { applyLanguage, chooseLanguage } from '../parts/texts/languages.ts';
import { createUpdateNotice } from '../parts/update-notice.ts';
import { fullScreen } from './full-screen.ts';
import { createGuardModel } from './guard-model.ts';
import { GuardPage } from './guard-page.tsx';
import { browserMemory } from './shift-model.ts';
import { createCues } from './sound.ts';
import { NotOpenedScreen } from './stopped-screen.tsx';
import { createWakeLock } from './wake-lock.ts';

const page = document.getElementById('page') ?? document.body;
const video = document.createElement('video');
video.muted = true;
video.playsInline = true;

const language = chooseLanguage(navigator.languages);
applyLanguage(document.documentElement, language);

openTablet().then(
  (tablet) => {
    const model = createGuardModel({
      tablet,
      openScanner: async (options) => (await import('../../camera/scanner.ts')).createScanner(options),
      cues: createCues(),
      wakeLock: createWakeLock(),
      update: createUpdateNotice(navigator.serviceWorker),
      memory: browserMemory,
      fullScreen,
      language,
      nowMs: () => performance.now(),
    });
    const loadShiftScreens = async () => {
      const [screens] = await Promise.all([import('./shift-screens.tsx'), tablet.prepare()]);
      return screens;
    };
    addEventListener('error', ({ error }) => error && model.fail(error));
    addEventListener('unhandledrejection', ({ reason }) => model.fail(reason));
    render(<GuardPage model={model} video={video} loadShiftScreens={loadShiftScreens} />, page);
  },
  (error) => render(<NotOpenedScreen detail={String(error)} language={language} />, page),
);
