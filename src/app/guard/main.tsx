// The entry of the guard's page: gathers what is real and starts the model.

import { render } from 'preact';
import { later } from '../../device/later.ts';
import { openTablet } from '../../device/open-tablet.ts';
import '../styles/base.css';
import { applyLanguage, chooseLanguage } from '../parts/texts/languages.ts';
import { GuardPage } from './guard-page.tsx';
import { browserMemory } from './shift-model.ts';
import { createStartModel } from './start-model.ts';

const page = document.getElementById('page') ?? document.body;
const video = document.createElement('video');
video.muted = true;
video.playsInline = true;

const language = chooseLanguage(navigator.languages);
applyLanguage(document.documentElement, language);

openTablet().then(
  (tablet) => {
    const start = createStartModel(tablet, browserMemory, language);
    const loadShift = later(async () => {
      const [part] = await Promise.all([import('./shift-part.tsx'), tablet.prepare()]);
      return { model: part.openGuard(start, tablet), Screens: part.ShiftScreens };
    });
    addEventListener('error', ({ error }) => error && start.fail(error));
    addEventListener('unhandledrejection', ({ reason }) => start.fail(reason));
    render(<GuardPage start={start} video={video} loadShift={loadShift} />, page);
  },
  async (error) => {
    const { NotOpenedScreen } = await import('./shift-part.tsx');
    render(<NotOpenedScreen detail={String(error)} language={language} />, page);
  },
);
